import type { CarriedFrame } from './carried-frames.js';

/** Frames that are read beyond the one asked for, where the source has no decoding times: more than any codec reorders. */
const AHEAD = 32;

/**
 * Frames of a source by the time they are shown, read as far as is needed to answer. Times are asked for in decoding order, each once.
 */
export class FramesByTime {
  #held: CarriedFrame[] = [];
  #dts = -Infinity;
  #done = false;

  /**
   * @param frames in decoding order
   * @param tolerance ticks by which a time may differ: below half the distance of two frames
   * @param seen is given each frame as it is read, whether it is asked for or not
   */
  constructor(
    private readonly frames: AsyncIterator<CarriedFrame, unknown, undefined>,
    private readonly tolerance: number,
    private readonly seen: (frame: CarriedFrame) => void,
  ) {}

  /**
   * The frame shown at `pts`; undefined where the source has none.
   * @param dts no later question is for a time before this
   */
  async at(pts: number, dts: number): Promise<CarriedFrame | undefined> {
    const passed = Math.min(dts, pts) - this.tolerance;
    this.#held = this.#held.filter((f) => f.pts >= passed);
    while (!this.#done && !this.#answers(pts)) {
      const next = await this.frames.next();
      if (next.done) this.#done = true;
      else {
        this.seen(next.value);
        if (next.value.pts >= passed) this.#held.push(next.value);
        this.#dts = next.value.dts ?? this.#dts;
      }
    }
    const distance = (f: CarriedFrame): number => Math.abs(f.pts - pts);
    const nearest = this.#held.reduce<CarriedFrame | undefined>((a, b) => (a && distance(a) <= distance(b) ? a : b), undefined);
    const frame = nearest && distance(nearest) <= this.tolerance ? nearest : undefined;
    this.#held = this.#held.filter((f) => f !== frame);
    return frame;
  }

  /** Whether nothing nearer can follow: the very time is there, or everything that is still to come is later. */
  #answers(pts: number): boolean {
    if (this.#held.some((f) => f.pts === pts) || this.#dts > pts + this.tolerance) return true;
    return this.#held.filter((f) => f.pts > pts).length > AHEAD;
  }
}
