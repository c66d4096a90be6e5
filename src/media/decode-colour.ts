import type { Box } from '../core/area.js';
import { chromaShift, planesOf, type Frame, type Geometry, type Plane } from '../core/frame.js';
import { framesAtHand, type AtHand } from './frames-at-hand.js';
import type { Programme } from './programme.js';

/** 8-bit luma and colour of a box of one frame at full size, row-major, one sample of each a pixel. Code values as in the file, above 8 bits the 8 most significant. */
export interface ColourFrame {
  readonly index: number;
  readonly luma: Uint8Array;
  readonly cb: Uint8Array;
  readonly cr: Uint8Array;
}

/**
 * A box of some frames of a programme in colour, for looking; in any order, as cheaply as they can be had.
 * Chroma samples are repeated. Errors as in `framesAtHand`.
 */
export async function* decodeColour(
  programme: Programme,
  indices: readonly number[],
  box: Box,
  known: AtHand,
): AsyncGenerator<ColourFrame, void, undefined> {
  const { geometry } = programme.video;
  for await (const frame of framesAtHand(programme, indices, known)) yield colourIn(frame, geometry, box);
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
