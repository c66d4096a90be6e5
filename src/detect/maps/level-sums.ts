import { Kernels } from '../kernels/kernels.js';

/** Mean and standard deviation of the luma over frames, row-major, in levels. */
export interface LevelStatistics {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** The memory of a place's sums. */
class Room {
  readonly kernels: Kernels;
  readonly luma: Uint8Array;
  readonly sum: Uint32Array;
  readonly squares: Uint32Array;

  constructor(readonly samples: number) {
    this.kernels = new Kernels(9 * samples, 3);
    this.luma = this.kernels.place(Uint8Array, samples);
    this.sum = this.kernels.place(Uint32Array, samples);
    this.squares = this.kernels.place(Uint32Array, samples);
  }
}

/** Rooms that nobody uses, and how many are kept: a film has a thousand cues, and the memory of a module is let go late. */
const spare: Room[] = [];
const SPARE = 4;

function roomFor(size: number): Room {
  const at = spare.findIndex(({ samples }) => samples >= size);
  const [room] = at < 0 ? [new Room(size)] : spare.splice(at, 1);
  room.sum.fill(0, 0, size);
  room.squares.fill(0, 0, size);
  return room;
}

/** Sums of the luma of one place over frames; at most 66,000. */
export class LevelSums {
  private readonly room: Room;
  /** Room for the samples of a frame: those that are added from here need not be copied. */
  readonly input: Uint8Array;
  private readonly sum: Uint32Array;
  private readonly squares: Uint32Array;
  count = 0;

  /** @param size samples of the place */
  constructor(private readonly size: number) {
    this.room = roomFor(size);
    this.input = this.room.luma.subarray(0, size);
    this.sum = this.room.sum.subarray(0, size);
    this.squares = this.room.squares.subarray(0, size);
  }

  add(crop: Uint8Array): void {
    const { input, sum, squares, size } = this;
    if (crop !== input) input.set(crop);
    this.room.kernels.loops.addLevels(input.byteOffset, size, sum.byteOffset, squares.byteOffset);
    this.count++;
  }

  /** Leaves its memory to others; it must not be used any more. */
  close(): void {
    spare.push(this.room);
    spare.sort((a, b) => a.samples - b.samples);
    if (spare.length > SPARE) spare.shift();
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
