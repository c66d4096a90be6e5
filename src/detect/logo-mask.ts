import { fillHoles, growMap, regionsOf, shrinkMap } from './regions.js';

/** What is known about a logo at full size, row-major maps of `width` × `height`. */
export interface LogoPicture {
  /** Mean and deviation over frames that show it. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** Its edges as the survey saw them. */
  readonly seeds: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Gradient, in levels a sample, of an edge at full size. */
const EDGE = 5;

/**
 * The pixels of a logo: still edges near those of the survey, joined, and what they enclose unless it moves; where the
 * background moves, everything near them that does not. Grown for what compression smears.
 */
export function logoMask({ mean, deviation, seeds, width, height }: LogoPicture): Uint8Array {
  const unit = Math.min(width, height);
  const noise = medianAt(deviation, seeds);
  const steady = Math.max(1, 2.5 * noise + 0.7);
  const near = growMap(seeds, width, height, Math.max(3, Math.round(unit * 0.15)));
  const moves = borderMedian(deviation, width, height) > 3 * steady;
  const edges = new Uint8Array(mean.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
      if (!near[p] || deviation[p] > steady) continue;
      if (moves || seeds[p] || Math.hypot(mean[p + 1] - mean[p - 1], mean[p + width] - mean[p - width]) > 2 * EDGE) edges[p] = 1;
    }
  }
  const join = Math.max(1, Math.round(unit * 0.02));
  const joined = shrinkMap(growMap(edges, width, height, join), width, height, join);
  const filled = fillHoles(joined, width, height);
  const body = new Uint8Array(mean.length);
  for (let p = 0; p < body.length; p++) body[p] = joined[p] || (filled[p] && deviation[p] <= 2 * steady) ? 1 : 0;
  const kept = new Uint8Array(mean.length);
  for (const { pixels } of regionsOf(body, width, height)) {
    if (pixels.some((p) => seeds[p] === 1)) for (const p of pixels) kept[p] = 1;
  }
  const grown = growMap(kept, width, height, Math.max(2, Math.round(unit / 45)));
  for (let p = 0; p < grown.length; p++) grown[p] = grown[p] ? 255 : 0;
  return grown;
}

function borderMedian(values: Float32Array, width: number, height: number): number {
  const border = values.filter((_, p) => p < 2 * width || p >= (height - 2) * width || p % width < 2 || p % width >= width - 2).sort();
  return border[border.length >> 1] ?? 0;
}

function medianAt(values: Float32Array, where: Uint8Array): number {
  const chosen = values.filter((_, i) => where[i] === 1).sort();
  return chosen[chosen.length >> 1] ?? 0;
}
