import { alphaMap } from './alpha-map.js';
import type { Hole } from './hole.js';
import type { Moments } from './moments.js';
import { withRim, type RimMap } from './rim.js';
import { roughness, spanned } from './membrane.js';
import { OPAQUE, opacityOf, type Ends, type Level, type Pixel, type Tint, type Whole } from './opacity.js';

/** Luma of a mark in one colour: its body, and α by pixel. */
export interface LumaMatte extends Whole {
  /** 0 … 1, of the hole's box, row-major. */
  readonly alpha: Float32Array;
  /** Roughness of the mean picture with the mark taken off, over what the scene round it leads to expect: about 1, more where a ghost of the mark stays. */
  readonly ghost: number;
  /** Its outline or shadow in another colour. */
  readonly rim?: RimMap;
  /** Standard error of 1 - α by the programme's frames alone, without what is usual for marks. */
  readonly seen: number;
  /** Standard error of α by what a pixel says, root of the mean square under the mark. */
  readonly pixel: number;
}

/** Depths at which a membrane's error is told apart, samples. */
const DEPTHS = [1.5, 2.5, 4.5, 7, 11, Infinity];
/** Squared error of a mean that noise and coding leave. */
const RESIDUE = 0.15;
/** Least error of a slope, and its factor: holes beside the mark are few, and not the mark's own place. */
const SLOPE = 0.02;
const DOUBT = 1.6;
/** Spread of the slopes at other holes from which their mean says little. */
const AGREE = 0.15;
/** Levels that the scene must vary by to say anything. */
const VARIES = 0.45;

/** How far a membrane is off, squared, over the roughness round it, by depth: tried where the scene is seen. */
function errorsByDepth(others: readonly Moments[]): number[] {
  let last = 2;
  const ratios = DEPTHS.map((): number[] => []);
  for (const other of others) {
    const { box, unknown, depth } = other.hole;
    const mean = other.mean();
    const scene = spanned(mean, unknown, box.width, box.height);
    const rough = roughness(mean, unknown, box.width, box.height);
    const sums = DEPTHS.map(() => ({ off: 0, rough: 0, n: 0 }));
    for (let i = 0; i < mean.length; i++) {
      if (!depth[i]) continue;
      const sum = sums[DEPTHS.findIndex((d) => depth[i] <= d)];
      sum.off += (mean[i] - scene[i]) ** 2;
      sum.rough += rough[i];
      sum.n++;
    }
    sums.forEach(({ off, rough: r, n }, d) => n && ratios[d].push(off / (r + 0.1 * n)));
  }
  return ratios.map((r) => (last = r.length ? Math.min(30, 1.5 * r.sort((a, b) => a - b)[r.length >> 1]) : last));
}

/** 1 − α by how the mark's levels follow the scene; both ways of looking at it, each as far as it holds where the truth is 1. */
export function transparency(mark: Moments, others: readonly Moments[]): Level {
  let [sum, weights] = [0, 0];
  for (const way of ['overall', 'inTime'] as const) {
    const own = mark[way]();
    const tried = others.map((o) => o[way]());
    const weight = tried.reduce((s, t) => s + t.weight, 0);
    const usual = weight ? tried.reduce((s, t) => s + t.weight * t.slope, 0) / weight : 1;
    const apart = tried.length > 1 ? Math.sqrt(tried.reduce((s, t) => s + t.weight * (t.slope - usual) ** 2, 0) / weight) : 0.2;
    const slope = own.slope / Math.max(0.3, 1 + (usual - 1) / (1 + (apart / AGREE) ** 2));
    const error = SLOPE + Math.max(0.5, Math.abs(slope)) * Math.hypot(Math.max(SLOPE, apart), VARIES / Math.max(0.1, own.spread));
    sum += slope / error ** 2;
    weights += 1 / error ** 2;
  }
  return { value: sum / weights, error: DOUBT / Math.sqrt(weights) };
}

/**
 * The matte of a mark in one colour: how opaque it is by how its levels follow the scene over time and place (the regression of Amatsukaze's
 * and AviUtl's logo scans, on a membrane instead of a flat border), corrected by the same look at places without it, and by what colours
 * marks have; then α pixel by pixel from the mean difference to the scene, as far as that is more exact than the mark's own evenness; and an outline in the other tone.
 * @param tints of the chroma planes; none for gray
 */
export function estimateMatte(mark: Moments, others: readonly Moments[], tints: readonly Tint[], ends: Ends): LumaMatte | undefined {
  const { box, unknown, depth, inner } = mark.hole;
  const mean = mark.mean();
  const scene = spanned(mean, unknown, box.width, box.height);
  const rough = roughness(mean, unknown, box.width, box.height);
  const errors = errorsByDepth(others);
  const error = depth.map((d, i) => (d ? Math.sqrt(errors[DEPTHS.findIndex((most) => d <= most)] * rough[i] + RESIDUE) : 0));
  const body = bodyOf(mean, scene, error, inner);
  if (!body.length) return undefined;
  const through = transparency(mark, others);
  const whole = opacityOf(through, body, tints, ends);
  const { level } = whole;
  const rate = mean.map((m, i) => (m - scene[i]) / (level - scene[i] || 1));
  const off = error.map((e, i) => e / Math.max(1, Math.abs(level - scene[i])));
  const alpha = alphaMap(rate, off, mark.hole, whole.opacity);
  const ghost = (of: Float32Array, colour: (i: number) => number): number =>
    ghostOf(mean.map((m, i) => (m - of[i] * colour(i)) / (1 - Math.min(OPAQUE, of[i]))), rough, mark.hole); // prettier-ignore
  const plain = { alpha, ...whole, ghost: ghost(alpha, () => level), seen: through.error, pixel: rootMeanSquare(off, depth) };
  const rimmed = withRim({ mean, scene, error, hole: mark.hole, ends }, { ...plain, level }, ghost);
  return rimmed ? { ...plain, alpha: rimmed.alpha, opacity: rimmed.by * whole.opacity, ghost: rimmed.ghost, rim: rimmed } : plain;
}

function rootMeanSquare(values: Float32Array, where: Float32Array): number {
  let [sum, n] = [0, 0];
  values.forEach((v, i) => where[i] && ([sum, n] = [sum + v * v, n + 1]));
  return Math.sqrt(sum / Math.max(1, n));
}

/** Squared gradient, in levels a sample, that noise and coding leave. */
export const FLAT = 2;

/** How rough a picture is in a hole over what the scene round it leads to expect. @param left levels of the hole's box */
export function ghostOf(left: Float32Array, rough: Float32Array, { depth, box: { width, height } }: Hole): number {
  let [shown, expected] = [0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
      if (!depth[i]) continue;
      shown += ((left[i + 1] - left[i - 1]) ** 2 + (left[i + width] - left[i - width]) ** 2) / 4;
      expected += rough[i] + FLAT;
    }
  }
  return shown / Math.max(1, expected);
}

/** Pixels by which a level is found, at most. */
const ENOUGH = 800;

function bodyOf(mean: Float32Array, scene: Float32Array, error: Float32Array, inner: Uint8Array): Pixel[] {
  const count = inner.reduce((n, v) => n + v, 0);
  const stride = Math.max(1, Math.ceil(count / ENOUGH));
  const pixels: Pixel[] = [];
  for (let i = 0, k = 0; i < inner.length; i++)
    if (inner[i] && k++ % stride === 0) pixels.push({ scene: scene[i], difference: mean[i] - scene[i], weight: 1 / error[i] ** 2 });
  return pixels;
}
