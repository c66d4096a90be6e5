import type { Hole } from '../hole.js';
import type { Level, Pixel, Whole } from '../opacity.js';

/** One end of a cue in one plane, levels of the hole's box: the frame without it, its outermost frame, and one farther inside. */
export interface Pair {
  readonly scene: Float32Array;
  readonly shown: Float32Array;
  readonly whole: Float32Array;
}

/** Turns of the fit, and residuals that stay in it: levels, and medians. */
const TURNS = 6;
const NEAREST = 5;
const MEDIANS = 2.5;
/** Spread of the scene, levels, below which its slope says nothing; error of a slope at a spread of one level, and at least. */
const VARIES = 2;
const DOUBT = 0.6;
const LEAST = 0.02;
/** Pixels that are looked at, at most. */
const ENOUGH = 4000;

interface Line {
  readonly slope: number;
  readonly offset: number;
  readonly spread: number;
  /** The pixels that lie on it. */
  readonly on: readonly number[];
}

/** The straight line through most of some points: least squares on those near it, again and again; glyphs fall out. */
function robustLine(x: readonly number[], y: readonly number[]): Line {
  let [slope, offset] = [0.5, median(y.map((v, i) => v - 0.5 * x[i]))];
  let on: number[] = [];
  let spread = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const off = x.map((v, i) => Math.abs(y[i] - offset - slope * v));
    const limit = Math.max(NEAREST, MEDIANS * median(off));
    on = off.flatMap((d, i) => (d <= limit ? [i] : []));
    const [mx, my] = [x, y].map((v) => on.reduce((s, i) => s + v[i], 0) / on.length);
    const xx = on.reduce((s, i) => s + (x[i] - mx) ** 2, 0);
    spread = Math.sqrt(xx / on.length);
    if (spread >= VARIES) slope = on.reduce((s, i) => s + (x[i] - mx) * (y[i] - my), 0) / xx;
    offset = my - slope * mx;
  }
  return { slope, offset, spread, on };
}

/**
 * How the levels of a plate follow those of the scene in the frame without it, corrected by how the scene beside the plate follows itself
 * from that frame to the other; and the pixels of the plate. Undefined where the scene has changed.
 */
export function lineThrough(pairs: readonly Pair[], hole: Hole): { readonly through: Level; readonly body: readonly Pixel[] } | undefined {
  const inside = chosen(hole.inner, (v) => v === 1);
  const beside = chosen(hole.unknown, (v) => v === 0);
  const body: Pixel[] = [];
  const levels = pairs.map(({ scene, shown }) => {
    const own = robustLine(inside.map((i) => scene[i]), inside.map((i) => shown[i])); // prettier-ignore
    const round = robustLine(beside.map((i) => scene[i]), beside.map((i) => shown[i])); // prettier-ignore
    for (const k of own.on) body.push({ scene: scene[inside[k]], difference: shown[inside[k]] - scene[inside[k]], weight: 1 });
    const lag = round.spread < VARIES ? 1 : round.slope;
    const error = Math.hypot(LEAST, DOUBT / Math.max(0.5, own.spread), 0.5 * Math.abs(1 - lag));
    return { value: own.slope / Math.max(0.5, lag), error, flat: own.spread < VARIES, lag };
  });
  if (levels.some(({ lag }) => lag < 0.6) || !body.length) return undefined;
  const weights = levels.map(({ error, flat }) => (flat ? 1e-4 : 1 / error ** 2));
  const all = weights.reduce((s, w) => s + w, 0);
  const value = levels.reduce((s, { value: v }, i) => s + weights[i] * v, 0) / all;
  const apart = levels.length > 1 && !levels.some(({ flat }) => flat) ? Math.abs(levels[0].value - levels[1].value) / 2 : 0;
  const stride = Math.ceil(body.length / 800);
  return { through: { value, error: Math.hypot(1 / Math.sqrt(all), apart) }, body: body.filter((_, i) => i % stride === 0) };
}

/** How far the scene is off from the frame without the plate to that with it, root of the mean square in levels: beside it, and under it when it is taken off. */
export function comparedTo(
  pairs: readonly Pair[],
  hole: Hole,
  { opacity, level }: Pick<Whole, 'opacity' | 'level'>,
): { readonly scene: number; readonly plate: number } {
  const inside = chosen(hole.inner, (v) => v === 1);
  const beside = chosen(hole.unknown, (v) => v === 0);
  const off = (at: readonly number[], shown: (pair: Pair, i: number) => number): number =>
    1.48 * median(pairs.flatMap((pair) => at.map((i) => Math.abs(shown(pair, i) - pair.scene[i]))));
  return {
    scene: off(beside, (pair, i) => pair.shown[i]),
    plate: off(inside, (pair, i) => (pair.shown[i] - opacity * level) / (1 - opacity)),
  };
}

/** Indices of some of the values that are wanted. */
function chosen(map: Uint8Array, wanted: (value: number) => boolean): number[] {
  const all: number[] = [];
  for (let i = 0; i < map.length; i++) if (wanted(map[i])) all.push(i);
  const stride = Math.ceil(all.length / ENOUGH);
  return all.filter((_, i) => i % stride === 0);
}

const median = (values: readonly number[]): number => Float64Array.from(values).sort()[values.length >> 1] ?? 0;
