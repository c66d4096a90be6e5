import type { Box } from '../../core/area.js';
import type { ColourSpace, Frame, Geometry } from '../../core/frame.js';
import { codeValues } from '../colour.js';
import type { Ends } from './opacity.js';

/** What a mark in one colour does to one plane: y = αc + (1 − α)x. */
export interface PlaneMatte {
  /** In the plane's own samples. */
  readonly box: Box;
  /** α, 0 … 1, row-major. May be unpacked at each access: loops take it once. */
  readonly alpha: Float32Array;
  /** c, as a code value of the plane's own depth. */
  readonly colour: number;
}

/** A mark that the scene shines through, fixed in place, plane by plane as in a frame. */
export interface Matte {
  readonly planes: readonly PlaneMatte[];
  /** α of its body. */
  readonly opacity: number;
  /** Whether it may come and go by degrees. */
  readonly fades: boolean;
}

/** Levels of white and black in a programme. */
export function endsOf({ format }: Geometry, colour: ColourSpace): Ends {
  const { lumaZero, lumaRange } = codeValues(format, colour);
  const scale = 2 ** (format.depth - 8);
  return { black: lumaZero / scale, white: (lumaZero + lumaRange) / scale };
}

/** Learns the matte of one mark from some frames of the programme. */
export interface MatteSource {
  /** Takes one of the frames that it was promised. */
  take(frame: Frame): void;
  /** The matte, once all are taken; undefined where the mark cannot be taken off. */
  matte(): Matte | undefined;
}
