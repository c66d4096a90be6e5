import type { Box } from '../../core/area.js';
import { grown, shrunk } from '../kernels/grower.js';

/** A set of touching pixels (8-neighbourhood) of a map. */
export interface Region {
  readonly box: Box;
  /** Indices into the map. */
  readonly pixels: Int32Array;
}

/** Runs of non-zero bytes in a row: run i reaches from `first[i]` to before `end[i]` and is joined to the run `root[i]` or is a root itself. */
interface Runs {
  readonly first: Int32Array;
  readonly end: Int32Array;
  readonly root: Int32Array;
  readonly count: number;
}

/** The connected regions of the non-zero bytes of a row-major map, in reading order of their first pixel; so are the pixels of each. Without those of fewer than `least` pixels. */
export function regionsOf(map: Uint8Array, width: number, height: number, least = 1): Region[] {
  const runs = joinedRuns(map, width, height);
  const sizes = new Int32Array(runs.count);
  for (let i = 0; i < runs.count; i++) sizes[rootOf(runs.root, i)] += runs.end[i] - runs.first[i];
  const parts: { x0: number; x1: number; y0: number; y1: number; filled: number; pixels: Int32Array }[] = [];
  const order = new Int32Array(runs.count).fill(-1);
  for (let i = 0; i < runs.count; i++) {
    const root = rootOf(runs.root, i);
    if (sizes[root] < least) continue;
    const from = runs.first[i];
    const to = runs.end[i];
    const y = (from / width) | 0;
    const x0 = from - y * width;
    const x1 = to - 1 - y * width;
    if (order[root] < 0) order[root] = parts.push({ x0, x1, y0: y, y1: y, filled: 0, pixels: new Int32Array(sizes[root]) }) - 1;
    const part = parts[order[root]];
    if (x0 < part.x0) part.x0 = x0;
    if (x1 > part.x1) part.x1 = x1;
    part.y1 = y;
    for (let p = from; p < to; p++) part.pixels[part.filled++] = p;
  }
  return parts.map(({ x0, x1, y0, y1, pixels }) => ({ box: { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 }, pixels }));
}

/** The runs of all rows, those that touch (8-neighbourhood) joined. */
function joinedRuns(map: Uint8Array, width: number, height: number): Runs {
  let room = 1024;
  let first = new Int32Array(room);
  let end = new Int32Array(room);
  let root = new Int32Array(room);
  let [above, start, count] = [0, 0, 0]; // first run of the row above, of this one, and their end
  for (let y = 0; y < height; y++, above = start, start = count) {
    let near = above;
    for (let last = (y + 1) * width, p = nextSet(map, y * width, last); p < last; p = nextSet(map, p, last)) {
      const from = p;
      while (p < last && map[p]) p++;
      if (count === room) {
        room *= 2;
        first = longer(first, room);
        end = longer(end, room);
        root = longer(root, room);
      }
      first[count] = from;
      end[count] = p;
      root[count] = count;
      while (near < start && end[near] + width < from) near++;
      for (let i = near; i < start && first[i] + width <= p; i++) join(root, i, count);
      count++;
    }
  }
  return { first, end, root, count };
}

function longer(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(length);
  out.set(array);
  return out;
}

function rootOf(root: Int32Array, i: number): number {
  while (root[i] !== i) i = root[i] = root[root[i]];
  return i;
}

/** Joins two runs' regions; the earlier run is the root. */
function join(root: Int32Array, i: number, k: number): void {
  const [a, b] = [rootOf(root, i), rootOf(root, k)];
  if (a < b) root[b] = a;
  else root[a] = b;
}

/** Bytes of at least `least`, and the gaps of at most `across` others between two of the same row (run-length smoothing), as 1. */
export function bridgeRows(map: Uint8Array, width: number, height: number, across: number, least: number): Uint8Array {
  const out = new Uint8Array(map.length);
  for (let y = 0; y < height; y++) {
    let last = -1;
    for (let p = y * width, end = p + width; p < end; p++) {
      if (map[p] < least) continue;
      if (last >= 0 && p - last - 1 <= across) out.fill(1, last + 1, p);
      out[p] = 1;
      last = p;
    }
  }
  return out;
}

/** Grows the non-zero bytes by a square of `2 * by + 1` pixels. Values become 1. */
export const growMap = grown;

/** Shrinks the non-zero bytes by a square of `2 * by + 1` pixels; beyond the edge counts as set. Values become 1. */
export const shrinkMap = shrunk;

/** The first non-zero byte from `from` on, or `end`. Looks at eight at a time where there is nothing. */
function nextSet(map: Uint8Array, from: number, end: number): number {
  let p = from;
  while (p < end) {
    if (map[p]) return p;
    if (p + 8 <= end && !(map[p + 1] | map[p + 2] | map[p + 3] | map[p + 4] | map[p + 5] | map[p + 6] | map[p + 7])) p += 8;
    else p++;
  }
  return end;
}

/** Sets the zero bytes that no path of zero bytes joins to the map's border (4-neighbourhood). Values become 1. */
export function fillHoles(map: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(map.length).fill(1);
  /** Runs of zero bytes that are joined to the border, by one byte of each. */
  const found: number[] = [];
  /** Notes one byte of each run that is new between two bytes of a row. */
  const note = (from: number, end: number): void => {
    for (let p = from, before = 1; p < end; p++) {
      const here = map[p] | (out[p] ^ 1);
      if (!here && before) found.push(p);
      before = here;
    }
  };
  note(0, width);
  note((height - 1) * width, height * width);
  for (let p = 0; p < map.length; p += width) found.push(p, p + width - 1);
  for (let p = found.pop(); p !== undefined; p = found.pop()) {
    if (map[p] || !out[p]) continue;
    const row = p - (p % width);
    let [first, end] = [p, p + 1];
    while (first > row && !map[first - 1]) first--;
    while (end < row + width && !map[end]) end++;
    out.fill(0, first, end);
    if (row > 0) note(first - width, end - width);
    if (row + width < map.length) note(first + width, end + width);
  }
  return out;
}
