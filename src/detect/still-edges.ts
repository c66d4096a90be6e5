import type { PixelStatistics } from './shot-statistics.js';

/** Strong edges of a stretch of frames, and how still each stood. Row-major maps of the surveyed size. */
export interface StillEdges {
  readonly width: number;
  readonly height: number;
  /** Gradient of the mean picture, levels a sample. */
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  readonly strength: Float32Array;
  /**
   * Apparent movement of the edge in samples: deviation over time / gradient. About 0.01 for an opaque overlay (codec
   * noise), 0.2 and more for what a hand-held camera sees. Infinity where there is no strong edge.
   */
  readonly jitter: Float32Array;
  /** Share of the picture's blocks that move, and share that hold nothing but still edges. */
  readonly moving: number;
  readonly still: number;
  /** Jitter that 30 % of the strong edges do not reach: the scene's own steadiness. */
  readonly sceneJitter: number;
  readonly frames: number;
}

/** Levels a sample from which an edge counts as strong. */
export const STRONG = 10;
/** Jitter below which an edge may be an overlay. */
export const OVERLAY_JITTER = 0.12;
const OVERLAY_DEVIATION = 5;
const MOVING_DEVIATION = 8;

export const isStill = (edges: StillEdges, p: number): boolean =>
  edges.jitter[p] < OVERLAY_JITTER && edges.jitter[p] * edges.strength[p] < OVERLAY_DEVIATION;

/** Measures the edges of a stretch of frames. */
export function stillEdges(statistics: PixelStatistics, width: number, height: number): StillEdges {
  const { mean, deviation, frames } = statistics;
  const n = width * height;
  const gx = new Float32Array(n);
  const gy = new Float32Array(n);
  const strength = new Float32Array(n);
  const jitter = new Float32Array(n).fill(Infinity);
  const histogram = new Uint32Array(2048);
  let strong = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
      gx[p] = (mean[p + 1] - mean[p - 1]) / 2;
      gy[p] = (mean[p + width] - mean[p - width]) / 2;
      const g = Math.sqrt(gx[p] * gx[p] + gy[p] * gy[p]);
      strength[p] = g;
      if (g < STRONG) continue;
      const j = deviation[p] / g;
      jitter[p] = j;
      strong++;
      histogram[Math.min(2047, (j * 512) | 0)]++;
    }
  }
  const sceneJitter = quantile(histogram, strong * 0.3) / 512;
  return { width, height, gx, gy, strength, jitter, sceneJitter, frames, ...blocks(jitter, strength, deviation, width, height) };
}

function quantile(histogram: Uint32Array, rank: number): number {
  let sum = 0;
  let i = 0;
  while (i < histogram.length - 1 && (sum += histogram[i]) <= rank) i++;
  return i;
}

function blocks(jitter: Float32Array, strength: Float32Array, deviation: Float32Array, width: number, height: number) {
  const side = Math.max(8, Math.round(Math.min(width, height) / 30));
  let moving = 0;
  let still = 0;
  let all = 0;
  for (let y = 0; y + side <= height; y += side) {
    for (let x = 0; x + side <= width; x += side) {
      let moved = 0;
      let stood = 0;
      for (let v = y; v < y + side; v++) {
        for (let p = v * width + x, end = p + side; p < end; p++) {
          if (deviation[p] > MOVING_DEVIATION) moved++;
          else if (jitter[p] < OVERLAY_JITTER && jitter[p] * strength[p] < OVERLAY_DEVIATION) stood++;
        }
      }
      all++;
      if (moved > 0.1 * side * side) moving++;
      else if (stood > 4) still++;
    }
  }
  return { moving: moving / all, still: still / all };
}
