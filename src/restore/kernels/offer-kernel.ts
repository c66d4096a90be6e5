import { Kernels, bySize } from './kernels.js';
import { scratchFor } from './push-pull-kernel.js';

/** A frame as its offers are made of: half size, see `PreparedFrame` in candidates/prepare.ts. */
interface Halved {
  readonly half: Float32Array;
  readonly seen: Float32Array;
}

/** Pixels of a hole that are gathered at once. */
const PART = 4096;

/** Compares frames of one size and copies from one into the other's hole. */
class OfferKernel {
  readonly #kernels: Kernels;
  readonly #target: Float32Array;
  readonly #targetSeen: Float32Array;
  readonly #source: Float32Array;
  readonly #seen: Float32Array;
  readonly #uv: Float32Array;
  readonly #rgb: Uint8Array;
  readonly #mask: Uint8Array;
  readonly #offset: Float32Array;
  readonly #error: Float32Array;
  readonly #work: Float32Array;
  readonly #scratch: Uint8Array;
  readonly #hole: Int32Array;
  readonly #offers: Float32Array;
  readonly #size: readonly [number, number];
  #held: Halved | undefined;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    const [w, h] = (this.#size = [(width + 1) >> 1, (height + 1) >> 1]);
    const [n, hn, bn] = [width * height, w * h, ((w + 3) >> 2) * ((h + 3) >> 2)];
    const scratch = scratchFor((w + 3) >> 2, (h + 3) >> 2, 3);
    const kernels = new Kernels(4 * n + 56 * hn + 28 * bn + scratch + 20 * PART, 13);
    this.#kernels = kernels;
    this.#target = kernels.place(Float32Array, 3 * hn);
    this.#targetSeen = kernels.place(Float32Array, hn);
    this.#source = kernels.place(Float32Array, 3 * hn);
    this.#seen = kernels.place(Float32Array, hn);
    this.#uv = kernels.place(Float32Array, 2 * hn);
    this.#rgb = kernels.place(Uint8Array, 3 * n);
    this.#mask = kernels.place(Uint8Array, n);
    this.#offset = kernels.place(Float32Array, 3 * bn);
    this.#error = kernels.place(Float32Array, bn);
    this.#work = kernels.place(Float32Array, 4 * hn + 3 * bn);
    this.#scratch = kernels.place(Uint8Array, scratch);
    this.#hole = kernels.place(Int32Array, PART);
    this.#offers = kernels.place(Float32Array, 4 * PART);
  }

  /** Whether both frames show the same scene, along a flow of half size; leaves behind what {@link gather} needs. */
  compare(target: Halved, source: Halved, uv: Float32Array): boolean {
    if (this.#held !== target) {
      this.#target.set(target.half);
      this.#targetSeen.set(target.seen);
      this.#held = target;
    }
    this.#source.set(source.half);
    this.#seen.set(source.seen);
    this.#uv.set(uv);
    const [from, fromSeen, to, toSeen, flow] = [this.#target, this.#targetSeen, this.#source, this.#seen, this.#uv].map(
      (a) => a.byteOffset,
    );
    const [offset, error, work, scratch] = [this.#offset, this.#error, this.#work, this.#scratch].map((a) => a.byteOffset);
    return this.#kernels.loops.compareFrames(from, fromSeen, to, toSeen, flow, ...this.#size, offset, error, work, scratch) === 1;
  }

  /** What the compared source shows of a hole: R, G, B and weight for each pixel, weight 0 where it shows nothing. */
  gather(hole: Int32Array, rgb: Uint8Array, hidden: Uint8Array): Float32Array {
    this.#rgb.set(rgb);
    this.#mask.set(hidden);
    const offers = new Float32Array(4 * hole.length);
    const [pixels, colours, mask, uv, offset, error, to] = [this.#hole, this.#rgb, this.#mask, this.#uv, this.#offset, this.#error, this.#offers].map((a) => a.byteOffset); // prettier-ignore
    for (let h = 0; h < hole.length; h += PART) {
      const count = Math.min(PART, hole.length - h);
      this.#hole.set(hole.subarray(h, h + count));
      this.#kernels.loops.gatherHole(pixels, count, colours, mask, this.width, this.height, uv, offset, error, to);
      offers.set(this.#offers.subarray(0, 4 * count), 4 * h);
    }
    return offers;
  }
}

/** What compares and copies frames of a size. */
export const offerKernel = bySize((width, height) => new OfferKernel(width, height));
