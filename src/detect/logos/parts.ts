import { boundsOf, growBox, unionBox, type Box } from '../../core/area.js';
import type { LevelStatistics } from '../maps/level-sums.js';
import { pixelsOf, rank, stepAt, without, type LogoPicture } from './mask.js';
import { chosenOf, rankIn } from '../maps/rank.js';
import { fillHoles, growMap, regionsOf, shrinkMap, type Region } from '../maps/regions.js';

/** What is known about a logo and a wide margin around it. */
export interface WidePicture extends LogoPicture {
  /** Deviation of the step at a pixel, taken as a vector ({@link stepAt}), over the frames that show it. */
  readonly unrest: Float32Array;
  /** Its place without it, where it comes and goes. */
  readonly gone?: LevelStatistics | undefined;
}

/** Shares of the usual step of a mark's edges down to which those of its other parts are looked for, and the least step in levels. */
const SHARES = [0.5, 0.25, 0.12, 0.06];
const LEAST = 4;
/** How much more than most of a mark's edges those of its other parts may change; and share of a step that must be gone with the mark. */
const RESTLESS = 2;
const CLEAR = 3;
const PERSISTS = 5;
const GONE = 0.5;
/** Deviation that coding alone makes, and that of the scene over the mark's from which stillness tells. */
const CALM = 0.4;
const MOVES = 4;
/** Shape of a part: share of its box that it fills; how far its middle may lie beside that of the known, as a share of the larger one's extent; extents over those of the known; gap over the larger one. */
const SOLID = 0.5;
const WORTH = 0.1;
const ALONE = 0.65;
const THIN = 2;
const ASIDE = 0.15;
const CENTRED = 0.08;
const SMALLER = 0.4;
const LARGER = 3.5;
const GAP = 0.6;
/** Levels, and spreads of those around a shape, by which the inside of a shape differs from what is around it; share of the shape that is too small a hole to ask. */
const DIFFERS = 4;
const CLEARLY = 0.5;
const HOLE = 0.1;

/**
 * Adds to a mask the other parts of the same mark: closed, compact shapes on one line with what is known, as near to it as they are large, whose
 * edges stand as still. A badge beside a name is one where both stand before a still scene, too.
 */
export function withParts(picture: WidePicture, found: Uint8Array): Uint8Array {
  const { width, height } = picture;
  const out = found.slice();
  const holes = without(fillHoles(found, width, height), found);
  let known = boundsOf(found, width, height);
  for (const edges of known ? [...edgeMaps(picture), ...stillMaps(picture, growMap(found, width, height, 2))] : []) {
    const closed = shrinkMap(growMap(edges, width, height, 1), width, height, 1);
    const whole = fillHoles(closed, width, height);
    for (const [map, solid] of [
      [whole, SOLID],
      [without(whole, out), ALONE],
    ] as const)
      for (const region of solidRegions(map, whole, solid, width, height)) {
        if (!known || !mayBelong(region.box, known, picture) || !isLevel(region, out, known, width)) continue;
        take(region, closed, picture, out);
        known = unionBox(known, region.box);
      }
  }
  // What it does not fill of its own shapes is the scene seen through them.
  for (let p = 0; p < out.length; p++) if (holes[p]) out[p] = 0;
  return out;
}

/** Whether what a region adds to a mask is worth it and lies evenly about the middle of the whole, to both sides of the line they stand on: what hangs on it is the scene's. */
function isLevel({ box, pixels }: Region, out: Uint8Array, known: Box, width: number): boolean {
  const fresh = pixels.filter((p) => !out[p]);
  if (fresh.length < WORTH * pixels.length) return false;
  const whole = unionBox(known, box);
  const stacked = box.y >= known.y + known.height || known.y >= box.y + box.height;
  const off = stacked
    ? fresh.reduce((sum, p) => sum + (p % width), 0) / fresh.length - whole.x - whole.width / 2
    : fresh.reduce((sum, p) => sum + Math.floor(p / width), 0) / fresh.length - whole.y - whole.height / 2;
  return Math.abs(off) < (stacked ? CENTRED * whole.width : ASIDE * whole.height);
}

/** Regions of a map that are no mere lines, without the lines that touch them, and that fill most of their boxes. They may reach a little into `whole` around it. */
function solidRegions(map: Uint8Array, whole: Uint8Array, solid: number, width: number, height: number): Region[] {
  const core = shrinkMap(map, width, height, THIN);
  const thick = growMap(core, width, height, THIN + 2);
  for (let p = 0; p < thick.length; p++) thick[p] &= whole[p];
  return regionsOf(thick, width, height).filter(({ box, pixels }) => pixels.length > solid * box.width * box.height);
}

/** Edges as still as those of the mark, the strong ones first, then weaker ones too. */
function edgeMaps({ mean, unrest, seeds, gone, width, height }: WidePicture): Uint8Array[] {
  const inside = (p: number): boolean => p > width && p < mean.length - width;
  const chosen = pixelsOf(seeds).filter(inside);
  const usual = rank(chosen.map((p) => stepAt(mean, p, width)), 0.5); // prettier-ignore
  const limit = RESTLESS * Math.max(1, rank(chosen.map((p) => unrest[p]), 0.75)); // prettier-ignore
  const clear = rank(chosen.map((p) => stepAt(mean, p, width) / Math.max(1, unrest[p])), 0.5) / CLEAR; // prettier-ignore
  const weakest = SHARES.filter((_, i) => i === 0 || SHARES[i - 1] * usual > LEAST).map((share) => share * usual);
  const steady = weakest.map(() => new Uint8Array(mean.length));
  const restless = weakest.map(() => new Uint8Array(mean.length));
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
      const step = stepAt(mean, p, width);
      if (step < LEAST || step < Math.max(1, clear / PERSISTS) * unrest[p]) continue;
      if (gone && stepBetween(mean, gone.mean, p, width) < GONE * step) continue;
      const still = step > 2 * unrest[p] && (unrest[p] <= limit || step > clear * unrest[p]);
      for (let i = 0; i < weakest.length; i++) {
        if (step < weakest[i]) continue;
        restless[i][p] = 1;
        if (still) steady[i][p] = 1;
      }
    }
  }
  return [...steady, ...restless];
}

/** What stands as still as the mark although the scene around does not: opaque parts as light as the scene, which have no edges. None before a still scene. */
function stillMaps({ mean, deviation, seeds, gone }: WidePicture, known: Uint8Array): Uint8Array[] {
  const noise = Math.max(CALM, rank(pixelsOf(seeds).map((p) => deviation[p]), 0.25)); // prettier-ignore
  const ground = rankIn(chosenOf(deviation, without(new Uint8Array(known.length).fill(1), known)), 0.5) ?? 0;
  if (ground < MOVES * noise) return [];
  const limit = Math.cbrt(noise * noise * ground);
  const map = new Uint8Array(deviation.length);
  for (let p = 0; p < map.length; p++) {
    const stays = gone && gone.deviation[p] < limit && Math.abs(mean[p] - gone.mean[p]) < DIFFERS;
    if (deviation[p] < limit && !stays) map[p] = 1;
  }
  return [map];
}

/** How much a step differs between two pictures. */
function stepBetween(a: Float32Array, b: Float32Array, p: number, width: number): number {
  const x = a[p + 1] - a[p - 1] - b[p + 1] + b[p - 1];
  const y = a[p + width] - a[p - width] - b[p + width] + b[p - width];
  return Math.sqrt(x * x + y * y);
}

/** Whether a box stands free, and on one row, or in one column, with what is known. */
function mayBelong(box: Box, known: Box, { width, height }: LogoPicture): boolean {
  if (box.x <= 1 || box.y <= 1 || box.x + box.width >= width - 1 || box.y + box.height >= height - 1) return false;
  const across = (a: number, la: number, b: number, lb: number, aside: number): boolean => {
    const ratio = la / lb;
    return ratio > SMALLER && ratio < LARGER && Math.abs(a + la / 2 - b - lb / 2) < aside * Math.max(la, lb);
  };
  const gap = (a: number, la: number, b: number, lb: number): number => Math.max(a, b) - Math.min(a + la, b + lb);
  const high = Math.max(box.height, known.height);
  if (across(box.y, box.height, known.y, known.height, ASIDE) && gap(box.x, box.width, known.x, known.width) < GAP * high) return true;
  return (
    across(box.x, box.width, known.x, known.width, CENTRED) &&
    gap(box.y, box.height, known.y, known.height) < GAP * Math.min(box.height, known.height)
  );
}

/** Puts a part into a mask: its edges and what they enclose, but not the scene seen through a ring. */
function take({ box, pixels }: Region, edges: Uint8Array, picture: LogoPicture, out: Uint8Array): void {
  const { mean, width, height } = picture;
  const shape = new Uint8Array(out.length);
  for (const p of pixels) shape[p] = edges[p] ? 2 : 1;
  const around = levelsAround(shape, box, picture);
  const level = rank(around, 0.5);
  const other = Math.max(DIFFERS, CLEARLY * (rank(around, 0.84) - rank(around, 0.16)));
  const inside = shape.map((v) => (v === 1 ? 1 : 0));
  for (const p of pixels) if (edges[p]) out[p] = 255;
  for (const hole of regionsOf(inside, width, height)) {
    const own = rank(Array.from(hole.pixels, (p) => mean[p]), 0.5); // prettier-ignore
    if (hole.pixels.length < HOLE * pixels.length || Math.abs(own - level) > other) for (const p of hole.pixels) out[p] = 255;
  }
}

/** The levels close to a shape. */
function levelsAround(shape: Uint8Array, box: Box, { mean, width, height }: LogoPicture): number[] {
  const around = growBox(box, 3, width, height);
  const levels: number[] = [];
  for (let y = around.y; y < around.y + around.height; y++)
    for (let p = y * width + around.x, end = p + around.width; p < end; p++) if (!shape[p]) levels.push(mean[p]);
  return levels;
}
