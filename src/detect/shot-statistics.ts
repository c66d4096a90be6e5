/** Mean and standard deviation over time of each pixel, in levels, over `frames` frames. */
export interface PixelStatistics {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  readonly frames: number;
}

/** Sums over the frames of a shot (or a part of one), per pixel. Sized for at most 60,000 frames. */
export class ShotStatistics {
  private readonly sum: Uint32Array;
  private readonly squares: Uint32Array;
  frames = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.sum = new Uint32Array(width * height);
    this.squares = new Uint32Array(width * height);
  }

  add(luma: Uint8Array): void {
    const { sum, squares } = this;
    for (let p = 0; p < sum.length; p++) {
      const y = luma[p];
      sum[p] += y;
      squares[p] += y * y;
    }
    this.frames++;
  }

  /** What has been added since the last time; starts anew. */
  take(): PixelStatistics {
    const { sum, squares, frames } = this;
    const mean = new Float32Array(sum.length);
    const deviation = new Float32Array(sum.length);
    for (let p = 0; p < sum.length; p++) {
      const m = sum[p] / frames;
      mean[p] = m;
      deviation[p] = Math.sqrt(Math.max(0, squares[p] / frames - m * m));
    }
    sum.fill(0);
    squares.fill(0);
    this.frames = 0;
    return { mean, deviation, frames };
  }
}
