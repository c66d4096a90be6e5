import { rankIn, rankOf } from '../maps/rank.js';
import { growMap } from '../maps/regions.js';

/** Mean and deviation over time of each pixel of a piece of tape, row-major, in levels. */
export interface TapeMaps {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** Columns that say anything. */
  readonly known: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Rows above and below, in which the text has nothing or little. */
  readonly beside: readonly number[];
}

/** Levels of the scene where nothing tells. */
const UNTOLD = { deviation: 5, level: 128 };
/** Columns on both sides that tell how the scene was while a column passed. */
const AROUND = 6;
/** Columns that are looked at together, and those on both sides that tell how the scene is in their rows. */
export const BLOCK = 64;
const NEARBY = 192;
/** Samples, as a share of the height, beyond which an edge has no letter; and clear pixels from which a row is known. */
const CLEAR = 0.08;
const TELLING = 24;
/** Levels between the neighbours of an edge. */
export const STEP = 14;

/** What is no letter, nor beside one: far from all edges. */
export function clearOf({ mean, known, width, height }: TapeMaps): Uint8Array {
  const edges = new Uint8Array(mean.length);
  for (let p = width; p < mean.length - width; p++)
    if (Math.max(Math.abs(mean[p + 1] - mean[p - 1]), Math.abs(mean[p + width] - mean[p - width])) >= STEP) edges[p] = 1;
  const near = growMap(edges, width, height, Math.max(2, Math.round(CLEAR * height)));
  return near.map((v, p) => (v || !known[p % width] ? 0 : 1));
}

/** How the scene behaves in a row, over what it did while each column passed. */
export interface SceneRow {
  /** Of the deviation, as a share of the column's. */
  readonly share: number;
  /** Of the mean over time, beside the column's. */
  readonly level: number;
  readonly spread: number;
}

/** The rows of some columns, by what is clear in them and beside them; where hardly anything is, by the nearest rows above and below. */
export function scenesOf(
  { mean, deviation, width, height }: TapeMaps,
  columns: readonly Passing[],
  clear: Uint8Array,
  from: number,
): SceneRow[] {
  const [first, end] = [Math.max(0, from - NEARBY), Math.min(width, from + BLOCK + NEARBY)];
  const seen = Array.from({ length: height }, (_, r): SceneRow | undefined => {
    const [shares, levels]: [number[], number[]] = [[], []];
    for (let x = first, p = r * width + first; x < end; x++, p++) {
      if (!clear[p]) continue;
      shares.push(deviation[p] / columns[x].deviation);
      levels.push(mean[p] - columns[x].level);
    }
    if (shares.length < TELLING) return undefined;
    return { share: middleOf(Float32Array.from(shares)).level, ...middleOf(Float32Array.from(levels)) };
  });
  return seen.map((row, r) => row ?? between(seen, r));
}

function between(rows: readonly (SceneRow | undefined)[], r: number): SceneRow {
  const above = rows.findLastIndex((row, i) => row && i < r);
  const below = rows.findIndex((row, i) => row && i > r);
  const [a, b] = [rows[above] ?? rows[below], rows[below] ?? rows[above]];
  if (!a || !b) return { share: 1, level: 0, spread: 0 };
  const share = a === b ? 0 : (r - above) / (below - above);
  const mixed = (key: keyof SceneRow): number => a[key] + share * (b[key] - a[key]);
  return { share: mixed('share'), level: mixed('level'), spread: Math.max(a.spread, b.spread) };
}

/** How the scene was while a column passed, in the rows beside the text. */
export interface Passing {
  readonly deviation: number;
  readonly level: number;
}

export function passings({ mean, deviation, known, width, beside }: TapeMaps): Passing[] {
  return Array.from({ length: width }, (_, x) => {
    const [deviations, levels]: [number[], number[]] = [[], []];
    for (let u = Math.max(0, x - AROUND); u <= Math.min(width - 1, x + AROUND); u++) {
      if (!known[u]) continue;
      for (const r of beside) {
        deviations.push(deviation[r * width + u]);
        levels.push(mean[r * width + u]);
      }
    }
    if (!levels.length) return UNTOLD;
    return { deviation: Math.max(1, rankOf(deviations, 0.5) ?? 0), level: rankOf(levels, 0.5) ?? 0 };
  });
}

/** Median and spread, as a normal distribution's deviation; 0 of none. */
function middleOf(values: Float32Array): { level: number; spread: number } {
  const level = rankIn(values.slice(), 0.5) ?? 0;
  return { level, spread: 1.5 * (rankIn(values.map((v) => Math.abs(v - level)), 0.5) ?? 0) }; // prettier-ignore
}
