import { growMap } from '../maps/regions.js';

/** A cue as it stands in the picture, row-major maps of `width` × `height`. */
export interface CueImage {
  /** Mean luma over the frames in which it stands, 0 … 255. */
  readonly mean: ArrayLike<number>;
  /** 1 where the pixel belongs to glyph, outline or shadow; holes between them are 0. */
  readonly glyphs: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Radius of the opening that separates strokes from wider areas, as a share of a line's height: stems of bold letters are a quarter of it wide. */
const STROKE = 0.15;
/** How much darker than the fill a pixel of a stroke may be, and how high it must stand over its surroundings; shares of the contrast. */
const LEVEL = 0.42;
const HEIGHT = 0.5;

/**
 * The fill of a cue's glyphs alone, without outline, shadow and what is seen between the letters: 0 = no ink … 255 = full ink.
 * Strokes are what an opening by a small square takes away (white top-hat); among them only those that lie at the level
 * of the fill and changed with the cue. Their soft edges are kept, the recogniser reads those better than steps.
 * `light` says whether the fill is lighter than its surroundings. Undefined when there are no strokes.
 */
export function glyphInk({ mean, glyphs, width, height }: CueImage, light: boolean): Uint8Array | undefined {
  const level = Uint8Array.from(mean, (v) => (light ? v : 255 - v));
  const zone = growMap(glyphs, width, height, 2);
  const radius = Math.max(2, Math.round(STROKE * lineHeight(glyphs, width, height)));
  const hat = topHat(level, width, height, radius);
  const split = otsu(hat, zone);
  const high = quantile(hat, (i) => zone[i] === 1 && hat[i] > split, 0.6);
  const low = quantile(hat, (i) => zone[i] === 1 && hat[i] <= split, 0.6) ?? 0;
  if (high === undefined || high <= low) return undefined;
  const inFill = (i: number): boolean => zone[i] === 1 && hat[i] >= high;
  const least = (quantile(level, inFill, 0.5) ?? 255) - LEVEL * high;
  const strokes = hat.map((v, i) => (glyphs[i] && v - low > HEIGHT * (high - low) && level[i] > least ? 1 : 0));
  const beside = growMap(strokes, width, height, 2);
  const dark = quantile(level, (i) => beside[i] === 1 && !strokes[i], 0.3) ?? 0;
  const scale = 255 / Math.max(1, (quantile(level, inFill, 0.3) ?? 255) - dark);
  const soft = growMap(strokes, width, height, 1);
  return level.map((v, i) => (soft[i] && zone[i] ? Math.max(0, Math.min(255, (v - dark) * scale)) : 0));
}

/** Height of the tallest stack of rows with many glyph pixels. */
function lineHeight(glyphs: Uint8Array, width: number, height: number): number {
  const rows = new Float64Array(height);
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) rows[y] += glyphs[i];
  const many = 0.3 * rows.toSorted()[Math.floor(0.9 * (height - 1))];
  let best = 0;
  for (let y = 0, run = 0; y < height; y++) {
    run = rows[y] > many ? run + 1 : 0;
    best = Math.max(best, run);
  }
  return best;
}

/** By how much each pixel lies above the opening of the picture by a square of `2 * radius + 1` pixels. */
function topHat(level: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const eroded = extreme(level, width, height, radius, -1);
  const opened = extreme(eroded, width, height, radius, 1);
  return level.map((v, i) => v - opened[i]);
}

/** The largest (`sign` 1) or smallest (-1) value in a square around each pixel, rows first, then columns. */
function extreme(map: Uint8Array, width: number, height: number, radius: number, sign: 1 | -1): Uint8Array {
  const rows = slide(map, height, width, width, 1, radius, sign);
  return slide(rows, width, height, 1, width, radius, sign);
}

/** Along `lines` lines of `length` values, `step` apart. */
function slide(map: Uint8Array, lines: number, length: number, lineStep: number, step: number, radius: number, sign: 1 | -1): Uint8Array {
  const out = new Uint8Array(map.length);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    for (let at = 0; at < length; at++) {
      const to = Math.min(length - 1, at + radius);
      let best = map[start + at * step];
      for (let k = Math.max(0, at - radius); k <= to; k++) {
        const v = map[start + k * step];
        if ((v - best) * sign > 0) best = v;
      }
      out[start + at * step] = best;
    }
  }
  return out;
}

/** The value that splits the chosen pixels into two classes with the largest variance between them (Otsu, 1979). */
function otsu(values: Uint8Array, where: Uint8Array): number {
  const histogram = new Uint32Array(256);
  let count = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    if (!where[i]) continue;
    histogram[values[i]]++;
    count++;
    sum += values[i];
  }
  let [below, sumBelow, best, split] = [0, 0, -1, 0];
  for (let v = 0; v < 256; v++) {
    below += histogram[v];
    sumBelow += v * histogram[v];
    if (!below || below === count) continue;
    const apart = sumBelow / below - (sum - sumBelow) / (count - below);
    const between = below * (count - below) * apart * apart;
    if (between > best) [best, split] = [between, v];
  }
  return split;
}

function quantile(values: Uint8Array, chosen: (index: number) => boolean, share: number): number | undefined {
  const some = values.filter((_, i) => chosen(i)).sort();
  return some[Math.min(some.length - 1, Math.floor(some.length * share))];
}
