import type { Box } from '../../core/area.js';
import type { ColourSpace, Frame, Geometry } from '../../core/frame.js';
import { codeValues } from '../colour.js';
import type { Ends } from './opacity.js';

/** What a mark in one colour, or two, does to one plane: y = αc + (1 − α)x. */
export interface PlaneMatte {
  /** In the plane's own samples. */
  readonly box: Box;
  /** α, 0 … 1, row-major. May be unpacked at each access: loops take it once. */
  readonly alpha: Float32Array;
  /** c, as a code value of the plane's own depth. */
  readonly colour: number;
  /** Where another colour stands for it: that of an outline or a shadow. */
  readonly rim?: Rim | undefined;
}

/** The second colour of a mark, as {@link PlaneMatte.colour}; and where it is the mark's, 1, of the same box. */
export interface Rim {
  readonly colour: number;
  readonly where: Uint8Array;
}

/** c at each sample of a plane's box. */
export const coloursOf = ({ colour, rim }: PlaneMatte): ((i: number) => number) =>
  rim ? (i) => (rim.where[i] ? rim.colour : colour) : () => colour;

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

/** What a programme says about a mark that is fixed in place. */
export type Learnt =
  | { readonly matte?: undefined; /** Why it cannot be taken off, after "it" or the like. */ readonly why: string }
  | {
      readonly matte: Matte;
      /** Samples of luma's box that were looked at, 1, and those that were not, 0. */
      readonly known: Uint8Array;
      /** Standard error of the opacity; and what the frames alone say of it, without what is usual for marks. */
      readonly error: number;
      readonly seen: number;
      /** Standard error of α by what a pixel says. */
      readonly pixel: number;
      /** Roughness of the mean picture without the mark, over what the scene round it leads to expect: about 1. */
      readonly ghost: number;
      /** Frames that were looked at. */
      readonly frames: number;
    };

/** Learns the matte of one mark from some frames of the programme. */
export interface MatteSource {
  /** Takes one of the frames that it was promised. */
  take(frame: Frame): void;
  /** The matte, once all are taken; undefined where the mark cannot be taken off. */
  matte(): Matte | undefined;
}
