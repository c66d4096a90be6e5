import { patchKernels } from '../kernels/patch-kernels.js';
import type { PatchGrid } from './grid.js';
import type { PyramidLevel } from './pyramid.js';

/**
 * Finds every patch of `a` in `b` by inverse search from the best of several starts: the coarser level's displacement,
 * rest, the global shift, the neighbours already done. After Kroeger et al., Fast Optical Flow using Dense Inverse Search
 * (ECCV 2016), with hidden samples left out of every sum.
 * Six Gauss-Newton steps a patch; a start that fits well needs no rivals, and rest is preferred to a small motion: noise of a still camera would be followed.
 * @param grid holds the start displacements; receives the result
 * @param shift the global shift in samples of this level
 */
export const searchPatches = (
  a: PyramidLevel,
  b: PyramidLevel,
  grid: PatchGrid,
  shift: readonly [number, number],
  backward: boolean,
): void => patchKernels(a.width, a.height).search(a, b, grid, shift, backward);
