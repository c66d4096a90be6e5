import { pushPull } from '../candidates/push-pull.js';
import type { Shift } from './dominant-shifts.js';
import { holeOf, type HiddenPicture } from './hidden-picture.js';
import { MinimumCut } from './minimum-cut.js';

/** What a sample costs that does not stay smooth, as a share of its distance from the smooth fill; what a shift costs that leads nowhere. */
const LEANING = 0.1;
const NOWHERE = 1e6;
/** A seam beside what is visible counts as one within the hole does, whose both sides are copied; and a seam to where a shift leads nowhere. */
const VISIBLE = 2;
const TORN = 60;
/** Rounds over all shifts. */
const ROUNDS = 2;

/**
 * Chooses for each hidden sample a shift to the visible sample that takes its place, so that the seams between shifts, and to what is visible, are seen least: shift maps
 * (Pritch et al., ICCV 2009) over few shifts (He & Sun, ECCV 2012), by expansion moves (Boykov, Veksler & Zabih, PAMI 2001). Where every seam would show, the smooth fill stays.
 * @param smoothCost what a sample costs that stays smooth, in levels of colour
 * @returns [height, width]: 0 = smooth, or not hidden; k = `shifts[k - 1]`
 */
export function chooseShifts(picture: HiddenPicture, shifts: readonly Shift[], smoothCost: number): Uint8Array {
  const hole = holeOf(picture);
  const costs = new Costs(picture, hole, shifts, smoothCost);
  const { pairs } = costs;
  const label = new Uint8Array(hole.length);
  const own = Float64Array.from(hole, (_, k) => costs.alone(k, 0));
  const across = new Float64Array(pairs.length / 2);
  const cutter = new MinimumCut(hole.length, pairs);
  for (let turn = 0; turn < ROUNDS * (shifts.length + 1); turn++) {
    const next = turn % (shifts.length + 1);
    const fresh = Float64Array.from(hole, (_, k) => costs.alone(k, next));
    const cost = fresh.map((v, k) => v - own[k]);
    for (let e = 0; e < across.length; e++) {
      const [p, q] = [pairs[2 * e], pairs[2 * e + 1]];
      const neither = costs.seam(p, q, label[p], label[q]);
      const first = costs.seam(p, q, next, label[q]);
      const second = costs.seam(p, q, label[p], next);
      cost[p] += first - neither;
      cost[q] -= first;
      across[e] = Math.max(0, first + second - neither);
    }
    const takes = cutter.cut(across, cost);
    for (let k = 0; k < hole.length; k++) if (takes[k]) [label[k], own[k]] = [next, fresh[k]];
  }
  const map = new Uint8Array(picture.hidden.length);
  hole.forEach((at, k) => (map[at] = label[k]));
  return map;
}

/** What it costs to fill hidden samples by one shift or another. */
class Costs {
  /** Hidden samples beside each other, two a pair, by their places in the hole. */
  readonly pairs: Int32Array;
  /** The picture with its smooth fill. */
  readonly #planes: Float32Array;
  /** For each label and hidden sample, the sample that takes its place, or -1. */
  readonly #from: readonly Int32Array[];
  /** What the seams to the visible samples beside it cost each hidden sample, by label. */
  readonly #border: readonly Float64Array[];

  constructor(
    private readonly picture: HiddenPicture,
    private readonly hole: Int32Array,
    shifts: readonly Shift[],
    private readonly smoothCost: number,
  ) {
    const { width, height, hidden } = picture;
    this.#planes = picture.planes.slice();
    pushPull(
      this.#planes,
      Float32Array.from(hidden, (v) => 1 - v),
      width,
      height,
      3,
    );
    const place = new Int32Array(width * height).fill(-1);
    hole.forEach((at, k) => (place[at] = k));
    const pairs: number[] = [];
    for (const [k, at] of hole.entries()) {
      if ((at + 1) % width && place[at + 1] >= 0) pairs.push(k, place[at + 1]);
      if (at + width < place.length && place[at + width] >= 0) pairs.push(k, place[at + width]);
    }
    this.pairs = Int32Array.from(pairs);
    this.#from = [hole, ...shifts.map((shift) => hole.map((at) => this.#led(at, shift)))];
    this.#border = [new Float64Array(hole.length), ...shifts.map((shift) => Float64Array.from(hole, (at) => this.#borderOf(at, shift)))];
  }

  /** What a hidden sample costs by itself under a label. */
  alone(k: number, label: number): number {
    if (label === 0) return this.smoothCost;
    const from = this.#from[label][k];
    return from < 0 ? NOWHERE : LEANING * this.#apart(this.hole[k], from) + this.#border[label][k];
  }

  /** How much is seen of the seam between two hidden samples beside each other under two labels. */
  seam(p: number, q: number, a: number, b: number): number {
    if (a === b) return 0;
    return this.#either(this.#from[a][p], this.#from[b][p]) + this.#either(this.#from[a][q], this.#from[b][q]);
  }

  #either(one: number, other: number): number {
    return one < 0 || other < 0 ? TORN : this.#apart(one, other);
  }

  #borderOf(at: number, shift: Shift): number {
    const { width, height, hidden } = this.picture;
    const x = at % width;
    let cost = 0;
    const beside = (there: boolean, other: number): void => {
      if (there && !hidden[other]) cost += VISIBLE * this.#either(other, this.#led(other, shift));
    };
    beside(x > 0, at - 1);
    beside(x + 1 < width, at + 1);
    beside(at >= width, at - width);
    beside(at + width < width * height, at + width);
    return cost;
  }

  /** The visible sample to which a shift leads from another, or -1. */
  #led(at: number, { dx, dy }: Shift): number {
    const { width, height, hidden } = this.picture;
    const x = (at % width) + dx;
    const y = Math.floor(at / width) + dy;
    return x < 0 || y < 0 || x >= width || y >= height || hidden[y * width + x] ? -1 : y * width + x;
  }

  /** Distance of two samples' colours, in levels. */
  #apart(one: number, other: number): number {
    const n = this.picture.hidden.length;
    const p = this.#planes;
    const [r, g, b] = [p[one] - p[other], p[n + one] - p[n + other], p[2 * n + one] - p[2 * n + other]];
    return Math.sqrt(r * r + g * g + b * b);
  }
}
