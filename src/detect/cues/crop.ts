import { boxesMeet, growBox, unionBox, type Box } from '../../core/area.js';
import type { RunCluster } from './seeds.js';
import { growMap, regionsOf } from '../maps/regions.js';

/** A part of the picture in which a cluster lies dense enough for text or a logo. */
export interface CueCrop {
  readonly box: Box;
  /** Of the box, row-major: nearness and level of the cluster's runs, 0 where there is none. */
  readonly map: Uint8Array;
  readonly level: Uint8Array;
  /** Runs of the highest nearness. */
  readonly sharp: number;
}

/** Cells along the picture's shorter side, and the share of a cell's pixels that makes it dense: half of the sparsest text's. */
const CELLS = 27;
const DENSE = 0.06;
/** Cells around the dense ones that are looked at, too. */
const ASIDE = 2;

/**
 * Crops a cluster, into boxes that do not meet: most are a few hundred pixels of a moving scene, and all that follows costs by the area.
 * @param least pixels of a part that is worth a crop
 */
export function cropCluster({ pixel, nearness, level }: RunCluster, width: number, height: number, least: number): CueCrop[] {
  const rows = new Uint16Array(pixel.length);
  for (let i = 0; i < rows.length; i++) rows[i] = (pixel[i] / width) | 0;
  return denseBoxes(pixel, rows, width, height).flatMap((box) => {
    const { x, y, width: w, height: h } = box;
    const inside = new Int32Array(pixel.length);
    let count = 0;
    for (let i = 0; i < pixel.length; i++) {
      const row = rows[i];
      const column = pixel[i] - row * width;
      if (row >= y && row < y + h && column >= x && column < x + w) inside[count++] = i;
    }
    if (count < least) return [];
    const [map, levels] = [new Uint8Array(w * h), new Uint8Array(w * h)];
    let sharp = 0;
    for (const i of inside.subarray(0, count)) {
      const at = (rows[i] - y) * w + pixel[i] - rows[i] * width - x;
      map[at] = nearness[i];
      levels[at] = level[i];
      if (nearness[i] === 2) sharp++;
    }
    return [{ box, map, level: levels, sharp }];
  });
}

/** The boxes of neighbouring dense cells and what is around them. @param rowOf the row of each pixel */
function denseBoxes(pixel: Int32Array, rowOf: Uint16Array, width: number, height: number): Box[] {
  const cell = Math.max(8, Math.round(Math.min(width, height) / CELLS));
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const counts = new Uint16Array(columns * rows);
  for (let i = 0; i < pixel.length; i++) {
    const y = rowOf[i];
    counts[((y / cell) | 0) * columns + (((pixel[i] - y * width) / cell) | 0)]++;
  }
  const dense = Uint8Array.from(counts, (n) => (n < DENSE * cell * cell ? 0 : 1));
  return regionsOf(growMap(dense, columns, rows, ASIDE), columns, rows).reduce<Box[]>((boxes, { box: { x, y, width: w, height: h } }) => {
    const box = growBox({ x: x * cell, y: y * cell, width: w * cell, height: h * cell }, 0, width, height);
    return joined(boxes, box);
  }, []);
}

/** Boxes that do not meet and another one, which takes in those that it meets. */
function joined(boxes: readonly Box[], box: Box): Box[] {
  const met = boxes.filter((other) => boxesMeet(other, box));
  const rest = boxes.filter((other) => !boxesMeet(other, box));
  return met.length ? joined(rest, [box, ...met].reduce(unionBox)) : [...rest, box];
}
