/** A box of ISO/IEC 14496-12: length, type, content. */
export function box(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** Unsigned 32-bit numbers. */
export function u32(...values: number[]): Buffer {
  const out = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => out.writeUInt32BE(value, 4 * i));
  return out;
}

/** An unsigned 64-bit number. */
export function u64(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out;
}

/** A box in memory. */
export interface HeldBox {
  readonly type: string;
  readonly body: Buffer;
}

/** The boxes that fill a piece of memory, side by side; a few bytes may follow them. @throws RangeError when one is cut off */
export function heldBoxes(bytes: Buffer): HeldBox[] {
  const out: HeldBox[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length) throw new RangeError('a box is cut off');
    out.push({ type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + 8, at + size) });
    at += size;
  }
  return out;
}
