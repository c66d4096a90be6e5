import { boxesMeet, growBox, unionBox, type Box } from '../core/area.js';
import type { RunCluster } from './cue-seeds.js';
import { growMap, regionsOf } from './regions.js';

/** A part of the picture in which a cluster lies dense enough for text or a logo. */
export interface CueCrop {
  readonly box: Box;
  /** Of the box, row-major: nearness and level of the cluster's runs, 0 where there is none. */
  readonly map: Uint8Array;
  readonly level: Uint8Array;
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
  const crops: CueCrop[] = [];
  for (const box of denseBoxes(pixel, width, height)) {
    const inside = pixelsWithin(box, pixel, width);
    if (inside.length < least) continue;
    const crop = { box, map: new Uint8Array(box.width * box.height), level: new Uint8Array(box.width * box.height) };
    for (const i of inside) {
      const y = Math.floor(pixel[i] / width);
      const at = (y - box.y) * box.width + (pixel[i] - y * width) - box.x;
      crop.map[at] = nearness[i];
      crop.level[at] = level[i];
    }
    crops.push(crop);
  }
  return crops;
}

/** Which of the pixels lie in a box. */
function pixelsWithin({ x, y, width: w, height: h }: Box, pixel: Int32Array, width: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < pixel.length; i++) {
    const row = Math.floor(pixel[i] / width);
    const column = pixel[i] - row * width;
    if (row >= y && row < y + h && column >= x && column < x + w) out.push(i);
  }
  return out;
}

/** The boxes of neighbouring dense cells and what is around them. */
function denseBoxes(pixel: Int32Array, width: number, height: number): Box[] {
  const cell = Math.max(8, Math.round(Math.min(width, height) / CELLS));
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const counts = new Uint16Array(columns * rows);
  for (const p of pixel) {
    const y = Math.floor(p / width);
    counts[Math.floor(y / cell) * columns + Math.floor((p - y * width) / cell)]++;
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
