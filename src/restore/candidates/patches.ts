import { compare, step, STEPPED } from './match.js';
import { PATCH, patchCount, patchStart, type PyramidLevel } from './pyramid.js';

/** Gauss-Newton steps a patch. */
const STEPS = 6;
/** Squared luma levels by which rest is preferred to a small motion: what the noise of a still camera would be followed for. */
const REST = 3;
/** A start as good as this needs no rivals, in squared luma levels. */
const GOOD = 4;

/** Displacements of the patches of one level; patch (i, j) starts at `patchStart`, row-major. */
export interface PatchGrid {
  readonly columns: number;
  readonly rows: number;
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** How far to trust each: visible share, texture, and how well it fits. */
  readonly weight: Float32Array;
}

export function patchGrid(level: PyramidLevel): PatchGrid {
  const columns = patchCount(level.width);
  const rows = patchCount(level.height);
  const n = columns * rows;
  return { columns, rows, u: new Float32Array(n), v: new Float32Array(n), weight: new Float32Array(n) };
}

/** Refines one patch from (u, v) and writes it into the grid. */
function descend(a: PyramidLevel, b: PyramidLevel, grid: PatchGrid, at: number, x: number, y: number, u: number, v: number): void {
  let bu = u;
  let bv = v;
  let best = Infinity;
  let seen = 0;
  let texture = 0;
  for (let k = 0; k < STEPS; k++) {
    const cost = step(a, b, at, x, y, u, v);
    if (!(cost < best)) break;
    const settled = cost > 0.97 * best;
    best = cost;
    bu = u;
    bv = v;
    seen = STEPPED[0];
    texture = STEPPED[3];
    u -= STEPPED[1];
    v -= STEPPED[2];
    if (settled || STEPPED[1] * STEPPED[1] + STEPPED[2] * STEPPED[2] < 1e-3) break;
  }
  if ((bu !== 0 || bv !== 0) && Math.abs(bu) + Math.abs(bv) < 1.5) {
    const rest = step(a, b, at, x, y, 0, 0);
    if (rest <= best * 1.15 + REST) {
      bu = bv = 0;
      best = rest;
    }
  }
  grid.u[at] = bu;
  grid.v[at] = bv;
  const share = seen / (PATCH * PATCH);
  grid.weight[at] = best === Infinity ? 1e-6 : 1e-6 + ((share * (texture + 0.5)) / (texture + 8)) * (16 / (16 + best));
}

/** Two displacements that lead to the same place after refinement. */
const alike = (u: number, v: number, p: number, q: number): boolean => Math.abs(u - p) + Math.abs(v - q) < 0.6;

/**
 * Finds every patch of `a` in `b` by inverse search from the best of several starts: the coarser level's displacement,
 * rest, the global shift, the neighbours already done. After Kroeger et al., Fast Optical Flow using Dense Inverse Search
 * (ECCV 2016), with hidden samples left out of every sum.
 * @param grid holds the start displacements; receives the result
 * @param shift the global shift in samples of this level
 */
export function searchPatches(
  a: PyramidLevel,
  b: PyramidLevel,
  grid: PatchGrid,
  shift: readonly [number, number],
  backward: boolean,
): void {
  const { columns, rows, u, v } = grid;
  const n = columns * rows;
  const d = backward ? 1 : -1;
  for (let k = 0; k < n; k++) {
    const at = backward ? n - 1 - k : k;
    const i = at % columns;
    const j = (at - i) / columns;
    const x = patchStart(i, a.width);
    const y = patchStart(j, a.height);
    let bu = u[at];
    let bv = v[at];
    let best = compare(a, b, x, y, bu, bv);
    for (let h = 0; h < 4 && best > GOOD; h++) {
      const from = h === 2 ? (i + d >= 0 && i + d < columns ? at + d : -1) : j + d >= 0 && j + d < rows ? at + d * columns : -1;
      if (h >= 2 && from < 0) continue;
      const hu = h === 0 ? 0 : h === 1 ? shift[0] : u[from];
      const hv = h === 0 ? 0 : h === 1 ? shift[1] : v[from];
      if (alike(hu, hv, bu, bv)) continue;
      const cost = compare(a, b, x, y, hu, hv);
      if (cost < best) [best, bu, bv] = [cost, hu, hv];
    }
    descend(a, b, grid, at, x, y, bu, bv);
  }
}
