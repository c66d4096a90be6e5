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

/** Step across a pixel, in levels, that is an edge at full size; and the share of the logo's usual step that one of its own has. */
const EDGE = 10;
const WEAKEST = 0.15;

/** Deviation over time of an edge pixel, as a share of the step across it, that is codec noise. */
const JITTER = 0.06;

/**
 * The pixels of a logo: still edges near those of the survey, joined, and what they enclose unless it moves; grown for
 * what compression smears.
 */
export function logoMask({ mean, deviation, seeds, width, height }: LogoPicture): Uint8Array {
  const unit = Math.min(width, height);
  const noise = medianAt(deviation, seeds);
  const steady = Math.max(1, 2.5 * noise + 0.7);
  const near = growMap(seeds, width, height, Math.max(3, Math.round(unit * 0.25)));
  const least = Math.max(EDGE, WEAKEST * medianStep(mean, seeds, width, height));
  const edges = new Uint8Array(mean.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
      if (!near[p]) continue;
      const step = stepAt(mean, p, width);
      const still = deviation[p] <= Math.max(steady, JITTER * step);
      if (seeds[p] || (still && step > least)) edges[p] = 1;
    }
  }
  const join = Math.max(1, Math.round(unit * 0.02));
  const joined = shrinkMap(growMap(edges, width, height, join), width, height, join);
  const body = fillStill(joined, deviation, steady, width, height);
  const kept = new Uint8Array(mean.length);
  for (const { pixels } of regionsOf(body, width, height)) {
    if (pixels.some((p) => seeds[p] === 1)) for (const p of pixels) kept[p] = 1;
  }
  const grown = growMap(kept, width, height, Math.max(2, Math.min(3, Math.round(unit / 70))));
  for (let p = 0; p < grown.length; p++) grown[p] = grown[p] ? 255 : 0;
  return grown;
}

/**
 * Fills what the edges enclose, except where it is as restless as the background around the logo; and still areas between
 * the edges and a moving background, which close them where the edges themselves have a gap.
 */
function fillStill(edges: Uint8Array, deviation: Float32Array, steady: number, width: number, height: number): Uint8Array {
  const restless = Math.max(steady, 0.5 * borderMedian(deviation, width, height));
  const out = edges.slice();
  const inside = fillHoles(edges, width, height);
  const still = new Uint8Array(edges.length);
  for (let p = 0; p < inside.length; p++) {
    if (edges[p]) inside[p] = 0;
    else if (deviation[p] <= steady) still[p] = 1;
  }
  for (const { pixels } of regionsOf(inside, width, height)) {
    const levels = Float32Array.from(pixels, (p) => deviation[p]).sort();
    if (levels[levels.length >> 1] <= restless) for (const p of pixels) out[p] = 1;
  }
  if (borderMedian(deviation, width, height) < 1.3 * steady) return out;
  for (const { box, pixels } of regionsOf(still, width, height)) {
    const free = box.x > 1 && box.y > 1 && box.x + box.width < width - 1 && box.y + box.height < height - 1;
    if (free) for (const p of pixels) out[p] = 1;
  }
  return out;
}

const stepAt = (mean: Float32Array, p: number, width: number): number =>
  Math.hypot(mean[p + 1] - mean[p - 1], mean[p + width] - mean[p - width]);

function medianStep(mean: Float32Array, where: Uint8Array, width: number, height: number): number {
  const steps: number[] = [];
  for (let p = width + 1; p < width * (height - 1) - 1; p++) if (where[p]) steps.push(stepAt(mean, p, width));
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
}

function borderMedian(values: Float32Array, width: number, height: number): number {
  const border = values.filter((_, p) => p < 2 * width || p >= (height - 2) * width || p % width < 2 || p % width >= width - 2).sort();
  return border[border.length >> 1] ?? 0;
}

function medianAt(values: Float32Array, where: Uint8Array): number {
  const chosen = values.filter((_, i) => where[i] === 1).sort();
  return chosen[chosen.length >> 1] ?? 0;
}
