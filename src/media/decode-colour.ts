import type { Box } from '../core/area.js';
import { pictures, selecting, type DecodeOptions } from './decode.js';
import type { Programme } from './programme.js';

/** 8-bit luma and colour of a box of one frame at full size, row-major, one sample of each a pixel. Code values as in the file, above 8 bits the 8 most significant. */
export interface ColourFrame {
  readonly index: number;
  readonly luma: Uint8Array;
  readonly cb: Uint8Array;
  readonly cr: Uint8Array;
}

/**
 * Some frames, at least one, of a programme in colour, for looking: a box of them, with chroma brought to the size of luma. The others are decoded and
 * dropped, up to the last that is wanted. Errors as in `decodeFrames`.
 */
export async function* decodeColour(
  programme: Programme,
  indices: readonly number[],
  box: Box,
  options: Pick<DecodeOptions, 'signal'> = {},
): AsyncGenerator<ColourFrame, void, undefined> {
  const chosen = [...new Set(indices)].sort((a, b) => a - b);
  const { x, y, width, height } = box;
  const size = width * height;
  // One range on both sides, so that values stay what they are.
  const scale = 'scale=flags=bilinear+bitexact:sws_dither=none:in_range=full:out_range=full';
  const filter = `${selecting(chosen)},${scale},format=yuv444p,crop=w=${width}:h=${height}:x=${x}:y=${y}:exact=1`;
  let next = 0;
  for await (const data of pictures(programme, { bytes: 3 * size, pixFmt: 'yuv444p', filter, clocked: false }, options)) {
    const plane = (i: number): Uint8Array => data.subarray(i * size, (i + 1) * size);
    yield { index: chosen[next++], luma: plane(0), cb: plane(1), cr: plane(2) };
    if (next === chosen.length) return;
  }
}
