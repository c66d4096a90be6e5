import type { Box } from '../../core/area.js';
import { Packed } from '../../core/packed-mask.js';
import type { PlaneMatte } from './matte.js';

/** A plane of a matte in a fraction of its room, for mattes that wait for long: a film has a thousand cues. */
export function packedPlane(box: Box, alpha: Float32Array, colour: number): PlaneMatte {
  const packed = new Packed(new Uint8Array(alpha.buffer, alpha.byteOffset, alpha.byteLength));
  return {
    box,
    colour,
    get alpha() {
      return new Float32Array(packed.unpacked().slice().buffer);
    },
  };
}
