import { latticeOf, type Lattice } from './lattice.js';
import { SelfSimilarity, type Peak } from './self-similarity.js';
import { isFaintMark, type StretchStatistics } from '../survey/stretch-statistics.js';

/** A pattern that repeats over the picture, in samples of the surveyed size. */
export interface Tiling {
  /** Where it comes again. */
  readonly lattice: Lattice;
  /** Share of the persistent edges that come again at the clearest shift, 0 … 1. */
  readonly repeats: number;
}

/** Share of the cells of an 8 x 8 grid that must hold such edges: a watermark covers the picture. */
const COVERS = 0.3;
const CELLS = 8;
/** Fewest edges, at half the size, that can show a pattern. */
const LEAST_EDGES = 200;
/** Least share of edges that come again. Of 189 real shots without a watermark none reaches it at a free-standing peak. */
const REPEATS = 0.17;
/** What surrounds a peak must stay below this share of it: straight lines repeat along themselves and have ridges instead. */
const RIDGE = 0.62;
/** A first peak must reach this share of the highest correlation anywhere: where ridges are higher, it is the scene's. */
const CLEAR = 0.85;
/** Share of the first peak that others must reach; and the first peak that needs no other in another direction: columns of a set repeat, too, but one way. */
const SECOND = 0.42;
const ALONE = 0.6;
/** Smallest shift, as a share of the picture's shorter side; and the share of the picture that must overlap. */
const NEAREST = 0.12;
const OVERLAP = 0.25;
const MOST = 4;
const TRIED = 24;

/**
 * Looks for a pattern tiled over the picture: the directions of persistent edges are correlated with themselves; a tiled text
 * has sharp peaks away from the origin, a scene has none, still or not.
 */
export function findTiling(statistics: StretchStatistics): Tiling | undefined {
  if (coverage(statistics) < COVERS) return undefined;
  const similarity = new SelfSimilarity(statistics);
  if (similarity.edges < LEAST_EDGES) return undefined;
  const peaks = freePeaks(similarity);
  if (!peaks.length) return undefined;
  const clear = peaks.filter((p) => p.value > SECOND * peaks[0].value).slice(0, MOST);
  if (peaks[0].value < ALONE && !clear.some((s) => isAcross(s, clear[0]))) return undefined;
  const lattice = latticeOf(similarity);
  return lattice && { lattice, repeats: Math.min(1, peaks[0].value) };
}

function coverage(statistics: StretchStatistics): number {
  const { width, height } = statistics;
  const count = new Uint32Array(CELLS * CELLS);
  for (let y = 0, p = 0; y < height; y++)
    for (let x = 0; x < width; x++, p++)
      if (isFaintMark(statistics, p)) count[(((y * CELLS) / height) | 0) * CELLS + (((x * CELLS) / width) | 0)]++;
  return count.filter((n) => n > (0.003 * width * height) / (CELLS * CELLS)).length / (CELLS * CELLS);
}

/** Whether two shifts have clearly different directions. */
const isAcross = (a: Peak, b: Peak): boolean => Math.abs(a.x * b.y - a.y * b.x) > 0.3 * Math.hypot(a.x, a.y) * Math.hypot(b.x, b.y);

/** The highest points that stand free, highest first. */
function freePeaks(similarity: SelfSimilarity): Peak[] {
  const { values: correlation, width: w, height: h } = similarity;
  const masked = correlation.slice();
  const near = NEAREST * Math.min(w, h);
  for (let y = 0, i = 0; y < h; y++)
    for (let x = -w; x < w; x++, i++) {
      if (Math.hypot(x, y) < near || similarity.overlap(x, y) < OVERLAP || (y === 0 && x < 0)) masked[i] = 0;
    }
  const peaks: Peak[] = [];
  let highest = 0;
  for (let tried = 0; tried < TRIED && peaks.length < MOST; tried++) {
    let best = 0;
    for (let i = 1; i < masked.length; i++) if (masked[i] > masked[best]) best = i;
    const value = masked[best];
    highest = Math.max(highest, value);
    if (value < REPEATS || value < (peaks.length ? SECOND : CLEAR) * highest) break;
    const x = (best % (2 * w)) - w;
    const y = Math.floor(best / (2 * w));
    if (ridge(correlation, x, y, w, h) < RIDGE * value) peaks.push({ x, y, value });
    erase(masked, x, y, w, h);
  }
  return peaks;
}

/** The largest correlation, either sign, 4 to 8 samples away from a point. */
function ridge(correlation: Float32Array, x: number, y: number, w: number, h: number): number {
  let most = 0;
  for (let v = Math.max(0, y - 8); v <= Math.min(h - 1, y + 8); v++) {
    for (let u = Math.max(-w, x - 8); u <= Math.min(w - 1, x + 8); u++) {
      const away = Math.hypot(u - x, v - y);
      if (away > 3.5 && away < 8) most = Math.max(most, Math.abs(correlation[v * 2 * w + u + w]));
    }
  }
  return most;
}

function erase(map: Float32Array, x: number, y: number, w: number, h: number): void {
  for (let v = Math.max(0, y - 12); v <= Math.min(h - 1, y + 12); v++)
    map.fill(0, v * 2 * w + Math.max(0, x + w - 12), v * 2 * w + Math.min(2 * w, x + w + 13));
}
