import type { Candidates } from './window.js';

/** Distance from the others, in levels, at which a source's colour counts half. */
const OUTLIER = 6;
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
  const m = new Float64Array(5);
  for (let h = 0; h < hole.length; h++) {
    mean(offers, 4 * h, m, 0);
    const given = m[3];
    if (given < 1e-4) continue;
    mean(offers, 4 * h, m, 1);
    mean(offers, 4 * h, m, 1);
    take(h, m[0], m[1], m[2], given, m[4]);
  }
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

/** Weighted mean into m[0 … 2], weight into m[3], spread about the former mean into m[4]; `robust` = 1 weighs by distance from it. */
function mean(offers: readonly Float32Array[], at: number, m: Float64Array, robust: 0 | 1): void {
  let r = 0;
  let g = 0;
  let b = 0;
  let n = 0;
  let plain = 0;
  let spread = 0;
  for (let s = 0; s < offers.length; s++) {
    const o = offers[s];
    let w = o[at + 3];
    if (w === 0) continue;
    if (robust) {
      const d2 = ((o[at] - m[0]) ** 2 + (o[at + 1] - m[1]) ** 2 + (o[at + 2] - m[2]) ** 2) / 3;
      plain += w;
      spread += w * d2;
      w /= 1 + d2 / (OUTLIER * OUTLIER);
    }
    r += w * o[at];
    g += w * o[at + 1];
    b += w * o[at + 2];
    n += w;
  }
  m[0] = r / n;
  m[1] = g / n;
  m[2] = b / n;
  m[3] = n;
  m[4] = robust ? Math.sqrt(spread / plain) : 0;
}
