import { bestPlace } from '../kernels/template-search.js';

/** A picture and its size: 8-bit luma, row-major. */
export interface Picture {
  readonly luma: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Where a window lies, upper left corner in samples, not rounded; and how well it was found there. */
export interface Sighting {
  readonly x: number;
  readonly y: number;
  /** Share of the template's edges that agree, 0 … 1. */
  readonly match: number;
}

/** Strength, in levels a sample, of an edge that is followed; and its unrest: share of its strength, and levels. */
const EDGE = 5;
const UNREST = 0.4;
const NOISE = 1.5;
/** Pixels followed, at most and at least. */
const MOST = 320;
const LEAST = 24;
/** Share of the frames that must show a pixel, and the deviation of the others: a window may reach out of the picture. */
const SEEN = 0.9;
export const UNKNOWN = 255;
/** Of those, how many a place is judged by before the best one is looked at closely. */
const COARSE = 80;
/** Steps to the place between samples. */
const REFINEMENTS = 2;
/** Squared error of a gradient, as a share of its square, up to which it agrees. */
const AGREES = 0.16;
/** Share of the edges that agree where a window is found without doubt; samples to the places round it; how often theirs it must be. */
const FAINT = 0.2;
const ROUND = 5;
const OUTDOES = 3;

/**
 * A window that travels with a mark: sums over the frames seen so far, aligned to the mark. What stays the same in it is the
 * mark, what changes is the scene under way. Edges that stay are the template by which the next frame is found.
 */
export class TravellingWindow {
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  private readonly power: Float64Array;
  private readonly counts: Uint16Array;
  frames = 0;
  /** The template: columns, rows, and gradients, levels a sample. */
  tx = new Int16Array(0);
  ty = new Int16Array(0);
  gx = new Float32Array(0);
  gy = new Float32Array(0);
  private level = new Float32Array(0);
  /** 1 over the squared length of the gradient. */
  weight = new Float32Array(0);
  /** The statistics of so many frames. */
  private known: { readonly frames: number; readonly statistics: WindowStatistics } | undefined;

  constructor(
    readonly width: number,
    readonly height: number,
    private readonly most = MOST,
  ) {
    const n = width * height;
    this.sum = new Float64Array(n);
    this.squares = new Float64Array(n);
    this.power = new Float64Array(n);
    this.counts = new Uint16Array(n);
  }

  get size(): number {
    return this.tx.length;
  }

  /** Adds what a picture shows with the window's corner at (x, y), between samples if need be. */
  add({ luma, width: w, height: h }: Picture, x: number, y: number): void {
    this.frames++;
    const { width, height, sum, squares, power, counts } = this;
    let [left, top] = [Math.floor(x), Math.floor(y)];
    let [u, v] = [x - left, y - top];
    // Nearly whole samples are taken as whole: interpolation blurs.
    if (u > 0.85) [left, u] = [left + 1, 0];
    if (v > 0.85) [top, v] = [top + 1, 0];
    if (u < 0.15) u = 0;
    if (v < 0.15) v = 0;
    const [r0, r1] = [Math.max(0, 1 - top), Math.min(height, h - 2 - top)];
    const [k0, k1] = [Math.max(0, 1 - left), Math.min(width, w - 2 - left)];
    if (r1 <= r0 || k1 <= k0) return;
    // The levels between the samples, with one more on each side.
    const span = k1 - k0 + 2;
    const levels = room(span * (r1 - r0 + 2));
    const [a, b, c, d] = [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v];
    for (let r = r0 - 1, i = 0; r <= r1; r++) {
      const from = (top + r) * w + left + k0 - 1;
      if (a === 1) for (let p = from, end = p + span; p < end; p++, i++) levels[i] = luma[p];
      else
        for (let p = from, end = p + span; p < end; p++, i++)
          levels[i] = a * luma[p] + b * luma[p + 1] + c * luma[p + w] + d * luma[p + w + 1];
    }
    for (let r = r0; r < r1; r++) {
      for (let i = r * width + k0, q = (r - r0 + 1) * span + 1, end = i + k1 - k0; i < end; i++, q++) {
        const level = levels[q];
        const dx = levels[q + 1] - levels[q - 1];
        const dy = levels[q + span] - levels[q - span];
        sum[i] += level;
        squares[i] += level * level;
        power[i] += (dx * dx + dy * dy) / 4;
        counts[i]++;
      }
    }
  }

  /** What the frames say about the pixels that most of them showed; of others the deviation is {@link UNKNOWN}, the gradient 0. */
  statistics(): WindowStatistics {
    if (this.known?.frames !== this.frames) this.known = { frames: this.frames, statistics: this.computed() };
    return this.known.statistics;
  }

  private computed(): WindowStatistics {
    const { width, height, frames, counts } = this;
    const n = width * height;
    const least = SEEN * frames;
    const [mean, deviation] = [new Float32Array(n), new Float32Array(n)];
    for (let i = 0; i < n; i++) {
      const m = this.sum[i] / Math.max(1, counts[i]);
      mean[i] = m;
      deviation[i] = counts[i] >= least ? Math.sqrt(Math.max(0, this.squares[i] / counts[i] - m * m)) : UNKNOWN;
    }
    const [gx, gy, strength, unrest] = Array.from({ length: 4 }, () => new Float32Array(n));
    for (let r = 1; r < height - 1; r++) {
      for (let k = 1, i = r * width + 1; k < width - 1; k++, i++) {
        if (counts[i] < least || counts[i - 1] < least || counts[i + 1] < least || counts[i - width] < least || counts[i + width] < least)
          continue;
        gx[i] = (mean[i + 1] - mean[i - 1]) / 2;
        gy[i] = (mean[i + width] - mean[i - width]) / 2;
        const squared = gx[i] * gx[i] + gy[i] * gy[i];
        strength[i] = Math.sqrt(squared);
        unrest[i] = Math.sqrt(Math.max(0, this.power[i] / counts[i] - squared));
      }
    }
    return { mean, deviation, gx, gy, strength, unrest, width, height };
  }

  /** Takes what has stayed as the template, where `own`, a map of the window, allows it. */
  learn(own?: Uint8Array): WindowStatistics {
    const statistics = this.statistics();
    const { gx, gy, width } = statistics;
    let chosen = stableEdges(statistics);
    if (own) chosen = chosen.filter((p) => own[p]);
    const stride = Math.ceil(chosen.length / this.most);
    if (stride > 1) chosen = chosen.filter((_, i) => i % stride === 0);
    if (chosen.length < LEAST) chosen = [];
    this.tx = Int16Array.from(chosen, (p) => p % width);
    this.ty = Int16Array.from(chosen, (p) => Math.floor(p / width));
    this.gx = Float32Array.from(chosen, (p) => gx[p]);
    this.gy = Float32Array.from(chosen, (p) => gy[p]);
    this.level = Float32Array.from(chosen, (p) => statistics.mean[p]);
    this.weight = this.gx.map((g, i) => 1 / (g * g + this.gy[i] * this.gy[i]));
    return statistics;
  }

  /** The place within `reach` samples of (x, y) where the template agrees best; undefined when too little of it lies inside. */
  find(picture: Picture, x: number, y: number, reach: number): Sighting | undefined {
    const [cx, cy] = [Math.round(x), Math.round(y)];
    const place = this.coarse(picture, cx, cy, reach);
    if (!place) return undefined;
    const { x: bx, y: by } = place;
    let fine = { x: bx, y: by };
    for (let i = 0; i < REFINEMENTS; i++) fine = this.refined(picture, fine.x, fine.y);
    if (Math.hypot(fine.x - bx, fine.y - by) > 1) fine = { x: bx, y: by };
    return { ...fine, match: this.agreement(picture, fine.x, fine.y) };
  }

  /** The place, in whole samples, where a part of the template agrees best; undefined when too little of it lies inside. */
  private coarse(picture: Picture, cx: number, cy: number, reach: number): { x: number; y: number } | undefined {
    const { size } = this;
    if (!size) return undefined;
    const stride = Math.max(1, Math.floor(size / COARSE));
    return bestPlace(this, picture, this, { x: cx - reach, y: cy - reach, side: 2 * reach + 1, stride });
  }

  /**
   * Whether few edges agree at a place, but many more than round it: there it is, over a scene that changes the edges that
   * border on it, as from a bright sky to dark trees.
   */
  standsOut(picture: Picture, { x, y, match }: Sighting): boolean {
    if (match < FAINT) return false;
    const round: number[] = [];
    for (const v of [-ROUND, 0, ROUND]) for (const u of [-ROUND, 0, ROUND]) if (u || v) round.push(this.agreement(picture, x + u, y + v));
    return match >= (OUTDOES * (round.sort((a, b) => a - b)[3] + round[4])) / 2;
  }

  /** A place put right by the least squares of the template's levels (Lucas and Kanade 1981), without those far off. */
  private refined({ luma, width: w, height: h }: Picture, x: number, y: number): { x: number; y: number } {
    const { tx, ty, gx, gy, level } = this;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - left, y - top];
    let [xx, xy, yy, ex, ey] = [0, 0, 0, 0, 0];
    for (let i = 0; i < tx.length; i++) {
      const column = left + tx[i];
      const row = top + ty[i];
      if (column < 0 || row < 0 || column >= w - 1 || row >= h - 1) continue;
      const p = row * w + column;
      const upper = luma[p] + u * (luma[p + 1] - luma[p]);
      const lower = luma[p + w] + u * (luma[p + w + 1] - luma[p + w]);
      const off = level[i] - upper - v * (lower - upper);
      if (off * off * this.weight[i] > 1) continue;
      xx += gx[i] * gx[i];
      xy += gx[i] * gy[i];
      yy += gy[i] * gy[i];
      ex += gx[i] * off;
      ey += gy[i] * off;
    }
    const whole = xx * yy - xy * xy;
    if (!(whole > 0.01 * xx * yy)) return { x, y };
    return { x: x + (yy * ex - xy * ey) / whole, y: y + (xx * ey - xy * ex) / whole };
  }

  /** Share of the template's edges that agree with a picture, taken between its samples. */
  private agreement({ luma, width: w, height: h }: Picture, x: number, y: number): number {
    const { tx, ty, gx, gy, weight } = this;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - left, y - top];
    const [a, b, c, d] = [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v];
    const at = (p: number): number => a * luma[p] + b * luma[p + 1] + c * luma[p + w] + d * luma[p + w + 1];
    let agree = 0;
    let seen = 0;
    for (let i = 0; i < tx.length; i++) {
      const column = left + tx[i];
      const row = top + ty[i];
      if (column < 1 || row < 1 || column >= w - 2 || row >= h - 2) continue;
      const p = row * w + column;
      const ex = (at(p + 1) - at(p - 1)) / 2 - gx[i];
      const ey = (at(p + w) - at(p - w)) / 2 - gy[i];
      if ((ex * ex + ey * ey) * weight[i] < AGREES) agree++;
      seen++;
    }
    return agree / Math.max(1, seen);
  }
}

let scratch = new Float32Array(0);

/** Room for some numbers, until it is asked for again. */
function room(count: number): Float32Array {
  if (scratch.length < count) scratch = new Float32Array(2 * count);
  return scratch;
}

/** Row-major maps of a window, in levels and levels a sample. */
export interface WindowStatistics {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  /** Length of the mean gradient, and the gradient's own deviation. */
  readonly strength: Float32Array;
  readonly unrest: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Pixels at which an edge has stayed. */
export function stableEdges({ strength, unrest }: WindowStatistics): number[] {
  const out: number[] = [];
  for (let p = 0; p < strength.length; p++) if (strength[p] >= EDGE && unrest[p] <= UNREST * strength[p] + NOISE) out.push(p);
  return out;
}
