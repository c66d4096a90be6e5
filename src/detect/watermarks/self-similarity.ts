import { autocorrelate, powerOfTwo, type ComplexField } from './fourier.js';
import { isFaintMark, type StretchStatistics } from '../survey/stretch-statistics.js';

/** Share of the picture that must overlap its shifted self for a value to say anything. */
const LEAST_OVERLAP = 0.05;
/** Share of the picture's width and height up to which shifts do not wrap round. */
const ROOM = 0.92;

/** A place with the value that was found there. */
export interface Peak {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** How well the directions of a stretch's persistent edges agree with themselves after a shift, at half the surveyed size. */
export class SelfSimilarity {
  /** Half the surveyed size; shifts of x are in -width ... width - 1, of y in 0 ... height - 1. */
  readonly width: number;
  readonly height: number;
  /** 2 * width values a row: the correlation over that without a shift, for the part that overlaps. */
  readonly values: Float32Array;
  /** Edges that took part. */
  readonly edges: number;

  constructor(statistics: StretchStatistics) {
    const { field, w, h } = directions(statistics);
    autocorrelate(field);
    this.width = w;
    this.height = h;
    this.edges = field.re[0];
    this.values = normalised(field, w, h);
  }

  /** Share of the picture that its self shifted by (x, y) overlaps. */
  overlap(x: number, y: number): number {
    return Math.max(0, 1 - Math.abs(x) / this.width) * Math.max(0, 1 - Math.abs(y) / this.height);
  }

  /** The value at a shift of whole samples, of any sign; 0 where too little overlaps. */
  at(x: number, y: number): number {
    const [u, v] = y < 0 ? [-x, -y] : [x, y];
    return u < -this.width || u >= this.width || v >= this.height ? 0 : this.values[v * 2 * this.width + u + this.width];
  }

  /** The highest value within a sample of a shift, and its place to a part of a sample (a parabola through its neighbours). */
  peakNear(x: number, y: number): Peak {
    let best: Peak = { x: Math.round(x), y: Math.round(y), value: -1 };
    for (let v = Math.round(y) - 1, end = v + 3; v < end; v++)
      for (let u = Math.round(x) - 1, last = u + 3; u < last; u++) {
        const value = this.at(u, v);
        if (value > best.value) best = { x: u, y: v, value };
      }
    const { x: u, y: v, value } = best;
    return {
      x: u + vertex(this.at(u - 1, v), value, this.at(u + 1, v)),
      y: v + vertex(this.at(u, v - 1), value, this.at(u, v + 1)),
      value,
    };
  }
}

/** Where a parabola through three neighbouring values is highest, from the middle one; -0.5 ... 0.5. */
function vertex(left: number, middle: number, right: number): number {
  const bend = left - 2 * middle + right;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (left - right)) / bend)) : 0;
}

/** Unit vectors along the gradient of persistent edges at half the size, in a field with room for every shift looked at. */
function directions(statistics: StretchStatistics): { field: ComplexField; w: number; h: number } {
  const { width, height, gx, gy, strength } = statistics;
  const [w, h] = [width >> 1, height >> 1];
  const [fw, fh] = [powerOfTwo(w * (1 + ROOM)), powerOfTwo(h * (1 + ROOM))];
  const field = { width: fw, height: fh, re: new Float32Array(fw * fh), im: new Float32Array(fw * fh) };
  for (let y = 0; y < 2 * h; y++) {
    for (let x = 0; x < 2 * w; x++) {
      const p = y * width + x;
      if (!isFaintMark(statistics, p)) continue;
      const q = (y >> 1) * fw + (x >> 1);
      field.re[q] += gx[p] / strength[p];
      field.im[q] += gy[p] / strength[p];
    }
  }
  for (let q = 0; q < field.re.length; q++) {
    const length = Math.hypot(field.re[q], field.im[q]);
    field.re[q] = length > 0.5 ? field.re[q] / length : 0;
    field.im[q] = length > 0.5 ? field.im[q] / length : 0;
  }
  return { field, w, h };
}

/** Correlation at shifts of x in -w … w - 1 and y in 0 … h - 1, over that without a shift, for the part that overlaps. */
function normalised({ width, height, re }: ComplexField, w: number, h: number): Float32Array {
  const out = new Float32Array(2 * w * h);
  for (let y = 0; y < h; y++) {
    for (let x = -w; x < w; x++) {
      const overlap = ((w - Math.abs(x)) * (h - y)) / (w * h);
      if (overlap <= LEAST_OVERLAP) continue;
      out[y * 2 * w + x + w] = re[(y % height) * width + ((x + width) % width)] / re[0] / overlap;
    }
  }
  return out;
}
