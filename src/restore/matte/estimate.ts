import { MIXED, type Hole } from './hole.js';
import type { Moments } from './moments.js';
import { roughness, spanned } from './membrane.js';

/** Luma of a mark in one colour, as a plane of α and one level; a mark's likely α, and how sure that is. */
export interface LumaMatte {
  /** 0 … 1, of the hole's box, row-major. */
  readonly alpha: Float32Array;
  /** Of the mark's body. */
  readonly opacity: number;
  /** Level of the mark, 8 bits. */
  readonly level: number;
  /** Chance that the mark is too opaque to be taken off. */
  readonly opaque: number;
  /** Roughness of the mean picture with the mark taken off, over what the scene round it leads to expect: about 1, more where a ghost of the mark stays. */
  readonly ghost: number;
}

/** What the chroma planes say about the mark: mean difference from the scene, and the scene, in 8-bit levels. */
export interface Tint {
  readonly difference: number;
  readonly scene: number;
}

/** α from which too little of the scene is left in a pixel. */
export const OPAQUE = 0.85;
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

/** Levels of white and black, 8 bits. */
export interface Ends {
  readonly white: number;
  readonly black: number;
}

interface Level {
  readonly value: number;
  readonly error: number;
}

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
function transparency(mark: Moments, others: readonly Moments[]): Level {
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

/** How likely a grey mark is white or black, and how exactly, in levels; how far it may seem to be beyond. */
const PLAIN = 0.9;
const EXACT = 7;
const BEYOND = 3;
/** Levels of chroma that a grey mark may be off. */
const GREY = 6;

/** How likely a mark has a level and a tint: most that shine through are white or black. */
function likelihood(level: number, brighter: boolean, chroma: readonly number[], { white, black }: Ends): number {
  const beyond = Math.max(0, level - white, black - level);
  const off = beyond ? beyond / BEYOND : (level - (brighter ? white : black)) / EXACT;
  const grey = Math.exp(-0.5 * chroma.reduce((s, c) => s + ((c - 128) / GREY) ** 2, 0));
  const plain = (PLAIN * grey * 0.4 * Math.exp(-0.5 * off ** 2)) / EXACT;
  return plain + (beyond > BEYOND ? 0 : (1 - PLAIN * grey) / (white - black));
}

/**
 * The matte of a mark in one colour: how opaque it is by how its levels follow the scene over time and place (the regression of Amatsukaze's
 * and AviUtl's logo scans, on a membrane instead of a flat border), corrected by the same look at places without it, and by what colours
 * marks have; then α pixel by pixel from the mean difference to the scene, as far as that is more exact than the mark's own evenness.
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
  const whole = opacityOf(transparency(mark, others), body, tints, ends);
  const { level } = whole;
  const rate = mean.map((m, i) => (m - scene[i]) / (level - scene[i] || 1));
  const off = error.map((e, i) => e / Math.max(1, Math.abs(level - scene[i])));
  const alpha = alphaMap(rate, off, mark, whole.opacity);
  const left = mean.map((m, i) => (m - alpha[i] * level) / (1 - Math.min(OPAQUE, alpha[i])));
  return { alpha, ...whole, ghost: ghostOf(left, rough, mark.hole) };
}

/** Squared gradient, in levels a sample, that noise and coding leave. */
const FLAT = 2;

function ghostOf(left: Float32Array, rough: Float32Array, { depth, box: { width } }: Hole): number {
  let [shown, expected] = [0, 0];
  for (let i = 0; i < depth.length; i++) {
    if (!depth[i]) continue;
    shown += ((left[i + 1] - left[i - 1]) ** 2 + (left[i + width] - left[i - width]) ** 2) / 4;
    expected += rough[i] + FLAT;
  }
  return shown / Math.max(1, expected);
}

/** A pixel of the mark's body: the scene that is likely there, what the mark adds to it, and how sure that is. */
interface Pixel {
  readonly scene: number;
  readonly difference: number;
  readonly weight: number;
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

/** The level of a mark that is so opaque: of half of the body, by weight, it is lower. */
function levelAt(opacity: number, body: readonly Pixel[]): number {
  const levels = body.map(({ scene, difference, weight }) => ({ level: scene + difference / opacity, weight }));
  levels.sort((a, b) => a.level - b.level);
  let half = levels.reduce((sum, { weight }) => sum + weight, 0) / 2;
  return (levels.find(({ weight }) => (half -= weight) <= 0) ?? levels[0]).level;
}

interface Whole {
  readonly opacity: number;
  readonly level: number;
  readonly opaque: number;
}

/** The likeliest opacity of the mark's body, the level that goes with it, and the chance that it is beyond {@link OPAQUE}. */
function opacityOf(through: Level, body: readonly Pixel[], tints: readonly Tint[], ends: Ends): Whole {
  const brighter = levelAt(1, body.map((p) => ({ ...p, scene: 0 }))) > 0; // prettier-ignore
  let best = { chance: -1, opacity: 1, level: 0 };
  let [all, beyond] = [0, 0];
  for (let opacity = 0.04; opacity <= 1; opacity += 0.005) {
    const level = levelAt(opacity, body);
    const chroma = tints.map((t) => t.scene + t.difference / opacity);
    const fits = Math.exp(-0.5 * ((1 - opacity - through.value) / through.error) ** 2);
    const chance = fits * likelihood(level, brighter, chroma, ends);
    all += chance;
    if (opacity > OPAQUE) beyond += chance;
    if (chance > best.chance) best = { chance, opacity, level };
  }
  return { opacity: best.opacity, level: best.level, opaque: all ? beyond / all : 1 };
}

/** Turns of the relaxation of body and ground; what a neighbour and the mark's mask say, in log-odds. */
const TURNS = 6;
const NEIGHBOURS = 12;
const MASK = 3;
/** How even the body's α is; and what is known of α at its border. */
const EVEN = 0.015;
const BORDER = 0.12;
/** Softness of a border, as weights of the middle, side and corner of three by three. */
const SOFT = [0.4, 0.11, 0.04];

/** α by pixel: even in the body, nothing on the ground, soft between; and what the mean difference says, as far as that is sure. */
function alphaMap(rate: Float32Array, off: Float32Array, { hole }: Moments, opacity: number): Float32Array {
  const { depth, inner, box } = hole;
  const { width } = box;
  const around = [-width - 1, -width, -width + 1, -1, 0, 1, width - 1, width, width + 1];
  let body = rate.map((r, i) => (depth[i] && r > opacity / 2 ? 1 : 0));
  for (let turn = 0; turn < TURNS; turn++) {
    const before = body;
    body = before.map((_, i) => {
      if (!depth[i]) return 0;
      const spread = 2 * off[i] ** 2 + 1e-4;
      const odds = Math.max(-25, Math.min(25, (rate[i] ** 2 - (rate[i] - opacity) ** 2) / spread));
      const alike = around.reduce((n, by) => n + (before[i + by] ?? 0), 0) / 9;
      return odds + NEIGHBOURS * (2 * alike - 1) + (inner[i] ? MASK : depth[i] <= MIXED ? -MASK : 0) > 0 ? 1 : 0;
    });
  }
  return rate.map((r, i) => {
    if (!depth[i]) return 0;
    const near = around.map((by) => body[i + by] ?? 0);
    const count = near.reduce((n, v) => n + v, 0);
    const even = count === 0 || count === 9;
    const soft = SOFT[0] * near[4] + SOFT[1] * (near[1] + near[3] + near[5] + near[7]) + SOFT[2] * (near[0] + near[2] + near[6] + near[8]);
    const usual = even ? (count ? opacity : 0) : opacity * soft;
    const surprise = Math.max(0, (r - usual) ** 2 - (3 * off[i] + 0.03) ** 2);
    const known = (even ? EVEN : BORDER) ** 2 + surprise;
    return Math.max(0, Math.min(1, usual + ((r - usual) * known) / (known + off[i] ** 2 + 1e-6)));
  });
}
