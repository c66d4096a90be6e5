import { areaOf, type Lattice, type Shift } from './lattice.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';

/** A stretch's mean gradients, laid over each other at the places of a lattice: one cell, row-major, that wraps round. */
export interface Fold {
  readonly columns: number;
  readonly rows: number;
  /** The middle one of the tiles' mean gradients, levels a sample. */
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  /** How far the tiles' gradients point where that one does, -1 ... 1. */
  readonly agreement: Float32Array;
}

/** Levels a sample below which a gradient has no direction. */
const FAINT = 1;

/** Folds a stretch over a lattice. Tiles count alike: weighed by how calm they are, flat white, on which a white mark cannot be seen, would outvote the rest. */
export function foldOver(statistics: StretchStatistics, lattice: Lattice, columns: number, rows: number): Fold {
  const { width, height } = statistics;
  const n = columns * rows;
  const fold = { columns, rows, gx: new Float32Array(n), gy: new Float32Array(n), agreement: new Float32Array(n) };
  const shifts = placesIn(lattice, width, height);
  const tiles = new Tiles(shifts.length);
  const { a, b } = lattice;
  for (let v = 0, i = 0; v < rows; v++) {
    for (let u = 0; u < columns; u++, i++) {
      const x = (u / columns) * a.x + (v / rows) * b.x;
      const y = (u / columns) * a.y + (v / rows) * b.y;
      tiles.clear();
      for (const s of shifts) tiles.add(statistics, x + s.x, y + s.y);
      fold.gx[i] = tiles.middle(tiles.gx);
      fold.gy[i] = tiles.middle(tiles.gy);
      fold.agreement[i] = tiles.agreement(fold.gx[i], fold.gy[i]);
    }
  }
  return fold;
}

/** The places of a lattice whose cells meet the picture. */
function placesIn(lattice: Lattice, width: number, height: number): Shift[] {
  const { a, b } = lattice;
  const area = areaOf(lattice);
  const corners = [0, width].flatMap((x) => [0, height].map((y) => [(x * b.y - y * b.x) / area, (a.x * y - a.y * x) / area]));
  const range = (k: number): [number, number] => {
    const values = corners.map((c) => c[k]);
    return [Math.floor(Math.min(...values)) - 1, Math.ceil(Math.max(...values))];
  };
  const [[i0, i1], [j0, j1]] = [range(0), range(1)];
  const out: Shift[] = [];
  for (let i = i0; i <= i1; i++) for (let j = j0; j <= j1; j++) out.push({ x: i * a.x + j * b.x, y: i * a.y + j * b.y });
  return out;
}

/** What the tiles show at one place of the cell. */
class Tiles {
  readonly gx: Float64Array;
  readonly gy: Float64Array;
  private readonly sorted: Float64Array;
  private count = 0;

  constructor(most: number) {
    [this.gx, this.gy, this.sorted] = [0, 1, 2].map(() => new Float64Array(most));
  }

  clear(): void {
    this.count = 0;
  }

  /** Takes the gradient between samples; none outside the picture. */
  add({ width, height, gx, gy }: StretchStatistics, x: number, y: number): void {
    if (x < 1 || y < 1 || x > width - 2 || y > height - 2) return;
    const [u, v] = [Math.min(width - 3, Math.floor(x)), Math.min(height - 3, Math.floor(y))];
    const [s, t] = [x - u, y - v];
    const p = v * width + u;
    const [q, k] = [p + width, this.count++];
    const [w00, w01, w10, w11] = [(1 - s) * (1 - t), s * (1 - t), (1 - s) * t, s * t];
    this.gx[k] = w00 * gx[p] + w01 * gx[p + 1] + w10 * gx[q] + w11 * gx[q + 1];
    this.gy[k] = w00 * gy[p] + w01 * gy[p + 1] + w10 * gy[q] + w11 * gy[q + 1];
  }

  /** The median of one component. */
  middle(values: Float64Array): number {
    const { sorted, count } = this;
    for (let i = 0; i < count; i++) {
      let k = i;
      for (; k > 0 && sorted[k - 1] > values[i]; k--) sorted[k] = sorted[k - 1];
      sorted[k] = values[i];
    }
    return count ? (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2 : 0;
  }

  /** Mean over the tiles of how far they point in a direction. */
  agreement(x: number, y: number): number {
    const length = Math.sqrt(x * x + y * y);
    if (!length || !this.count) return 0;
    let sum = 0;
    for (let i = 0; i < this.count; i++) {
      const [u, v] = [this.gx[i], this.gy[i]];
      sum += (u * x + v * y) / Math.max(FAINT, Math.sqrt(u * u + v * v));
    }
    return sum / length / this.count;
  }
}
