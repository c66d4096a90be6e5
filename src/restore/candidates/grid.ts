import { patchCount, type PyramidLevel } from './pyramid.js';

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
