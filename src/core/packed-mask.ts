import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Mask } from './area.js';

/** Effort of the packing: more costs time and gains next to nothing on masks. */
const EFFORT = 1;

/** Bytes in a fraction of their room. Unpacked anew whenever asked for. */
export class Packed {
  private readonly bytes: Buffer;

  constructor(data: Uint8Array) {
    // A copy: what zlib returns is a view of a larger buffer.
    this.bytes = Buffer.from(deflateRawSync(data, { level: EFFORT }));
  }

  unpacked(): Uint8Array {
    const { buffer, byteOffset, length } = inflateRawSync(this.bytes);
    return new Uint8Array(buffer, byteOffset, length);
  }
}

/** The same mask in a fraction of its room, for masks that wait for long: a film has a thousand. Every access to its `data` unpacks a new copy: take it once. */
export function packedMask({ box, data }: Mask): Mask {
  const packed = new Packed(data);
  return {
    box,
    get data() {
      return packed.unpacked();
    },
  };
}
