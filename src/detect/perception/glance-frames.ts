import type { KeyFrame } from '../survey/key-frames.js';
import { FRAMES } from './manifest.js';

/** Frames between two of a window: as few and as many as the network was trained on. */
const NEAREST = 4;
const FARTHEST = 15;

/** The latest five of the key frames that lie as far apart as the network takes; undefined when they do not reach. */
export function windowOf(keys: readonly KeyFrame[]): readonly KeyFrame[] | undefined {
  const apart = keys.length > 1 ? keys[1].frame - keys[0].frame : Infinity;
  const steps = Math.min(Math.floor(FARTHEST / apart), Math.floor((keys.length - 1) / (FRAMES - 1)));
  if (steps < 1 || steps * apart < NEAREST) return undefined;
  return Array.from({ length: FRAMES }, (_, i) => keys[keys.length - 1 - (FRAMES - 1 - i) * steps]);
}
