import { powerOfTwo, transform } from './fourier.js';
import { areaOf, type Lattice } from './lattice.js';
import { growMap, regionsOf } from '../maps/regions.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';
import { foldOver, type Fold } from './lattice-fold.js';

/** What a tiled watermark adds to the picture in one cell of its lattice. */
export interface WatermarkTile {
  readonly lattice: Lattice;
  /** Samples along `b` (rows) and `a` (columns) of a cell, whose first is at the picture's first sample's centre. */
  readonly columns: number;
  readonly rows: number;
  /** {@link FULL} where it is as strong as its strokes are, 0 where it is not. */
  readonly level: Uint8Array;
}

/** Level of a stroke; up to twice that is kept. */
export const FULL = 127;
/** Samples a survey sample, at least. */
const FINE = 1.2;
/** Edges whose agreement is this share of the clear ones', or less, belong to the scene; from `SURE` on to the mark. */
const DOUBTED = 0.55;
const SURE = 0.75;
/** Wave length, as a share of the picture's shorter side, from which on differences are taken as the scene's. */
const LONGEST = 0.155;
/** Share of a stroke's height that a stroke must reach; and the share of samples that are looked at to know it. */
const STROKE = 0.45;
const PEAK = 0.003;
/** Smallest stroke, as a share of the picture. */
const SPECK = 0.00006;
/** Samples of the survey around a sure stroke in which its fringe lies. */
const FRINGE = 1.5;

/**
 * The shape of a tiled watermark: the mean gradients of all its tiles, of which the middle one is the mark's as the scene
 * behind is another in each, integrated (the idea of Dekel et al., On the effectiveness of visible watermarks, CVPR 2017).
 * Undefined when nothing stands out.
 */
export function tileOf(statistics: StretchStatistics, lattice: Lattice): WatermarkTile | undefined {
  const { width, height } = statistics;
  const columns = powerOfTwo(FINE * Math.hypot(lattice.a.x, lattice.a.y));
  const rows = powerOfTwo(FINE * Math.hypot(lattice.b.x, lattice.b.y));
  const fold = foldOver(statistics, lattice, columns, rows);
  trust(fold);
  const shape = integrated(fold, lattice, (2 * Math.PI) / (LONGEST * Math.min(width, height)));
  const top = strokeHeight(shape);
  if (!top) return undefined;
  const finer = (columns * rows) / Math.abs(areaOf(lattice));
  const strokes = { least: STROKE * top, size: SPECK * width * height * finer, fringe: Math.round(FRINGE * Math.sqrt(finer)) };
  const near = strokesOf(shape, columns, rows, strokes);
  const level = shape.map((v, i) => (near[i] && v > 0 ? Math.min(255, Math.round((FULL * v) / top)) : 0));
  return { lattice, columns, rows, level: Uint8Array.from(level) };
}

/** Takes the gradients back of which the tiles do not agree. */
function trust({ gx, gy, agreement, columns, rows }: Fold): void {
  const power = gx.map((x, i) => x * x + gy[i] * gy[i]);
  const shared = averaged(power, agreement, columns, rows);
  const order = Uint32Array.from(shared.keys()).sort((p, q) => shared[p] - shared[q]);
  const all = power.reduce((sum, v) => sum + v, 0);
  let [k, sum] = [-1, 0];
  while (sum < 0.8 * all && k < order.length - 1) sum += power[order[++k]];
  const clear = k < 0 ? 1 : Math.max(1e-6, shared[order[k]]);
  for (let i = 0; i < gx.length; i++) {
    const gate = Math.max(0, Math.min(1, (shared[i] / clear - DOUBTED) / (SURE - DOUBTED)));
    gx[i] *= gate;
    gy[i] *= gate;
  }
}

/** The mean of a map over 7 x 7 samples of a field that wraps round, weighed by another. */
function averaged(weight: Float32Array, map: Float32Array, columns: number, rows: number): Float32Array {
  const over = summed(
    map.map((v, i) => v * weight[i]),
    columns,
    rows,
  );
  const under = summed(weight, columns, rows);
  return over.map((v, i) => v / Math.max(1e-6, under[i]));
}

function summed(map: Float32Array, columns: number, rows: number): Float32Array {
  const across = new Float32Array(map.length);
  const out = new Float32Array(map.length);
  for (let v = 0, i = 0; v < rows; v++)
    for (let u = 0; u < columns; u++, i++) for (let k = -3; k <= 3; k++) across[i] += map[v * columns + ((u + k) & (columns - 1))];
  for (let v = 0, i = 0; v < rows; v++)
    for (let u = 0; u < columns; u++, i++) for (let k = -3; k <= 3; k++) out[i] += across[((v + k) & (rows - 1)) * columns + u];
  return out;
}

/**
 * The picture whose gradient is nearest to that of a fold (Poisson's equation, screened so that waves slower than `slow`,
 * in radians a sample, fade), above what lies in its middle; white marks and dark ones both come out above.
 */
function integrated({ gx, gy, columns, rows }: Fold, lattice: Lattice, slow: number): Float32Array {
  const n = columns * rows;
  const field = { width: columns, height: rows, re: gx, im: gy };
  transform(field);
  const out = { width: columns, height: rows, re: new Float32Array(n), im: new Float32Array(n) };
  const { a, b } = lattice;
  const turn = (2 * Math.PI) / areaOf(lattice);
  for (let v = 0, i = 0; v < rows; v++) {
    for (let u = 0; u < columns; u++, i++) {
      const [m, k] = [u < columns / 2 ? u : u - columns, v < rows / 2 ? v : v - rows];
      const wx = turn * (m * b.y - k * a.y);
      const wy = turn * (k * a.x - m * b.x);
      const opposite = ((rows - v) & (rows - 1)) * columns + ((columns - u) & (columns - 1));
      // Both gradients went through one transform: the even part is that of x, the odd part that of y.
      const xRe = (gx[i] + gx[opposite]) / 2;
      const xIm = (gy[i] - gy[opposite]) / 2;
      const yRe = (gy[i] + gy[opposite]) / 2;
      const yIm = (gx[opposite] - gx[i]) / 2;
      const over = 1 / (n * (wx * wx + wy * wy + slow * slow));
      out.re[i] = over * (wx * xIm + wy * yIm);
      out.im[i] = over * (wx * xRe + wy * yRe); // conjugate of -i (wx x + wy y): a transform of it is the inverse
    }
  }
  transform(out);
  return upright(out.re);
}

/** The shape above its median, turned over when it is darker than the scene. */
function upright(shape: Float32Array): Float32Array {
  const sorted = shape.slice().sort();
  const middle = sorted[sorted.length >> 1];
  const tail = Math.floor(PEAK * sorted.length);
  const sign = sorted[sorted.length - 1 - tail] - middle >= middle - sorted[tail] ? 1 : -1;
  return shape.map((v) => sign * (v - middle));
}

/** Height of the strokes: the middle of what is above half of it (Ridler and Calvard 1978, from the top). */
function strokeHeight(shape: Float32Array): number {
  const sorted = shape.slice().sort();
  let top = sorted[sorted.length - 1 - Math.floor(PEAK * sorted.length)];
  for (let k = 0; k < 6 && top > 0; k++) {
    let first = sorted.length - 1;
    while (first > 0 && sorted[first - 1] > top / 2) first--;
    top = sorted[(first + sorted.length) >> 1];
  }
  return Math.max(0, top);
}

/** What makes a stroke, in samples of a cell. */
interface Strokes {
  readonly least: number;
  readonly size: number;
  readonly fringe: number;
}

/** A map of what is at least so high, in parts that are large enough, and of its fringe. The cell goes on beyond its border. */
function strokesOf(shape: Float32Array, columns: number, rows: number, strokes: Strokes): Uint8Array {
  const [w, h] = [2 * columns, 2 * rows];
  const map = new Uint8Array(w * h);
  for (let v = 0, i = 0; v < h; v++)
    for (let u = 0; u < w; u++, i++) map[i] = shape[(v & (rows - 1)) * columns + (u & (columns - 1))] > strokes.least ? 1 : 0;
  const kept = new Uint8Array(w * h);
  for (const { pixels } of regionsOf(map, w, h, Math.max(1, Math.ceil(strokes.size)))) for (const p of pixels) kept[p] = 1;
  const grown = growMap(kept, w, h, strokes.fringe);
  const out = new Uint8Array(columns * rows);
  for (let v = rows / 2; v < rows * 1.5; v++)
    for (let u = columns / 2; u < columns * 1.5; u++) out[(v & (rows - 1)) * columns + (u & (columns - 1))] = grown[v * w + u];
  return out;
}
