import { Kernels } from '../kernels/kernels.js';

const COLUMNS = 48;
const ROWS = 27;

/** Mean levels of a grid of blocks. */
export type Thumbnail = Float32Array;

/** Makes thumbnails of pictures of one size, from every second row and column. */
export class Thumbnailer {
  private readonly kernels: Kernels;
  private readonly luma: Uint8Array;
  private readonly xs: Int32Array;
  private readonly ys: Int32Array;
  private readonly sums: Uint32Array;

  constructor(
    private readonly width: number,
    height: number,
  ) {
    this.kernels = new Kernels(width * height + 8 * (COLUMNS + ROWS) + 4 * COLUMNS * ROWS, 4);
    this.luma = this.kernels.place(Uint8Array, width * height);
    this.xs = this.kernels.place(Int32Array, 2 * COLUMNS);
    this.ys = this.kernels.place(Int32Array, 2 * ROWS);
    this.sums = this.kernels.place(Uint32Array, COLUMNS * ROWS);
    divide(this.xs, width);
    divide(this.ys, height);
  }

  of(picture: Uint8Array): Thumbnail {
    const { kernels, luma, width, xs, ys, sums } = this;
    luma.set(picture);
    kernels.loops.sumBlocks(luma.byteOffset, width, xs.byteOffset, ys.byteOffset, COLUMNS, ROWS, sums.byteOffset);
    const out = new Float32Array(sums.length);
    for (let r = 0, k = 0; r < ROWS; r++) {
      const rows = (ys[2 * r + 1] - ys[2 * r] + 1) >> 1;
      for (let c = 0; c < COLUMNS; c++, k++) out[k] = sums[k] / (rows * ((xs[2 * c + 1] - xs[2 * c] + 1) >> 1));
    }
    return out;
  }
}

/** First and end of each of the parts into which a length is divided, none of them empty. */
function divide(bounds: Int32Array, length: number): void {
  const parts = bounds.length / 2;
  for (let i = 0; i < parts; i++) {
    bounds[2 * i] = Math.floor((i * length) / parts);
    bounds[2 * i + 1] = Math.max(bounds[2 * i] + 1, Math.floor(((i + 1) * length) / parts));
  }
}

/** Mean absolute difference, in levels. */
export function difference(a: Thumbnail, b: Thumbnail): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** 1 - correlation: 0 = the same picture at any brightness and contrast. */
export function unlike(a: Thumbnail, b: Thumbnail): number {
  let sa = 0,
    sb = 0,
    aa = 0,
    bb = 0,
    ab = 0;
  for (let i = 0; i < a.length; i++) {
    sa += a[i];
    sb += b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
    ab += a[i] * b[i];
  }
  const n = a.length;
  const va = aa - (sa * sa) / n;
  const vb = bb - (sb * sb) / n;
  return 1 - (ab - (sa * sb) / n) / Math.sqrt(Math.max(va, n) * Math.max(vb, n));
}
