import { statisticsOf, type LevelStatistics } from '../maps/level-sums.js';
import { Kernels } from './kernels.js';

/** What a place of the picture did over frames. */
export interface PlaceStatistics extends LevelStatistics {
  /** Mean of the squared differences across and down, added; 0 in the first and last row, of no meaning in the first and last column. */
  readonly power: Float64Array;
}

/** Sums of the luma of one place, and of its differences, over frames; at most 30,000. */
export class PlaceSums {
  private readonly kernels: Kernels;
  /** Room for the samples of a frame: those that are added from here need not be copied. */
  readonly input: Uint8Array;
  private readonly sum: Uint32Array;
  private readonly squares: Uint32Array;
  private readonly power: Uint32Array;
  count = 0;

  /** @param width of the place @param size samples of it */
  constructor(
    private readonly width: number,
    private readonly size: number,
  ) {
    this.kernels = new Kernels(13 * size, 4);
    this.input = this.kernels.place(Uint8Array, size);
    this.sum = this.kernels.place(Uint32Array, size);
    this.squares = this.kernels.place(Uint32Array, size);
    this.power = this.kernels.place(Uint32Array, size);
  }

  add(crop: Uint8Array): void {
    const { input, width, size, sum, squares, power } = this;
    if (crop !== input) input.set(crop);
    this.kernels.loops.addPlace(input.byteOffset, width, size, sum.byteOffset, squares.byteOffset, power.byteOffset);
    this.count++;
  }

  /** All 0 before the first frame. */
  statistics(): PlaceStatistics {
    const share = Math.max(1, this.count);
    const power = new Float64Array(this.size);
    for (let i = 0; i < power.length; i++) power[i] = this.power[i] / share;
    return { ...statisticsOf(this.sum, this.squares, share), power };
  }
}
