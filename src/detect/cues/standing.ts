import type { Box } from '../../core/area.js';

/** Samples between columns or rows of a gradient that must differ for an edge, in levels; and edges that are enough. */
const EDGE = 24;
const ENOUGH = 1500;

/** A banner where it stands, and the frames around one of its ends. */
export interface Standing {
  /** Levels and what is hidden, row-major maps of a box. */
  readonly mean: Float32Array;
  readonly mask: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** The samples of the same box in a frame; undefined where it is not known. */
  readonly samples: (frame: number) => Uint8Array | undefined;
}

/** Samples on edges of a banner, with twice its gradient there. */
export interface Edges {
  readonly x: Int16Array;
  readonly y: Int16Array;
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  readonly count: number;
  readonly power: number;
}

/** How well a frame fits a banner that is shifted, and the share of its edges that this is told by. */
export interface Fit {
  readonly slope: number;
  readonly seen: number;
}

/** Edges beside and inside a banner's mask, thinned out evenly to {@link ENOUGH}. */
export function edgesOf({ mean, mask, width, height }: Standing): Edges {
  const all: number[] = [];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
      if (!mask[p] && !mask[p - 1] && !mask[p + 1] && !mask[p - width] && !mask[p + width]) continue;
      if (Math.abs(mean[p + 1] - mean[p - 1]) + Math.abs(mean[p + width] - mean[p - width]) >= EDGE) all.push(p);
    }
  const apart = Math.max(1, all.length / ENOUGH);
  const at = Int32Array.from({ length: Math.min(ENOUGH, all.length) }, (_, i) => all[Math.floor(i * apart)]);
  const gx = Float32Array.from(at, (p) => mean[p + 1] - mean[p - 1]);
  const gy = Float32Array.from(at, (p) => mean[p + width] - mean[p - width]);
  const power = gx.reduce((sum, g, i) => sum + g * g + gy[i] * gy[i], 0);
  return { x: Int16Array.from(at, (p) => p % width), y: Int16Array.from(at, (p) => (p / width) | 0), gx, gy, count: at.length, power };
}

/** The share of a banner's edges that lie in a box when it is shifted. */
export function seenAt({ x, y, gx, gy, count, power }: Edges, box: Box, by: { x: number; y: number }): number {
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const [u, v] = [x[i] + by.x - box.x, y[i] + by.y - box.y];
    if (u >= 0 && v >= 0 && u < box.width && v < box.height) seen += gx[i] * gx[i] + gy[i] * gy[i];
  }
  return seen / power;
}

/** How a frame fits the banner shifted, by its edges that then lie in a box. */
export function fitAt(
  edges: Edges,
  samples: Uint8Array,
  size: Pick<Standing, 'width' | 'height'>,
  box: Box,
  by: { x: number; y: number },
): Fit {
  const { width, height } = size;
  const [left, top] = [Math.max(1, box.x), Math.max(1, box.y)];
  const [right, bottom] = [Math.min(width - 1, box.x + box.width), Math.min(height - 1, box.y + box.height)];
  let [sum, power] = [0, 0];
  for (let i = 0; i < edges.count; i++) {
    const x = edges.x[i] + by.x;
    const y = edges.y[i] + by.y;
    if (x < left || y < top || x >= right || y >= bottom) continue;
    const p = y * width + x;
    const [gx, gy] = [edges.gx[i], edges.gy[i]];
    sum += gx * (samples[p + 1] - samples[p - 1]) + gy * (samples[p + width] - samples[p - width]);
    power += gx * gx + gy * gy;
  }
  return { slope: power ? sum / power : 0, seen: power / edges.power };
}
