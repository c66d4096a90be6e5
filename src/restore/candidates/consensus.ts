import { patchKernels } from '../kernels/patch-kernels.js';
import type { PatchGrid } from './grid.js';
import type { PyramidLevel } from './pyramid.js';

/**
 * Compares each patch's displacement with a robust mean of those around it: takes that where it fits as well, else trusts the patch
 * less. Beside a hole patches see little and err, and what they say is what the hole is completed from.
 */
export const seekConsensus = (a: PyramidLevel, b: PyramidLevel, grid: PatchGrid): void => patchKernels(a.width, a.height).agree(a, b, grid);
