import { Kernels } from '../kernels/kernels.js';

/** What the pixels of a stretch of frames did, row-major maps of the surveyed size, in levels. */
export interface StretchStatistics {
  readonly width: number;
  readonly height: number;
  /** Mean of the luma over time, and its standard deviation. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** Mean over time of the gradient, levels a sample. */
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  /** Length of that mean gradient. */
  readonly strength: Float32Array;
  /**
   * Length of the mean gradient over the gradient's own deviation: above 1 an edge that stays while the rest changes.
   * What lies behind a semi-transparent mark changes its luma all the time, but hardly the mean of its gradient.
   */
  readonly persistence: Float32Array;
  /** Frames that were summed up. */
  readonly frames: number;
}

/** Levels a sample and persistence of an edge that may be a faint mark's. */
const WEAKEST = 2.5;
const STEADY = 1.2;

/** Whether an edge stood through a stretch, however faint it is. */
export const isFaintMark = ({ strength, persistence }: StretchStatistics, p: number): boolean =>
  strength[p] > WEAKEST && persistence[p] > STEADY;

/** Deviation of a gradient that codec noise alone makes, squared. */
const NOISE = 0.6;

/** Sums over frames of a stretch, per pixel. Sized for at most 30,000 frames. */
export class StretchSums {
  private readonly kernels: Kernels;
  private readonly luma: Uint8Array;
  private readonly sum: Uint32Array;
  private readonly squares: Uint32Array;
  private readonly gx: Int32Array;
  private readonly gy: Int32Array;
  private readonly power: Uint32Array;
  frames = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    const n = width * height;
    this.kernels = new Kernels(21 * n, 6);
    this.luma = this.kernels.place(Uint8Array, n);
    this.sum = this.kernels.place(Uint32Array, n);
    this.squares = this.kernels.place(Uint32Array, n);
    this.gx = this.kernels.place(Int32Array, n);
    this.gy = this.kernels.place(Int32Array, n);
    this.power = this.kernels.place(Uint32Array, n);
  }

  add(luma: Uint8Array): void {
    const { width } = this;
    this.luma.set(luma);
    const sums = [this.sum, this.squares, this.gx, this.gy, this.power].map((a) => a.byteOffset) as [
      number,
      number,
      number,
      number,
      number,
    ];
    this.kernels.loops.addToSums(this.luma.byteOffset, width, width, luma.length - width, ...sums);
    this.frames++;
  }

  /** What has been added since the last time; starts anew. */
  take(): StretchStatistics {
    const { width, height, frames } = this;
    const n = width * height;
    const [mean, deviation, gx, gy, strength, persistence] = Array.from({ length: 6 }, () => new Float32Array(n));
    for (let p = width; p < n - width; p++) {
      if (p % width === 0 || p % width === width - 1) continue; // there the sums run over into the next row
      const m = this.sum[p] / frames;
      mean[p] = m;
      deviation[p] = Math.sqrt(Math.max(0, this.squares[p] / frames - m * m));
      const x = this.gx[p] / (2 * frames);
      const y = this.gy[p] / (2 * frames);
      const squared = x * x + y * y;
      gx[p] = x;
      gy[p] = y;
      strength[p] = Math.sqrt(squared);
      persistence[p] = strength[p] / Math.sqrt(Math.max(0, this.power[p] / (4 * frames) - squared) + NOISE);
    }
    for (const sums of [this.sum, this.squares, this.gx, this.gy, this.power]) sums.fill(0);
    this.frames = 0;
    return { width, height, mean, deviation, gx, gy, strength, persistence, frames };
  }
}
