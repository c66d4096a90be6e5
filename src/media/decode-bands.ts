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
  const filter = `${cutting(bands)},${rescaling(width, height, 'gray')}`;
  const picture = { bytes: width * height, pixFmt: 'gray', filter, stays, aside, clocked: false };
  let index = 0;
  for await (const luma of pictures(programme, picture, { signal })) yield { index: index++, luma };
}

function cutting(bands: readonly Box[]): string {
  const crops = bands.map(({ x, y, width, height }) => `crop=w=${width}:h=${height}:x=${x}:y=${y}:exact=1`);
  if (crops.length === 1) return crops[0];
  const each = crops.map((crop, i) => `[a${i}]${crop}[b${i}]`).join(';');
  const [from, to] = ['a', 'b'].map((side) => crops.map((_, i) => `[${side}${i}]`).join(''));
  return `split=${crops.length}${from};${each};${to}vstack=inputs=${crops.length}`;
}
