/*
 * Bits of a raw byte sequence payload (ITU-T H.264, 7.2, 7.3.1 and 9.1): numbers of fixed length, Exp-Golomb codes, and the
 * bytes that keep start codes from appearing inside a NAL unit.
 */

/** A payload without its emulation prevention bytes. */
export function unescaped(nal: Uint8Array): Uint8Array {
  const out = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[length++] = byte;
  }
  return out.subarray(0, length);
}

/** A payload with emulation prevention bytes where it needs them. */
export function escaped(payload: Uint8Array): Uint8Array {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out.push(byte);
  }
  return Uint8Array.from(out);
}

/** Reads bits, the most significant first. @throws RangeError beyond the end */
export class BitReader {
  /** The next bit, counted from the start. */
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  bit(): 0 | 1 {
    if (this.at >= this.bytes.length * 8) throw new RangeError('the bits are at their end');
    const bit = (this.bytes[this.at >> 3] >> (7 - (this.at & 7))) & 1;
    this.at++;
    return bit as 0 | 1;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  /** An unsigned number of at most 32 bits. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  /** An unsigned Exp-Golomb code. */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) if (++zeros > 32) throw new RangeError('an Exp-Golomb code is too long');
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed Exp-Golomb code. */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** Writes bits, the most significant first. */
export class BitWriter {
  readonly #bits: number[] = [];

  bits(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.#bits.push(Math.floor(value / 2 ** i) % 2);
  }

  flag(value: boolean): void {
    this.#bits.push(value ? 1 : 0);
  }

  ue(value: number): void {
    const length = Math.floor(Math.log2(value + 1));
    this.bits(0, length);
    this.bits(value + 1, length + 1);
  }

  /** Bits `from` up to `to` of some bytes. */
  copy(bytes: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to; i++) this.#bits.push((bytes[i >> 3] >> (7 - (i & 7))) & 1);
  }

  /** Everything that was written, with the stop bit and up to a whole byte. */
  payload(): Uint8Array {
    const bits = [...this.#bits, 1];
    const out = new Uint8Array(Math.ceil(bits.length / 8));
    bits.forEach((bit, i) => (out[i >> 3] |= bit << (7 - (i & 7))));
    return out;
  }
}
