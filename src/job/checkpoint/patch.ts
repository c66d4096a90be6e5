import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Box } from '../../core/area.js';
import { planeLayouts, type Frame, type Geometry } from '../../core/frame.js';

/** What restoring changed in one frame: the old bytes and the new ones combined by exclusive or, packed; almost all of them are 0. */
export interface Patch {
  readonly frame: number;
  /** In luma samples; they do not meet. */
  readonly boxes: readonly Box[];
  readonly packed: Uint8Array;
}

/** Byte ranges of the rows of some boxes in a frame's buffer, plane by plane: the order in which {@link copyBoxes} copies them. */
export function* rowsOf(boxes: readonly Box[], geometry: Geometry): Generator<{ at: number; length: number }> {
  const bytes = geometry.format.depth > 8 ? 2 : 1;
  let start = 0;
  for (const { width, height, shift } of planeLayouts(geometry)) {
    for (const box of boxes) {
      const left = box.x >> shift.x;
      const length = bytes * (Math.min(width, (box.x + box.width + shift.x) >> shift.x) - left);
      const bottom = Math.min(height, (box.y + box.height + shift.y) >> shift.y);
      for (let y = box.y >> shift.y; y < bottom; y++) yield { at: start + bytes * (y * width + left), length };
    }
    start += bytes * width * height;
  }
}

/** The bytes of some boxes, as they are now. */
export function copyBoxes(frame: Frame, boxes: readonly Box[], geometry: Geometry): Uint8Array {
  const rows = [...rowsOf(boxes, geometry)];
  const out = new Uint8Array(rows.reduce((sum, r) => sum + r.length, 0));
  let to = 0;
  for (const { at, length } of rows) {
    out.set(frame.data.subarray(at, at + length), to);
    to += length;
  }
  return out;
}

/** What has changed in a frame since {@link copyBoxes} was called for it. Uses up `before`. */
export function patchOf(frame: Frame, boxes: readonly Box[], before: Uint8Array, geometry: Geometry): Patch {
  let to = 0;
  for (const { at, length } of rowsOf(boxes, geometry)) for (let i = 0; i < length; i++) before[to++] ^= frame.data[at + i];
  return { frame: frame.index, boxes, packed: deflateRawSync(before, { level: 1 }) };
}

/** Makes of a decoded frame, in place, what restoring made of it. @throws RangeError when the patch is of another geometry */
export function applyPatch(frame: Frame, { boxes, packed }: Patch, geometry: Geometry): void {
  const difference = inflateRawSync(packed);
  const rows = [...rowsOf(boxes, geometry)];
  if (rows.reduce((sum, r) => sum + r.length, 0) !== difference.length) throw new RangeError('the patch is of another picture size');
  let from = 0;
  for (const { at, length } of rows) for (let i = 0; i < length; i++) frame.data[at + i] ^= difference[from++];
}
