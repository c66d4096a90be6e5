// AssemblyScript, compiled by scripts/kernels.ts: the loops of filling over every sample and every patch.
export { compareFrames } from './agreement';
export { gatherHole } from './gather';
export { findGradients } from './gradients';
export { robustMeans } from './mean';
export { preparePicture } from './prepare';
export { pushPull } from './push-pull';
export { searchPatches, seekConsensus } from './search';
export { spreadPatches } from './spread';
