/** Reads bits from the most significant on. Beyond the end it throws. */
export class BitReader {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Bits that are left. */
  get left(): number {
    return this.bytes.length * 8 - this.#at;
  }

  /** An unsigned number of at most 32 bits. @throws RangeError beyond the end */
  u(count: number): number {
    if (count > this.left) throw new RangeError('bits end early');
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) value = value * 2 + ((this.bytes[this.#at >> 3] >> (7 - (this.#at & 7))) & 1);
    return value;
  }

  flag(): boolean {
    return this.u(1) === 1;
  }

  /** An unsigned Exp-Golomb code (ITU-T H.264, 9.1). @throws RangeError beyond the end, or when it has more than 32 bits */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) if (++zeros > 32) throw new RangeError('not an Exp-Golomb code');
    return 2 ** zeros - 1 + this.u(zeros);
  }

  /** A signed Exp-Golomb code (ITU-T H.264, 9.1.1). */
  se(): number {
    const code = this.ue();
    return code & 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** Collects bits, the most significant first. */
export class BitWriter {
  readonly #bits: number[] = [];

  /** An unsigned number in `count` bits, at most 32. */
  u(count: number, value: number): this {
    for (let i = count - 1; i >= 0; i--) this.#bits.push(Math.floor(value / 2 ** i) & 1);
    return this;
  }

  flag(value: boolean): this {
    return this.u(1, value ? 1 : 0);
  }

  /** What was written, filled up as the payload of an SEI message is: a set bit and zeros (ITU-T H.264, D.1.1), nothing when it ends on a byte. */
  payload(): Buffer {
    if (this.#bits.length % 8 > 0) this.#bits.push(1);
    while (this.#bits.length % 8 > 0) this.#bits.push(0);
    const out = Buffer.alloc(this.#bits.length / 8);
    this.#bits.forEach((bit, at) => (out[at >> 3] |= bit << (7 - (at & 7))));
    return out;
  }
}
