// AssemblyScript, compiled by scripts/kernels.ts: the loops over every pixel of every frame, eight or sixteen pixels at a time.
// Pointers are byte offsets into the module's memory, counts are pixels; callers round counts up to 16 and leave the rest unused.

export { followRuns, edgesFirst, beginRuns } from './runs';
export { sumBlocks, addToSums, halveRows, addLevels, addPlace } from './sums';
export { cellDifference, findBlock, maskedDifference } from './differences';
export { findTemplate, findTemplateAtBorder } from './templates';
export { makeFlags, joinAhead, findRange, pickBetween } from './maps';
export { joinParts } from './fourier';
