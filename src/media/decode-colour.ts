import type { Box } from '../core/area.js';
import { chromaShift, planesOf, type Frame, type Geometry, type Plane } from '../core/frame.js';
import { decodeApart } from './decode-apart.js';
import type { DecodeOptions } from './decode.js';
import type { FrameTimes, Programme } from './programme.js';

/** 8-bit luma and colour of a box of one frame at full size, row-major, one sample of each a pixel. Code values as in the file, above 8 bits the 8 most significant. */
export interface ColourFrame {
  readonly index: number;
  readonly luma: Uint8Array;
  readonly cb: Uint8Array;
  readonly cr: Uint8Array;
}

/**
 * A box of some frames, at least one, of a programme in colour, for looking; in any order. What lies between them is not decoded where they lie far apart.
 * Chroma samples are repeated. Errors as in `decodeFrames`.
 */
export async function* decodeColour(
  programme: Programme,
  indices: readonly number[],
  box: Box,
  times: FrameTimes,
  options: Pick<DecodeOptions, 'signal'> = {},
): AsyncGenerator<ColourFrame, void, undefined> {
  const { geometry } = programme.video;
  for await (const frame of decodeApart(programme, indices, times, options)) yield colourIn(frame, geometry, box);
}

/** @param geometry with chroma */
function colourIn(frame: Frame, geometry: Geometry, box: Box): ColourFrame {
  const [y, cb, cr] = planesOf(frame, geometry);
  const shift = chromaShift(geometry.format.chroma);
  const by = geometry.format.depth - 8;
  return { index: frame.index, luma: cut(y, box, { x: 0, y: 0 }, by), cb: cut(cb, box, shift, by), cr: cut(cr, box, shift, by) };
}

/** A box of a plane, in samples of luma. @param by bits above 8 */
function cut({ data, width }: Plane, box: Box, shift: { readonly x: number; readonly y: number }, by: number): Uint8Array {
  const out = new Uint8Array(box.width * box.height);
  for (let y = box.y, i = 0; y < box.y + box.height; y++)
    for (let x = box.x, row = (y >> shift.y) * width; x < box.x + box.width; x++, i++) out[i] = data[row + (x >> shift.x)] >> by;
  return out;
}
