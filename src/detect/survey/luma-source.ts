import type { Box } from '../../core/area.js';

/** Frames for which a buffer of luma stays as it is after it was delivered. */
export const LUMA_STAYS = 8;

/** 8-bit luma of one frame, row-major. The buffer is used again after {@link LUMA_STAYS} more frames. */
export interface Luma {
  readonly index: number;
  readonly luma: Uint8Array;
}

/** Luma and colour of a box of one frame, row-major, 8 bits, one sample of each a pixel. */
export interface ColourFrame {
  readonly index: number;
  readonly luma: Uint8Array;
  readonly cb: Uint8Array;
  readonly cr: Uint8Array;
}

/** A picture stream that can be read more than once. The detector knows nothing else about a programme. */
export interface LumaSource {
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly rate: number;
  /** Size of the pictures that `frames(lines)` delivers. */
  size(lines: number): { readonly width: number; readonly height: number };
  /** All frames in order, scaled down to `lines` lines where the picture has more. */
  frames(lines: number): AsyncIterable<Luma>;
  /** Bands of the full-size picture, one below the other, from a source that saves something by it; see `bandsOf` (bands.ts). Some frames, given by their indices, are kept by the way for who wants to see them. */
  bands?(bands: readonly Box[], stills?: readonly number[]): AsyncIterable<Luma>;
  /** A box of some frames, in any order, in colour; from a source that has colours. */
  colour?(indices: readonly number[], box: Box): AsyncIterable<ColourFrame>;
}

/** Size of the surveyed picture in samples. */
export interface SurveySize {
  readonly width: number;
  readonly height: number;
}

/** Shorter side, in samples, of the pictures that statistics are made on. Strokes of a glyph must survive the scaling. */
const SURVEY_SIDE = 540;

/** Lines to ask for, so that the shorter side of the picture is {@link SURVEY_SIDE} samples or all it has. */
export function surveyLines(width: number, height: number): number {
  const side = Math.min(width, height);
  return side <= SURVEY_SIDE ? height : Math.round((height * SURVEY_SIDE) / side);
}
