import { TextlessError } from '../core/errors.js';

/** Seconds that ffmpeg may take to deliver or accept one frame. Far above any honest frame, far below a night. */
const PATIENCE = 180;

/** Ends a run that makes no progress while somebody waits for it. */
export class Watchdog {
  #timer: NodeJS.Timeout | undefined;

  /** @param kill receives the error; @param what completes the sentence "… has stalled" */
  constructor(
    private readonly kill: (reason: TextlessError) => void,
    private readonly what: string,
  ) {}

  /** From now on ffmpeg owes something. */
  wait(seconds = PATIENCE): void {
    this.rest();
    this.#timer = setTimeout(() => {
      this.kill(new TextlessError('TEXTLESS_STALLED', `${this.what} has stalled: nothing happened for ${seconds} seconds.`));
    }, seconds * 1000);
  }

  /** ffmpeg owes nothing: we are busy ourselves. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
