import type { Box } from '../../core/area.js';
import { rankIn, rankOf, rankWhere } from '../maps/rank.js';
import { fillHoles, growMap, regionsOf, shrinkMap, type Region } from '../maps/regions.js';

/** What is known about a logo at full size, row-major maps of `width` × `height`. */
export interface LogoPicture {
  /** Mean and deviation over frames that show it. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** Its edges as the survey saw them. */
  readonly seeds: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Step across a pixel, in levels, that is an edge at full size; and the share of the logo's usual step that one of its own has. */
const EDGE = 10;
const WEAKEST = 0.15;

/** Largest deviation over time of an edge pixel, as a share of the step across it, that is codec noise. */
const JITTER = 0.06;

/** Deviation, in levels and as a multiple of the scene's, of a mark that glints or pulses. */
const CHANGES = 5;
const LIVELIER = 1.2;

/** In the map of a logo's body: a part that is the logo's by itself, whether edges join it to the others or not. */
const SURE = 2;

/** Samples from which on a thin line is no corner of a mark. */
const THREAD = 6;

/** Levels between a filled shape and what is around it. */
const CONTRAST = 8;

/**
 * The pixels of a logo: still edges near those of the survey, joined; what they enclose, where it is the logo's and not the
 * scene seen through a ring; it ends where the logo does.
 */
export function logoMask(picture: LogoPicture): Uint8Array {
  const { seeds, width, height } = picture;
  const unit = Math.min(width, height);
  const near = growMap(seeds, width, height, Math.max(3, Math.round(unit * 0.25)));
  const edges = edgesNear(picture, near);
  const join = Math.max(1, Math.round(unit * 0.02));
  const joined = shrinkMap(growMap(edges, width, height, join), width, height, join);
  const body = fillOwn(picture, edges, joined, near);
  const kept = new Uint8Array(body.length);
  for (const { pixels } of regionsOf(body, width, height)) {
    if (pixels.some((p) => seeds[p] === 1 || body[p] === SURE)) for (const p of pixels) kept[p] = 1;
  }
  cutThreads(kept, seeds, width, height);
  const grown = growMap(kept, width, height, Math.max(2, Math.round(unit / 200)) - 2);
  for (let p = 0; p < grown.length; p++) grown[p] = grown[p] ? 255 : 0;
  return grown;
}

/** Removes thin lines that run out of a body and that the survey did not see: edges of a scene that stands still. */
function cutThreads(body: Uint8Array, seeds: Uint8Array, width: number, height: number): void {
  const core = growMap(shrinkMap(body, width, height, 1), width, height, 1);
  const thin = body.map((v, p) => (v && !core[p] && !seeds[p] ? 1 : 0));
  for (const { box, pixels } of regionsOf(thin, width, height, THREAD))
    if (Math.max(box.width, box.height) >= THREAD) for (const p of pixels) body[p] = 0;
}

/** The seeds, and edges near them that are about as sharp and as still. */
function edgesNear({ mean, deviation, seeds, width, height }: LogoPicture, near: Uint8Array): Uint8Array {
  const chosen = pixelsOf(seeds).filter((p) => p > width && p < mean.length - width);
  const steps = chosen.map((p) => stepAt(mean, p, width));
  const least = Math.max(EDGE, WEAKEST * rank(steps, 0.5));
  const steady = Math.max(0.5, rank(chosen.map((p) => deviation[p]), 0.9)); // prettier-ignore
  const jitter = Math.min(JITTER, rank(chosen.map((p, i) => deviation[p] / Math.max(EDGE, steps[i])), 0.9)); // prettier-ignore
  const telling = !isLively(deviation, seeds);
  const edges = new Uint8Array(mean.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
      if (!near[p]) continue;
      const step = stepAt(mean, p, width);
      if (seeds[p] || (telling && step > least && deviation[p] <= Math.max(steady, jitter * step))) edges[p] = 1;
    }
  }
  return edges;
}

/** Whether a mark changes by itself, more than the scene does: then stillness does not tell its edges from the scene's. */
function isLively(deviation: Float32Array, seeds: Uint8Array): boolean {
  const own = rankWhere(deviation, seeds, 0.5) ?? 0;
  return own > Math.max(CHANGES, LIVELIER * rank(deviation, 0.5));
}

/**
 * Adds what lies between the edges and belongs to the mark: what stands still while the scene around it moves, or has
 * another level than the scene. Where edges have a gap, a still area counts when they surround most of it, or when nothing
 * else around the mark is nearly as still.
 */
function fillOwn(picture: LogoPicture, edges: Uint8Array, joined: Uint8Array, near: Uint8Array): Uint8Array {
  const { deviation, seeds, width, height } = picture;
  const all = fillHoles(joined, width, height);
  const reach = Math.max(6, Math.round(Math.min(width, height) * 0.2));
  const chosen = pixelsOf(seeds);
  const count = chosen.length;
  const noise = medianOf(deviation, chosen);
  const border = growMap(all, width, height, 2);
  const ground = medianOf(deviation, around(border, { x: 0, y: 0, width, height }, reach, width, height));
  const steady = Math.max(0.3, Math.min(2.5 * noise + 0.7, 0.5 * ground));
  const out = edges.slice();
  const between = without(joined, edges);
  for (const { box, pixels } of regionsOf(between, width, height)) {
    const own = owner(picture, steady, around(border, box, reach, width, height));
    for (const p of pixels) if (own([p])) out[p] = 1;
  }
  const inside = without(all, joined);
  for (const { box, pixels } of regionsOf(inside, width, height)) {
    if (owner(picture, steady, around(border, box, reach, width, height))(pixels)) for (const p of pixels) out[p] = 1;
  }
  const moving = ground > 5 * Math.max(0.5, noise);
  const calm = new Uint8Array(all.length);
  for (let p = 0; p < calm.length; p++) if (!all[p] && near[p] && deviation[p] <= steady) calm[p] = 1;
  for (const region of regionsOf(calm, width, height)) {
    const lone = moving && isInside(region.box, width, height) && medianOf(deviation, region.pixels) <= ground / 8;
    if (lone) for (const p of region.pixels) out[p] = region.pixels.length > 0.1 * count ? SURE : 1;
    else if (enclosed(region, calm, joined, width) > 0.6) for (const p of region.pixels) out[p] = 1;
  }
  const closed = shrinkMap(growMap(out, width, height, 1), width, height, 1);
  for (let p = 0; p < closed.length; p++) if (closed[p] && out[p] > closed[p]) closed[p] = out[p];
  return closed;
}

/** Tells whether pixels are the mark's, given pixels of the scene beside it. Asks of the scene only what it needs: a textured mark has thousands of gaps. */
function owner({ mean, deviation }: LogoPicture, steady: number, scene: ArrayLike<number>): (pixels: ArrayLike<number>) => boolean {
  let restless: number | undefined;
  let levels: { readonly middle: number; readonly other: number } | undefined;
  return (pixels) => {
    const unrest = medianOf(deviation, pixels);
    if (unrest <= steady && (restless ??= medianOf(deviation, scene)) > 2 * Math.max(0.15, unrest)) return true;
    levels ??= spreadOf(pick(mean, scene));
    return Math.abs(medianOf(mean, pixels) - levels.middle) > levels.other;
  };
}

/** The middle one of a scene's levels, and by how much the mark's differ from it. */
function spreadOf(levels: Float32Array): { readonly middle: number; readonly other: number } {
  const [low, middle, high] = [0.16, 0.5, 0.84].map((share) => rankIn(levels, share) ?? 0);
  return { middle, other: Math.max(CONTRAST, 0.75 * (high - low)) };
}

/** Pixels within `reach` of a box that lie outside a body and its smeared border. */
function around(body: Uint8Array, box: Box, reach: number, width: number, height: number): Int32Array {
  const [left, right] = [Math.max(0, box.x - reach), Math.min(width, box.x + box.width + reach)];
  const [top, bottom] = [Math.max(0, box.y - reach), Math.min(height, box.y + box.height + reach)];
  const out = new Int32Array((right - left) * (bottom - top));
  let count = 0;
  for (let y = top; y < bottom; y++) for (let p = y * width + left, end = y * width + right; p < end; p++) if (!body[p]) out[count++] = p;
  return out.subarray(0, count);
}

const isInside = ({ x, y, width: w, height: h }: Box, width: number, height: number): boolean =>
  x > 1 && y > 1 && x + w < width - 1 && y + h < height - 1;

/** Share of a region's outer neighbours that are edges. */
function enclosed({ pixels }: Region, region: Uint8Array, edges: Uint8Array, width: number): number {
  let touching = 0;
  let free = 0;
  for (const p of pixels) {
    for (const q of [p - 1, p + 1, p - width, p + width]) {
      if (edges[q]) touching++;
      else if (!region[q]) free++;
    }
  }
  return touching / Math.max(1, touching + free);
}

/** Twice the slope of a picture at a sample that is not at its border, in levels. */
export function stepAt(mean: Float32Array, p: number, width: number): number {
  const x = mean[p + 1] - mean[p - 1];
  const y = mean[p + width] - mean[p - width];
  return Math.sqrt(x * x + y * y); // Math.hypot, which guards against overflow, takes ten times as long
}

/** What is set in a map, but not in another. */
export function without(map: Uint8Array, known: Uint8Array): Uint8Array {
  const out = new Uint8Array(map.length);
  for (let p = 0; p < out.length; p++) if (map[p] && !known[p]) out[p] = 1;
  return out;
}

const medianOf = (values: Float32Array, where: ArrayLike<number>): number =>
  where.length === 1 ? values[where[0]] : (rankIn(pick(values, where), 0.5) ?? 0);

/** Some of a map's values. */
function pick(values: Float32Array, where: ArrayLike<number>): Float32Array {
  const out = new Float32Array(where.length);
  for (let i = 0; i < out.length; i++) out[i] = values[where[i]];
  return out;
}

export function pixelsOf(map: Uint8Array): number[] {
  const out: number[] = [];
  for (let p = 0; p < map.length; p++) if (map[p]) out.push(p);
  return out;
}

/** {@link rankOf}; 0 of none. */
export const rank = (values: ArrayLike<number>, share: number): number => rankOf(values, share) ?? 0;
