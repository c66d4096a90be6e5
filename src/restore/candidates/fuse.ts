import { MEAN, mergeOffers } from '../kernels/mean-kernel.js';
import type { Candidates } from './window.js';

/** Spread of the sources, in levels, at which their mean is trusted half. */
const SPREAD = 14;

/**
 * Merges what the sources offer for the hidden pixels of one target (R, G, B and weight each) by a mean that leaves
 * outliers out, and writes candidate and confidence. A weak candidate leans on the fill.
 * @param base number of the target's first pixel
 */
export function fuse(hole: Int32Array, offers: readonly Float32Array[], result: Candidates, base: number): void {
  const colour = new Float64Array(3);
  robustMean(hole, offers, (h, r, g, b, given, spread) => {
    const trust = Math.min(1, given) / (1 + (spread / SPREAD) ** 2);
    const k = Math.min(1, 4 * trust);
    const i = base + hole[h];
    [colour[0], colour[1], colour[2]] = [r, g, b];
    for (let c = 0; c < 3; c++) {
      const value = colour[c] * k + result.fill[3 * i + c] * (1 - k);
      result.candidate[3 * i + c] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
    }
    result.confidence[i] = trust * 255 + 0.5;
  });
}

/** Told of each hidden pixel that something is offered for: its number in the hole, the mean that leaves outliers out, the weight of all offers and their spread about the mean, in levels. */
type TakeMean = (h: number, r: number, g: number, b: number, given: number, spread: number) => void;

/** The mean of what several sources offer, pixel by pixel, with what disagrees counting less. */
export function robustMean(hole: Int32Array, offers: readonly Float32Array[], take: TakeMean): void {
  if (!offers.length) return;
  const means = mergeOffers(offers);
  for (let h = 0, m = 0; h < hole.length; h++, m += MEAN)
    if (means[m + 3] > 0) take(h, means[m], means[m + 1], means[m + 2], means[m + 3], means[m + 4]);
}

/** Weight of the sources at which a pixel has been seen well, and the share of a hole that must be, for further sources to add nothing worth their time. */
const WELL = 2.5;
const MOST = 0.97;

/** How well a hole has been seen so far. */
export class Coverage {
  private readonly weight: Float32Array;

  /** @param length of the hole, pixels */
  constructor(length: number) {
    this.weight = new Float32Array(length);
  }

  /** Counts one more source; returns whether that is enough. */
  add(offer: Float32Array): boolean {
    let seen = 0;
    for (let h = 0; h < this.weight.length; h++) if ((this.weight[h] += offer[4 * h + 3]) >= WELL) seen++;
    return seen >= MOST * this.weight.length;
  }
}
