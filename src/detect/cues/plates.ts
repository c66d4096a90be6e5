import type { Box } from '../../core/area.js';
import { rankOf } from '../maps/rank.js';
import { regionsOf } from '../maps/regions.js';

/** Share of a plate's box that is known to be it, more than any text has, and of a row or column between its ends; a plate's width over its height. */
const SOLID = 0.8;
const ROW = 0.6;
const LONG = 2;
/** Height of a plate over that of its lines at least: less is a word. */
const HIGH = 0.9;

/**
 * Fills the plates behind text: regions of a map that fill most of their boxes, row by row and column by column between their ends. Where the scene was as dark
 * as the plate makes it nothing changed, and the map has holes.
 */
export function withPlates(map: Uint8Array, width: number, height: number, lineHeight: number): Uint8Array {
  const out = map.slice();
  for (const { box, pixels } of regionsOf(map, width, height, lineHeight * lineHeight)) {
    if (box.height < HIGH * lineHeight || box.width < LONG * box.height || pixels.length < SOLID * box.width * box.height) continue;
    const inside = new Uint8Array(map.length);
    for (const p of pixels) inside[p] = 1;
    for (let y = box.y; y < box.y + box.height; y++) bridge(inside, y * width + box.x, 1, box.width);
    for (let x = box.x; x < box.x + box.width; x++) bridge(inside, box.y * width + x, width, box.height);
    for (let p = 0; p < out.length; p++) if (inside[p]) out[p] = 1;
  }
  return out;
}

/** Sets what lies between the ends of a row or column most of which is set. */
function bridge(map: Uint8Array, from: number, step: number, length: number): void {
  let [first, last, count] = [-1, -1, 0];
  for (let i = 0, p = from; i < length; i++, p += step) {
    if (!map[p]) continue;
    if (first < 0) first = p;
    last = p;
    count++;
  }
  if (count < ROW * ((last - first) / step + 1)) return;
  for (let p = first; p <= last; p += step) map[p] = 1;
}

/** Share of a plate's box that is known of one that shows by itself; share of the rest that is of one level, and levels by which that varies. */
const HALF = 0.5;
const EVEN = 0.8;
const VARIES = 6;

/**
 * Whether a box with straight sides is a plate: a map has it filled as far as a plate's is known, or half of it, and the rest is of one level. Where the scene stands,
 * lines of text have sides as straight as a plate's.
 */
export function isPlate(map: Uint8Array, mean: Float32Array, width: number, { x, y, width: w, height: h }: Box): boolean {
  let count = 0;
  const rest: number[] = [];
  for (let row = y; row < y + h; row++)
    for (let p = row * width + x, end = p + w; p < end; p++) {
      if (map[p]) count++;
      else rest.push(mean[p]);
    }
  if (count >= SOLID * w * h) return true;
  const level = rankOf(rest, 0.5) ?? 0;
  return count >= HALF * w * h && rest.filter((v) => Math.abs(v - level) <= VARIES).length >= EVEN * rest.length;
}
