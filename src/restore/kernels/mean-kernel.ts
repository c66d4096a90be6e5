import { Kernels, bySize } from './kernels.js';

/** Pixels that are merged at once. */
const PART = 1024;
/** What {@link MeanKernel.merge} gives for each pixel: R, G, B, weight of all offers, spread about the mean, in levels. */
export const MEAN = 5;

/** Merges what several sources offer. */
class MeanKernel {
  readonly #kernels: Kernels;
  readonly #offers: Float32Array;
  readonly #means: Float32Array;

  constructor(sources: number) {
    this.#kernels = new Kernels(16 * PART * sources + 4 * MEAN * PART, 2);
    this.#offers = this.#kernels.place(Float32Array, 4 * PART * sources);
    this.#means = this.#kernels.place(Float32Array, MEAN * PART);
  }

  merge(offers: readonly Float32Array[]): Float32Array {
    const count = offers[0].length / 4;
    const means = new Float32Array(MEAN * count);
    for (let h = 0; h < count; h += PART) {
      const part = Math.min(PART, count - h);
      offers.forEach((offer, s) => this.#offers.set(offer.subarray(4 * h, 4 * (h + part)), 4 * PART * s));
      this.#kernels.loops.robustMeans(this.#offers.byteOffset, offers.length, 16 * PART, part, this.#means.byteOffset);
      means.set(this.#means.subarray(0, MEAN * part), MEAN * h);
    }
    return means;
  }
}

const kernels = bySize((sources) => new MeanKernel(sources));

/** The means, leaving outliers out, of one or more offers of the same pixels (R, G, B and weight each): {@link MEAN} values a pixel, weight 0 where nothing is offered. */
export const mergeOffers = (offers: readonly Float32Array[]): Float32Array => kernels(offers.length).merge(offers);
