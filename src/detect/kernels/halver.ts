import { Kernels } from './kernels.js';

/** Scales luma down to half its width and height (an odd last row or column is left out). */
export class Halver {
  private readonly kernels: Kernels;
  private readonly whole: Uint8Array;
  private readonly half: Uint8Array;
  private readonly columns: number;
  private readonly rows: number;

  /** @param width of the picture that is scaled */
  constructor(
    private readonly width: number,
    height: number,
  ) {
    this.columns = width >> 1;
    this.rows = height >> 1;
    this.kernels = new Kernels(width * height + this.columns * this.rows, 2);
    this.whole = this.kernels.place(Uint8Array, width * height);
    this.half = this.kernels.place(Uint8Array, this.columns * this.rows);
  }

  /** Means of two by two samples, rounded, in a fresh buffer. */
  halve(luma: Uint8Array): Uint8Array {
    const { whole, half, width, columns } = this;
    whole.set(luma);
    for (let y = 0, at = whole.byteOffset; y < this.rows; y++, at += 2 * width)
      this.kernels.loops.halveRows(at, at + width, half.byteOffset + y * columns, columns);
    return half.slice();
  }
}
