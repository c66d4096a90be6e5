import { chosenOf, rankIn, rankWhere } from './rank.js';
import { growMap, regionsOf, shrinkMap } from './regions.js';

/** What is known about a cue at full size, row-major maps of `width` × `height`. */
export interface CuePicture {
  /** Mean and deviation over the frames where the cue stands. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** Edge pixels of its glyphs, from the survey. */
  readonly seeds: Uint8Array;
  /** Levels by which its pixels lie above what was there before, and above what came after; undefined at a programme's ends. */
  readonly overBefore: Float32Array | undefined;
  readonly overAfter: Float32Array | undefined;
  readonly width: number;
  readonly height: number;
  readonly lineHeight: number;
  /** Text that changes its level while it stands: steadiness says nothing about its pixels. */
  readonly recoloured: boolean;
}

/** Levels of a step at one end that tell enough without the other end; and least ones, where only one end is to be seen. */
const LARGE = 32;
const ONE_SIDED = 22;
/** Median step beside the cue, in levels, from which the scene has changed. */
const CUT = 10;

/**
 * Glyphs, outline and shadow of a cue. Glyph pixels keep their level while it stands and had another one before or after;
 * soft shadows let some of the background through, so they are taken by their mean, near the glyphs only. The
 * result ends where the mark does. `glyphs` are the pixels that surely belong to it: without soft shadows, nothing closed.
 */
export function cueMask(picture: CuePicture): { mask: Uint8Array; glyphs: Uint8Array; unrest: number } {
  const { mean, deviation, seeds, width, height } = picture;
  const noise = rankWhere(deviation, seeds, picture.recoloured ? 0.1 : 0.5) ?? 0;
  const contrast = spreadWhere(mean, seeds);
  const steady = Math.max(4, 3 * noise + 2);
  const near = growMap(seeds, width, height, Math.max(3, Math.round(0.3 * lineUnit(picture))));
  const changed = changes(picture, near);
  const core = new Uint8Array(mean.length);
  for (let p = 0; p < core.length; p++) {
    const stands = deviation[p] <= steady ? changed[p] >= Math.max(8, 2 * noise) : picture.recoloured && changed[p] > LARGE;
    if (seeds[p] || (near[p] && stands)) core[p] = 1;
  }
  const kept = dropStrays(core, seeds, width, height);
  const glyphs = kept.slice();
  const shadow = growMap(kept, width, height, Math.max(2, Math.round(lineUnit(picture) * 0.14)));
  for (let p = 0; p < kept.length; p++) {
    if (!kept[p] && shadow[p] && changed[p] >= Math.max(6, deviation[p])) kept[p] = 1;
  }
  const closed = shrinkMap(growMap(kept, width, height, 1), width, height, 1);
  const by = Math.max(2, Math.round(lineUnit(picture) / 18)) - 2; // soft outlines; what compression smears is the restorer's
  const grown = growMap(closed, width, height, by);
  for (let p = 0; p < grown.length; p++) grown[p] = grown[p] ? 255 : 0;
  return { mask: grown, glyphs, unrest: noise / Math.max(1, contrast) };
}

/** Height of one line of text: that of the region's box where it holds one line, less where lines are stacked. */
const lineUnit = (picture: CuePicture): number => Math.min(picture.lineHeight, 64);

/** Leaves out regions without a seed. */
function dropStrays(core: Uint8Array, seeds: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(core.length);
  for (const { pixels } of regionsOf(core, width, height)) {
    let n = 0;
    for (const p of pixels) n += seeds[p];
    if (n >= 3 || n > 0.2 * pixels.length) for (const p of pixels) out[p] = 1;
  }
  return out;
}

/**
 * By how many levels each pixel stepped at both ends of the cue, in the same direction: 0 where it did not, or stepped up at
 * one end and down at the other without a large step, as moving backgrounds do.
 */
function changes(picture: CuePicture, near: Uint8Array): Float32Array {
  const { mean } = picture;
  const [overBefore, overAfter] = tellingEnds(picture, near);
  const a = overBefore ?? overAfter;
  const b = overAfter ?? overBefore;
  const out = new Float32Array(mean.length);
  if (!a || !b) return out.fill(255);
  if (a === b) return out.map((_, p) => Math.max(0, Math.abs(a[p]) - ONE_SIDED));
  for (let p = 0; p < out.length; p++) {
    const least = Math.min(Math.abs(a[p]), Math.abs(b[p]));
    const most = Math.max(Math.abs(a[p]), Math.abs(b[p]));
    out[p] = a[p] * b[p] > 0 ? Math.max(least, most - LARGE) : Math.max(0, most - LARGE);
  }
  return out;
}

/** The ends of the cue without one at which the scene changed as well, a cut: there everything has stepped. */
function tellingEnds({ overBefore, overAfter }: CuePicture, near: Uint8Array): [Float32Array | undefined, Float32Array | undefined] {
  if (!overBefore || !overAfter) return [overBefore, overAfter];
  const [before, after] = [overBefore, overAfter].map((over) => stepBeside(over, near));
  if (before > CUT && before > 2 * after) return [undefined, overAfter];
  if (after > CUT && after > 2 * before) return [overBefore, undefined];
  return [overBefore, overAfter];
}

/** The median step where a map is 0, in levels. */
function stepBeside(over: Float32Array, near: Uint8Array): number {
  const steps = new Float32Array(over.length);
  let count = 0;
  for (let p = 0; p < over.length; p++) if (!near[p]) steps[count++] = Math.abs(over[p]);
  return rankIn(steps.subarray(0, count), 0.5) ?? 0;
}

/** Levels between the darkest and the brightest tenth. */
function spreadWhere(values: Float32Array, where: Uint8Array): number {
  const chosen = chosenOf(values, where);
  return (rankIn(chosen, 0.9) ?? 0) - (rankIn(chosen, 0.1) ?? 0);
}
