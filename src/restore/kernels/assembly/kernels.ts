// AssemblyScript, compiled by scripts/kernels.ts: the loops of filling over every sample and every patch.
export { findGradients } from './gradients';
export { searchPatches, seekConsensus } from './search';
export { spreadPatches } from './spread';
export { pushPull } from './push-pull';
