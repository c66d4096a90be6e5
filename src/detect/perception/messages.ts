import type { PerceptionManifest } from './manifest.js';

/** What the worker is given before its first window. */
export interface Setup {
  readonly file: string;
  readonly manifest: PerceptionManifest;
  readonly threads: number;
}

/** Five frames, one after the other: [5, height, width] 8-bit luma. */
export interface PerceptionWindow {
  readonly luma: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** [7, height, width] of the maps, 0 … 255, in the order of CLASSES. */
export interface RawMaps {
  readonly values: Uint8Array;
  readonly width: number;
  readonly height: number;
}
