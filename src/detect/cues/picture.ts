import type { CueEnd } from './ends.js';

/** What is known about a cue at full size, row-major maps of `width` × `height`. */
export interface CuePicture {
  /** Mean and deviation over the frames where the cue stands. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** Edge pixels of its glyphs, from the survey. */
  readonly seeds: Uint8Array;
  /** What was there before, and what came after; undefined at a programme's ends. */
  readonly before: CueEnd | undefined;
  readonly after: CueEnd | undefined;
  readonly width: number;
  readonly height: number;
  readonly lineHeight: number;
  /** Text that changes its level while it stands: steadiness says nothing about its pixels. */
  readonly recoloured: boolean;
}
