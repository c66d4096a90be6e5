import type { StretchStatistics } from '../survey/stretch-statistics.js';
import { regionsOf, type Region } from '../maps/regions.js';

/** Mean gradients of a picture, levels a sample, and their lengths. */
export type Gradients = Pick<StretchStatistics, 'width' | 'height' | 'gx' | 'gy' | 'strength'>;

/** A connected piece of strokes of one width: a letter, or a part of one. */
export interface Stroke extends Region {
  /** Median width in samples. */
  readonly thick: number;
  /** Share of the edge pixels' walks whose width is within a third of the median. */
  readonly even: number;
}

/** Least cosine between one side's gradient and the other's, turned round; largest ratio of their strengths. */
const OPPOSITE = 0.85;
const ALIKE = 2;
/** Samples after which a walk that meets another edge like its own has left the stroke. */
const OWN = 3;
/** Pixels of the smallest piece, over the square of its strokes' width. */
const LEAST = 3;

/**
 * Pieces of strokes whose edges stood through a stretch: of each edge the opposite one is sought along its gradient, as in the stroke width transform (Epshtein, Ofek and
 * Wexler, CVPR 2010), but of mean gradients, in which what moved is blurred away.
 * @param edges not 0 where an edge counts
 * @param polarity 1 for strokes lighter than what is around them, -1 for darker ones
 * @param widest samples from one side of a stroke to the other at most
 */
export function strokesIn(gradients: Gradients, edges: Uint8Array, polarity: 1 | -1, widest: number): Stroke[] {
  const { width, height } = gradients;
  const widths = widthMap(gradients, edges, polarity, widest);
  const map = Uint8Array.from(widths, (w) => (w ? 1 : 0));
  return regionsOf(map, width, height).flatMap((region) => {
    const sorted = Uint8Array.from(region.pixels, (p) => widths[p]).sort();
    const thick = sorted[sorted.length >> 1];
    if (region.pixels.length < LEAST * thick * thick) return [];
    const even = sorted.filter((w) => Math.abs(w - thick) <= Math.max(1, thick / 3)).length / sorted.length;
    return [{ ...region, thick, even }];
  });
}

/** Where gradients are steepest along their own direction and `counts` holds: 1 there. Blurred edges are several samples wide. */
export function ridges({ width, height, gx, gy, strength }: Gradients, counts: (p: number) => boolean): Uint8Array {
  const out = new Uint8Array(strength.length);
  for (let y = 1; y < height - 1; y++) {
    for (let p = y * width + 1, end = p + width - 2; p < end; p++) {
      const s = strength[p];
      if (!s || !counts(p)) continue;
      const by = Math.round(gy[p] / s) * width + Math.round(gx[p] / s);
      if (s >= strength[p + by] && s > strength[p - by]) out[p] = 1;
    }
  }
  return out;
}

/** Width of the narrowest stroke over each pixel, 0 where there is none. */
function widthMap(gradients: Gradients, edges: Uint8Array, polarity: 1 | -1, widest: number): Uint8Array {
  const { width, height } = gradients;
  const out = new Uint8Array(width * height);
  forEachEdge(gradients, edges, (p) => {
    const far = across(gradients, edges, p, polarity, widest);
    if (far) walk(gradients, p, polarity, far, (q) => (out[q] = out[q] ? Math.min(out[q], far) : far));
  });
  return out;
}

/**
 * Pixels of strokes of about one width, light and dark ones: 1 there. What lies between two letters has an edge on either side as well, so of both sides of an edge the one
 * counts that is nearer to that width.
 * @param same largest ratio of a stroke's width to that width
 */
export function strokeMap(gradients: Gradients, edges: Uint8Array, thick: number, same: number): Uint8Array {
  const out = new Uint8Array(edges.length);
  const off = (far: number): number => (far ? Math.max(far, thick) / Math.min(far, thick) : Infinity);
  forEachEdge(gradients, edges, (p) => {
    const [light, dark] = [across(gradients, edges, p, 1, same * thick), across(gradients, edges, p, -1, same * thick)];
    const polarity = off(light) < off(dark) ? 1 : -1;
    const far = polarity > 0 ? light : dark;
    if (off(far) <= same && returns(gradients, edges, p, polarity, far)) walk(gradients, p, polarity, far, (q) => (out[q] = 1));
  });
  return out;
}

function forEachEdge({ width, height }: Gradients, edges: Uint8Array, visit: (p: number) => void): void {
  for (let y = 1; y < height - 1; y++) for (let p = y * width + 1, end = p + width - 2; p < end; p++) if (edges[p]) visit(p);
}

/** Visits the pixels from an edge along its gradient, both ends included. */
function walk({ width, gx, gy, strength }: Gradients, p: number, polarity: 1 | -1, far: number, visit: (q: number) => void): void {
  const [dx, dy] = [(polarity * gx[p]) / strength[p], (polarity * gy[p]) / strength[p]];
  for (let d = 0; d <= far; d++) visit(p + Math.round(dy * d) * width + Math.round(dx * d));
}

/** Whether the walk from the opposite edge is about as long: in texture it ends somewhere else. */
function returns(gradients: Gradients, edges: Uint8Array, p: number, polarity: 1 | -1, far: number): boolean {
  let end = p;
  walk(gradients, p, polarity, far, (q) => (end = q));
  const back = across(gradients, edges, end, polarity, far + 1);
  return back > 0 && Math.abs(back - far) <= 1;
}

/** Samples from an edge to the opposite one, 0 if there is none. */
function across({ width, height, strength, gx, gy }: Gradients, edges: Uint8Array, p: number, polarity: 1 | -1, widest: number): number {
  const [dx, dy] = [(polarity * gx[p]) / strength[p], (polarity * gy[p]) / strength[p]];
  const x = p % width;
  const y = (p - x) / width;
  for (let d = 2; d <= widest; d++) {
    const [u, v] = [x + Math.round(dx * d), y + Math.round(dy * d)];
    if (u < 1 || v < 1 || u >= width - 1 || v >= height - 1) return 0;
    const q = v * width + u;
    if (!edges[q]) continue;
    const turn = (gx[p] * gx[q] + gy[p] * gy[q]) / (strength[p] * strength[q]);
    const ratio = strength[q] / strength[p];
    if (turn < -OPPOSITE && ratio < ALIKE && ratio > 1 / ALIKE) return d;
    if (turn > 0 && d > OWN) return 0;
  }
  return 0;
}
