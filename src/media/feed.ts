import { once } from 'node:events';
import { Readable } from 'node:stream';
import { throwIfCancelled } from '../core/errors.js';
import { startFfmpeg, type FfmpegJob } from './ffmpeg.js';
import { Watchdog } from './watchdog.js';

/** Seconds that writing the index of a finished file may take. */
const FINISHING = 3600;

/** Watches two things at once: a watchdog barks only while ffmpeg owes us something and its results are waited for. */
export class Attention {
  #dog: Watchdog | undefined;
  #owed: number | undefined | false = false;
  #wanted = true;

  guard(dog: Watchdog): void {
    this.#dog = dog;
    this.#look();
  }

  /** ffmpeg owes us that it takes what it was given; or nothing. */
  owes(seconds?: number | false): void {
    this.#owed = seconds;
    this.#look();
  }

  /** Whether anybody waits for what ffmpeg makes: when nobody does, it may stand still. */
  wanted(wanted: boolean): void {
    this.#wanted = wanted;
    this.#look();
  }

  #look(): void {
    if (this.#owed === false || !this.#wanted) this.#dog?.rest();
    else this.#dog?.wait(this.#owed);
  }
}

/** Hands pieces to ffmpeg and watches that it takes them. */
async function* watched(pieces: AsyncIterable<Uint8Array>, attention: Attention, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    throwIfCancelled(signal);
    try {
      attention.owes();
      yield piece;
    } finally {
      attention.owes(false); // also when ffmpeg has died and nobody asks for more: a timer would keep the program alive
    }
  }
  attention.owes(FINISHING);
}

/** A run of ffmpeg that reads what we give it. */
export interface Feeding {
  /** Completes the sentence "… has stalled". */
  readonly what: string;
  readonly job: (source: Readable) => FfmpegJob;
  readonly attention?: Attention;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs ffmpeg on what is written to its stdin, to the end of both.
 * @throws TextlessError of the job's failure, `TEXTLESS_STALLED`, `TEXTLESS_CANCELLED`, and whatever `pieces` throws
 */
export async function feedFfmpeg(
  pieces: AsyncIterable<Uint8Array>,
  { what, job, attention = new Attention(), signal }: Feeding,
): Promise<void> {
  const source = Readable.from(watched(pieces, attention, signal), { objectMode: false, highWaterMark: 1 << 20 });
  let fault: unknown;
  source.on('error', (error) => (fault = error));
  try {
    const run = await startFfmpeg(job(source));
    attention.guard(new Watchdog(run.kill, what));
    // A source that ends without its last byte would leave ffmpeg waiting for ever (fault 2).
    source.on('close', () => {
      if (!source.readableEnded) run.kill();
    });
    await run.settled;
  } catch (error) {
    throwIfCancelled(signal);
    throw fault ?? error;
  } finally {
    attention.owes(false);
    // ffmpeg may end first; the frames behind the pipe must be let go all the same (fault 7).
    if (!source.closed) {
      source.destroy();
      await once(source, 'close').catch(() => {});
    }
  }
}
