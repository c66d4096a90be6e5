import { chromaShift, planesOf, type Frame, type Geometry } from '../../core/frame.js';
import type { Reachable } from './reach.js';

/** Side of a tile, in luma samples; a multiple of two, so that fields keep their parity. */
export const TILE = 16;
/** Tiles of a frame that are kept, outside of the masks and under them. */
const OUTSIDE = 600;
const INSIDE = 120;

/** Places of tiles: upper left corners in luma samples. */
export interface TilePlaces {
  readonly outside: readonly (readonly [x: number, y: number])[];
  readonly inside: readonly (readonly [x: number, y: number])[];
}

/** Tiles of one frame: 256 luma samples each, in levels of 8 bits, one tile after the other; and means of chroma, Cb and Cr of each tile. */
export interface Tiles {
  readonly luma: Float32Array;
  readonly chroma: Float32Array;
}

/** Tiles spread evenly over the picture: those that no mask reaches, and those with a mask. */
export function placeTiles(reach: readonly Reachable[], { width, height }: Geometry): TilePlaces {
  const [columns, rows] = [Math.floor(width / TILE), Math.floor(height / TILE)];
  const reached = new Uint8Array(columns * rows);
  for (const { box, map } of reach)
    for (let y = 0, i = 0; y < box.height; y++)
      for (let x = 0; x < box.width; x++, i++) {
        const [u, v] = [Math.floor((box.x + x) / TILE), Math.floor((box.y + y) / TILE)];
        if (map[i] && u < columns && v < rows) reached[v * columns + u] = 1;
      }
  const pick = (value: number, count: number): [number, number][] => {
    const all = [...reached.keys()].filter((i) => reached[i] === value);
    const step = Math.max(1, all.length / count);
    const some = Array.from({ length: Math.min(count, all.length) }, (_, k) => all[Math.floor(k * step)]);
    return some.map((i) => [TILE * (i % columns), TILE * Math.floor(i / columns)]);
  };
  return { outside: pick(0, OUTSIDE), inside: pick(1, INSIDE) };
}

/** Cuts tiles out of a frame. */
export function cutTiles(frame: Pick<Frame, 'data'>, places: TilePlaces['outside'], geometry: Geometry): Tiles {
  const [{ data, width }, ...chroma] = planesOf(frame, geometry);
  const scale = 2 ** (8 - geometry.format.depth);
  const luma = new Float32Array(TILE * TILE * places.length);
  let o = 0;
  for (const [x, y] of places)
    for (let j = 0; j < TILE; j++) for (let i = 0, p = (y + j) * width + x; i < TILE; i++) luma[o++] = scale * data[p + i];
  const shift = chromaShift(geometry.format.chroma);
  const means = Float32Array.from({ length: chroma.length * places.length }, (_, k) => {
    const plane = chroma[k % chroma.length];
    const [x, y] = places[Math.floor(k / chroma.length)];
    const [w, h] = [TILE >> shift.x, TILE >> shift.y];
    let sum = 0;
    for (let j = 0; j < h; j++)
      for (let i = 0, p = ((y >> shift.y) + j) * plane.width + (x >> shift.x); i < w; i++) sum += plane.data[p + i];
    return (scale * sum) / (w * h);
  });
  return { luma, chroma: means };
}

/** Side of the windows of SSIM; and its constants (0.01 · 255)² and (0.03 · 255)². */
const WINDOW = 8;
const C1 = 6.5025;
const C2 = 58.5225;

/**
 * Mean SSIM of luma over windows of 8 × 8 that do not overlap (Wang et al. 2004, with even weights).
 * @returns undefined where there is no tile
 */
export function ssim(a: Float32Array, b: Float32Array): number | undefined {
  const per = TILE / WINDOW;
  let [sum, windows] = [0, 0];
  for (let tile = 0; tile < a.length; tile += TILE * TILE)
    for (let v = 0; v < per; v++) for (let u = 0; u < per; u++, windows++) sum += windowSsim(a, b, tile + v * WINDOW * TILE + u * WINDOW);
  return windows ? sum / windows : undefined;
}

function windowSsim(a: Float32Array, b: Float32Array, start: number): number {
  let [sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let j = 0; j < WINDOW; j++) {
    for (let i = 0, p = start + j * TILE; i < WINDOW; i++, p++) {
      const [x, y] = [a[p], b[p]];
      sa += x;
      sb += y;
      aa += x * x;
      bb += y * y;
      ab += x * y;
    }
  }
  const n = WINDOW * WINDOW;
  const [ma, mb] = [sa / n, sb / n];
  const [va, vb, cov] = [aa / n - ma * ma, bb / n - mb * mb, ab / n - ma * mb];
  return ((2 * ma * mb + C1) * (2 * cov + C2)) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
}

/** Mean squared difference. */
export function squaredDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return a.length ? sum / a.length : 0;
}
