import { Kernels } from '../kernels/kernels.js';

/** Runs that ended at one frame: pixel `pixel[i]` kept the level `level[i]` from frame `start[i]` to frame `end`. */
export interface EndedRuns {
  readonly end: number;
  readonly count: number;
  readonly pixel: Int32Array;
  readonly start: Int32Array;
  readonly level: Uint8Array;
}

export interface RunOptions {
  readonly width: number;
  readonly height: number;
  /** Frames a level must be kept to count; and to the end of the last frame: it may have gone on. */
  readonly minLength: number;
  readonly minLengthAtEnd?: number;
  /** Levels a sample may leave the running mean. Above codec noise, below the contrast of a glyph. */
  readonly tolerance?: number;
  /** Levels between a pixel and its neighbours that make it part of an edge; flat areas are not reported. */
  readonly contrast?: number;
}

const FRACTION = 6;

/**
 * Cuts the luma history of every pixel into runs of a kept level. Glyphs, outlines and logos are runs that share a
 * start and an end; moving pictures are short runs; a still background is runs from cut to cut. A run ends only at the
 * second frame in a row that leaves it, so a flash of one frame or a pulse of the codec does not end it.
 */
export class StableRuns {
  private readonly kernels: Kernels;
  private readonly luma: Uint8Array;
  private readonly mean: Int16Array;
  private readonly start: Int32Array;
  /** 0 = inside the run; otherwise 1 + the level of the frame before, which left it. */
  private readonly left: Uint16Array;
  private readonly ended: Int32Array;
  private readonly tolerance: number;
  private readonly contrast: number;
  private time = 0;

  constructor(private readonly options: RunOptions) {
    const n = options.width * options.height;
    this.kernels = new Kernels(13 * n, 5);
    this.luma = this.kernels.place(Uint8Array, n);
    this.mean = this.kernels.place(Int16Array, n);
    this.start = this.kernels.place(Int32Array, n);
    this.left = this.kernels.place(Uint16Array, n);
    this.ended = this.kernels.place(Int32Array, n);
    this.tolerance = (options.tolerance ?? 12) << FRACTION;
    this.contrast = (options.contrast ?? 30) << FRACTION;
  }

  /** Takes the next frame; returns the edge runs that the last two frames ended. */
  push(luma: Uint8Array): EndedRuns {
    const { mean, start, left, tolerance, ended, kernels } = this;
    const t = this.time++;
    if (t === 0) {
      for (let p = 0; p < mean.length; p++) mean[p] = luma[p] << FRACTION;
      return this.collect(0, -1);
    }
    this.luma.set(luma);
    const [frame, means, starts, lefts, ends] = [this.luma, mean, start, left, ended].map((a) => a.byteOffset);
    const n = kernels.loops.followRuns(frame, means, starts, lefts, ends, mean.length, t, t - this.options.minLength, tolerance);
    const runs = this.collect(n, t - 2);
    kernels.loops.beginRuns(frame, means, starts, lefts, ends, n, t, tolerance);
    return runs;
  }

  /** The runs that are still going on after the last frame. */
  finish(): EndedRuns {
    const { minLength, minLengthAtEnd = minLength } = this.options;
    let n = 0;
    for (let p = 0; p < this.start.length; p++) if (this.start[p] <= this.time - minLengthAtEnd) this.ended[n++] = p;
    return this.collect(n, this.time - 1);
  }

  /** Of the pixels whose runs have ended, those at an edge. */
  private collect(n: number, end: number): EndedRuns {
    const { ended, mean, kernels, contrast } = this;
    const { width, height } = this.options;
    const count = kernels.loops.edgesFirst(mean.byteOffset, ended.byteOffset, n, width, height, contrast);
    const pixel = ended.slice(0, count);
    const start = new Int32Array(count);
    const level = new Uint8Array(count);
    for (let k = 0; k < count; k++) {
      start[k] = this.start[pixel[k]];
      level[k] = this.mean[pixel[k]] >> FRACTION;
    }
    return { end, count, pixel, start, level };
  }
}
