import type { Box } from '../../core/area.js';
import { complete } from './absence.js';
import { logoMask, type LogoPicture } from './mask.js';
import { withParts, type WidePicture } from './parts.js';

/** What a mark hides, and those parts of it that surely come and go with it; row-major, 255 and 0. */
export interface WholeMask {
  readonly mask: Uint8Array;
  readonly sure: Uint8Array;
}

/** The mask of a mark: what the survey found of it, in the box `near`, and what belongs to it beyond. */
export function wholeMask(picture: WidePicture, near: Box): WholeMask {
  const { mean, gone, width, height } = picture;
  const found = widened(logoMask(cut(picture, near)), near, width, height);
  const whole = withParts(picture, found);
  const sure = whole.map((v, p) => (gone && v && !found[p] ? 255 : 0));
  return { mask: gone ? complete(whole, mean, gone, width, height) : whole, sure };
}

/** The part of a picture in a box. */
function cut({ mean, deviation, seeds, width }: LogoPicture, box: Box): LogoPicture {
  const part = <T extends Float32Array | Uint8Array>(from: T, to: T): T => {
    for (let y = 0; y < box.height; y++)
      to.set(from.subarray((box.y + y) * width + box.x, (box.y + y) * width + box.x + box.width), y * box.width);
    return to;
  };
  const n = box.width * box.height;
  const floats = (map: Float32Array): Float32Array => part(map, new Float32Array(n));
  return {
    mean: floats(mean),
    deviation: floats(deviation),
    seeds: part(seeds, new Uint8Array(n)),
    width: box.width,
    height: box.height,
  };
}

/** A mask of the box `at`, in a picture of that size. */
function widened(mask: Uint8Array, at: Box, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < at.height; y++) out.set(mask.subarray(y * at.width, (y + 1) * at.width), (at.y + y) * width + at.x);
  return out;
}
