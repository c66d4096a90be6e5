/** Mean and standard deviation of the luma over frames, row-major, in levels. */
export interface LevelStatistics {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Sums of the luma of one place over frames; at most 66,000. */
export class LevelSums {
  private readonly sum: Uint32Array;
  private readonly squares: Uint32Array;
  count = 0;

  /** @param size samples of the place */
  constructor(size: number) {
    this.sum = new Uint32Array(size);
    this.squares = new Uint32Array(size);
  }

  add(crop: Uint8Array): void {
    const { sum, squares } = this;
    for (let i = 0; i < sum.length; i++) {
      const level = crop[i];
      sum[i] += level;
      squares[i] += level * level;
    }
    this.count++;
  }

  /** All 0 before the first frame. */
  mean(): Float32Array {
    return meanOf(this.sum, Math.max(1, this.count));
  }

  statistics(): LevelStatistics {
    return statisticsOf(this.sum, this.squares, Math.max(1, this.count));
  }
}

/** The statistics of sums over `count` frames. */
export function statisticsOf(sum: Uint32Array, squares: Uint32Array, count: number): LevelStatistics {
  const mean = meanOf(sum, count);
  const deviation = new Float32Array(mean.length);
  for (let i = 0; i < mean.length; i++) deviation[i] = Math.sqrt(Math.max(0, squares[i] / count - mean[i] * mean[i]));
  return { mean, deviation };
}

function meanOf(sum: Uint32Array, count: number): Float32Array {
  const mean = new Float32Array(sum.length);
  for (let i = 0; i < mean.length; i++) mean[i] = sum[i] / count;
  return mean;
}
