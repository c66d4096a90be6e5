import type { Box } from '../core/area.js';
import { pictures, rescaling, type Aside, type DecodeOptions } from './decode.js';
import type { Programme } from './programme.js';

/** Some rows of one frame at full size, in 8-bit luma: code values as in the file, above 8 bits the 8 most significant. */
export interface BandsFrame {
  /** Zero-based index in presentation order. */
  readonly index: number;
  /** The bands one below the other, row-major. */
  readonly luma: Uint8Array;
}

export interface BandsOptions extends Pick<DecodeOptions, 'signal'> {
  /** A buffer is used again when so many more frames have been delivered. */
  readonly stays: number;
  /** Whole frames that are laid aside by the way. */
  readonly aside?: Aside | undefined;
}

/**
 * Bands of the full-size picture, for looking: all of the same columns, from top to bottom, none over another. Sample aspect and rotation are not applied. Errors as in `decodeFrames`.
 */
export async function* decodeBands(
  programme: Programme,
  bands: readonly Box[],
  { stays, aside, signal }: BandsOptions,
): AsyncGenerator<BandsFrame, void, undefined> {
  const [{ width }] = bands;
  const height = bands.reduce((sum, band) => sum + band.height, 0);
  const filter = stacked(bands);
  const picture = { bytes: width * height, pixFmt: 'gray', filter, stays, aside, clocked: false };
  let index = 0;
  for await (const luma of pictures(programme, picture, { signal })) yield { index: index++, luma };
}

/** Each band is luma alone before they are stacked: ffmpeg writes past its buffer where bands of odd heights have chroma. */
function stacked(bands: readonly Box[]): string {
  const cuts = bands.map(
    ({ x, y, width, height }) => `crop=w=${width}:h=${height}:x=${x}:y=${y}:exact=1,${rescaling(width, height, 'gray')}`,
  );
  if (cuts.length === 1) return cuts[0];
  const each = cuts.map((cut, i) => `[a${i}]${cut}[b${i}]`).join(';');
  const [from, to] = ['a', 'b'].map((side) => cuts.map((_, i) => `[${side}${i}]`).join(''));
  return `split=${cuts.length}${from};${each};${to}vstack=inputs=${cuts.length}`;
}
