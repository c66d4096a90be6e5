import type { Box } from '../core/area.js';

/** A set of touching pixels (8-neighbourhood) of a map. */
export interface Region {
  readonly box: Box;
  /** Indices into the map. */
  readonly pixels: Int32Array;
}

/** The connected regions of the non-zero bytes of a row-major map, in reading order of their first pixel. */
export function regionsOf(map: Uint8Array, width: number, height: number): Region[] {
  const seen = new Uint8Array(map.length);
  const stack = new Int32Array(map.length);
  const out: Region[] = [];
  for (let i = 0; i < map.length; i++) if (map[i] && !seen[i]) out.push(flood(map, seen, stack, i, width, height));
  return out;
}

function flood(map: Uint8Array, seen: Uint8Array, stack: Int32Array, from: number, width: number, height: number): Region {
  let size = 0;
  let x0 = width,
    y0 = height,
    x1 = 0,
    y1 = 0;
  stack[size++] = from;
  seen[from] = 1;
  for (let head = 0; head < size; head++) {
    const p = stack[head];
    const y = (p / width) | 0;
    const x = p - y * width;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    for (let v = Math.max(0, y - 1); v <= y + 1 && v < height; v++) {
      for (let u = Math.max(0, x - 1); u <= x + 1 && u < width; u++) {
        const q = v * width + u;
        if (!map[q] || seen[q]) continue;
        seen[q] = 1;
        stack[size++] = q;
      }
    }
  }
  return { box: { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 }, pixels: stack.slice(0, size) };
}

/** Sets the gaps of at most `across` zero bytes between two non-zero ones of the same row (run-length smoothing). */
export function bridgeRows(map: Uint8Array, width: number, height: number, across: number): Uint8Array {
  const out = map.slice();
  for (let y = 0; y < height; y++) {
    let last = -1 - across - 1;
    for (let x = 0; x < width; x++) {
      if (!map[y * width + x]) continue;
      if (last >= 0 && x - last - 1 <= across) out.fill(1, y * width + last + 1, y * width + x);
      last = x;
    }
  }
  return out;
}

/** Grows the non-zero bytes by a square of `2 * by + 1` pixels. Values become 1. */
export function growMap(map: Uint8Array, width: number, height: number, by: number): Uint8Array {
  return slide(map, width, height, by, 0);
}

/** Shrinks the non-zero bytes by a square of `2 * by + 1` pixels; beyond the edge counts as set. */
export function shrinkMap(map: Uint8Array, width: number, height: number, by: number): Uint8Array {
  const inverse = new Uint8Array(map.length);
  for (let i = 0; i < map.length; i++) inverse[i] = map[i] ? 0 : 1;
  const grown = slide(inverse, width, height, by, 0);
  for (let i = 0; i < map.length; i++) grown[i] = grown[i] ? 0 : 1;
  return grown;
}

function slide(map: Uint8Array, width: number, height: number, by: number, outside: number): Uint8Array {
  const rows = new Uint8Array(map.length);
  for (let y = 0; y < height; y++) {
    let near = outside ? by : -1;
    const o = y * width;
    for (let x = 0; x < width + by; x++) {
      if (x < width && map[o + x]) near = x + by;
      if (x - by >= 0 && near >= x - by) rows[o + x - by] = 1;
    }
  }
  return slideColumns(rows, width, height, by);
}

function slideColumns(rows: Uint8Array, width: number, height: number, by: number): Uint8Array {
  const out = new Uint8Array(rows.length);
  const near = new Int32Array(width).fill(-1);
  for (let y = 0; y < height + by; y++) {
    for (let x = 0; x < width; x++) {
      if (y < height && rows[y * width + x]) near[x] = y + by;
      if (y - by >= 0 && near[x] >= y - by) out[(y - by) * width + x] = 1;
    }
  }
  return out;
}

/** Sets the zero bytes that no path of zero bytes joins to the map's border (4-neighbourhood). */
export function fillHoles(map: Uint8Array, width: number, height: number): Uint8Array {
  const outside = new Uint8Array(map.length);
  const stack: number[] = [];
  const visit = (i: number): void => {
    if (map[i] || outside[i]) return;
    outside[i] = 1;
    stack.push(i);
  };
  for (let x = 0; x < width; x++) {
    visit(x);
    visit((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    visit(y * width);
    visit(y * width + width - 1);
  }
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    const x = i % width;
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < map.length - width) visit(i + width);
  }
  const out = new Uint8Array(map.length);
  for (let i = 0; i < map.length; i++) out[i] = outside[i] ? 0 : 1;
  return out;
}
