import { growBox, type Box } from '../core/area.js';
import type { RunCluster } from './cue-seeds.js';

/** The part of the picture in which a cluster lies dense enough for text or a logo. */
export interface CueCrop {
  readonly box: Box;
  /** Of the box, row-major: nearness and level of the cluster's runs, 0 where there is none. */
  readonly map: Uint8Array;
  readonly level: Uint8Array;
}

/** Cells along the picture's shorter side, and the share of a cell's pixels that makes it dense: half of the sparsest text's. */
const CELLS = 27;
const DENSE = 0.06;

/** Crops a cluster: most are a few hundred pixels of a moving scene, and all that follows costs by the area. */
export function cropCluster({ pixel, nearness, level }: RunCluster, width: number, height: number): CueCrop | undefined {
  const cell = Math.max(8, Math.round(Math.min(width, height) / CELLS));
  const dense = denseBox(pixel, width, height, cell);
  if (!dense) return undefined;
  const box = growBox(dense, 2 * cell, width, height);
  const crop = { box, map: new Uint8Array(box.width * box.height), level: new Uint8Array(box.width * box.height) };
  pixel.forEach((p, i) => {
    const y = ((p / width) | 0) - box.y;
    const x = (p % width) - box.x;
    if (x < 0 || y < 0 || x >= box.width || y >= box.height) return;
    crop.map[y * box.width + x] = nearness[i];
    crop.level[y * box.width + x] = level[i];
  });
  return crop;
}

/** The box of all dense cells. */
function denseBox(pixel: Int32Array, width: number, height: number, cell: number): Box | undefined {
  const columns = Math.ceil(width / cell);
  const counts = new Uint16Array(columns * Math.ceil(height / cell));
  for (const p of pixel) counts[Math.floor(p / width / cell) * columns + Math.floor((p % width) / cell)]++;
  let [x0, y0, x1, y1] = [columns, Infinity, -1, -1];
  counts.forEach((n, i) => {
    if (n < DENSE * cell * cell) return;
    const y = Math.floor(i / columns);
    [x0, x1] = [Math.min(x0, i % columns), Math.max(x1, i % columns)];
    [y0, y1] = [Math.min(y0, y), Math.max(y1, y)];
  });
  if (x1 < 0) return undefined;
  return { x: x0 * cell, y: y0 * cell, width: (x1 - x0 + 1) * cell, height: (y1 - y0 + 1) * cell };
}
