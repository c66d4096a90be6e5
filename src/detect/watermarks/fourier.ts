import { Kernels } from '../kernels/kernels.js';

/** A complex field, row-major. Sides are powers of two. */
export interface ComplexField {
  readonly width: number;
  readonly height: number;
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** The smallest power of two that is at least `n`. */
export const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Autocorrelation of a field, in place: at (x, y) the sum over p of Re(conj(f(p)) * f(p + (x, y))), wrapping round. */
export function autocorrelate(field: ComplexField): void {
  transform(field);
  const { re, im } = field;
  for (let i = 0; i < re.length; i++) {
    re[i] = re[i] * re[i] + im[i] * im[i];
    im[i] = 0;
  }
  transform(field); // the power spectrum is real: forward and inverse differ by a mirror, and the result is symmetric
  for (let i = 0; i < re.length; i++) re[i] /= re.length;
}

/** Columns that are transformed together: what lies side by side is read together. */
const TOGETHER = 8;

/** The discrete Fourier transform, rows first, in place. */
export function transform({ width, height, re, im }: ComplexField): void {
  const across = new Line(width, 1);
  for (let y = 0; y < height; y++) if (!isEmpty(re, im, y * width, width)) across.run(re, im, y * width, 1);
  const down = new Line(height, Math.min(TOGETHER, width));
  for (let x = 0; x < width; x += TOGETHER) down.run(re, im, x, width);
}

/** Whether a row is nothing but zeros, as half of a field is that has room for shifts. */
function isEmpty(re: Float32Array, im: Float32Array, from: number, count: number): boolean {
  for (let i = from; i < from + count; i++) if (re[i] || im[i]) return false;
  return true;
}

/** Radix-2 transform of lines of a field (Cooley and Tukey 1965). */
class Line {
  private readonly order: Uint32Array;
  private readonly kernels: Kernels;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly a: Float64Array;
  private readonly b: Float64Array;

  /** @param lines that lie side by side */
  constructor(
    private readonly n: number,
    private readonly lines: number,
  ) {
    const bits = Math.log2(n);
    this.order = Uint32Array.from({ length: n }, (_, i) => {
      let r = 0;
      for (let k = 0; k < bits; k++) r |= ((i >> k) & 1) << (bits - 1 - k);
      return r;
    });
    this.kernels = new Kernels(16 * n * (lines + 1), 4);
    [this.cos, this.sin] = [this.kernels.place(Float64Array, n), this.kernels.place(Float64Array, n)];
    [this.a, this.b] = [this.kernels.place(Float64Array, n * lines), this.kernels.place(Float64Array, n * lines)];
    // Those of the step that joins parts of `half` begin at `half`.
    for (let half = 1; half < n; half *= 2)
      for (let k = 0; k < half; k++) {
        this.cos[half + k] = Math.cos((Math.PI * k) / half);
        this.sin[half + k] = -Math.sin((Math.PI * k) / half);
      }
  }

  run(re: Float32Array, im: Float32Array, from: number, step: number): void {
    const { n, lines, order, a, b, cos, sin } = this;
    for (let i = 0, p = from; i < n; i++, p += step)
      for (let c = 0, to = order[i]; c < lines; c++, to += n) {
        a[to] = re[p + c];
        b[to] = im[p + c];
      }
    for (let c = 0; c < lines; c++) {
      const at = 8 * n * c;
      this.kernels.loops.joinParts(a.byteOffset + at, b.byteOffset + at, n, cos.byteOffset, sin.byteOffset);
    }
    for (let i = 0, p = from; i < n; i++, p += step)
      for (let c = 0, q = i; c < lines; c++, q += n) {
        re[p + c] = a[q];
        im[p + c] = b[q];
      }
  }
}
