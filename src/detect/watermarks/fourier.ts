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

/** The discrete Fourier transform, rows first, in place. */
export function transform({ width, height, re, im }: ComplexField): void {
  const across = new Line(width);
  for (let y = 0; y < height; y++) across.run(re, im, y * width, 1);
  const down = new Line(height);
  for (let x = 0; x < width; x++) down.run(re, im, x, width);
}

/** Radix-2 transform of one line of a field (Cooley and Tukey 1965). */
class Line {
  private readonly order: Uint32Array;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly a: Float64Array;
  private readonly b: Float64Array;

  constructor(private readonly n: number) {
    const bits = Math.log2(n);
    this.order = Uint32Array.from({ length: n }, (_, i) => {
      let r = 0;
      for (let k = 0; k < bits; k++) r |= ((i >> k) & 1) << (bits - 1 - k);
      return r;
    });
    this.cos = Float64Array.from({ length: n / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / n));
    this.sin = Float64Array.from({ length: n / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
    this.a = new Float64Array(n);
    this.b = new Float64Array(n);
  }

  run(re: Float32Array, im: Float32Array, from: number, step: number): void {
    const { n, order, cos, sin, a, b } = this;
    for (let i = 0; i < n; i++) {
      a[order[i]] = re[from + i * step];
      b[order[i]] = im[from + i * step];
    }
    for (let half = 1; half < n; half *= 2) {
      const turn = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half) {
        for (let k = 0, i = start, j = start + half; k < half; k++, i++, j++) {
          const x = a[j] * cos[k * turn] - b[j] * sin[k * turn];
          const y = a[j] * sin[k * turn] + b[j] * cos[k * turn];
          a[j] = a[i] - x;
          b[j] = b[i] - y;
          a[i] += x;
          b[i] += y;
        }
      }
    }
    for (let i = 0; i < n; i++) {
      re[from + i * step] = a[i];
      im[from + i * step] = b[i];
    }
  }
}
