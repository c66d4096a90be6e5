import type { Box } from '../core/area.js';
import type { ColourSpace, Frame, Geometry } from '../core/frame.js';
import { cropToRgb } from './colour.js';
import { composeFrame, type Patch } from './compose.js';
import { REFERENCES } from './windows.js';

/** Even lines, odd lines. */
export type Parity = 0 | 1;

/** How places are cut out of pictures to be restored, and written back. */
export interface Access {
  /** How many other pictures lend their pixels to those that are restored at once. */
  readonly references: number;
  /** A box of a picture as R'G'B', see {@link cropToRgb}. Starts on even coordinates. */
  crop(frame: Frame, box: Box): Uint8Array;
  /** The parity of the lines that a picture has of its own, the others being interpolated; undefined where all are its own. */
  parity(frame: number): Parity | undefined;
  /** Samples of a crop that must not be looked at, where those of `hidden` must not. Both [height, width], 255 = hidden. */
  blind(hidden: Uint8Array, box: Box, parity: Parity | undefined): Uint8Array;
  /** As {@link composeFrame}. */
  write(frame: Frame, patch: Patch): void;
}

/** Pictures of which all lines are of one moment. */
export const wholeFrames = (geometry: Geometry, colour: ColourSpace): Access => ({
  references: REFERENCES,
  crop: (frame, box) => cropToRgb(frame, geometry, colour, box),
  parity: () => undefined,
  blind: (hidden) => hidden,
  write: (frame, patch) => composeFrame(frame, geometry, colour, patch),
});
