import { Kernels } from './kernels.js';

/** Samples, with their margins, that there is room for at first. */
const SAMPLES = 1 << 20;

/** Two copies of a map: as it is, and with a margin around it. */
class Grower {
  private readonly kernels: Kernels;
  private readonly plain: Uint8Array;
  private readonly wide: Uint8Array;

  constructor(readonly samples: number) {
    this.kernels = new Kernels(2 * samples, 2);
    this.plain = this.kernels.place(Uint8Array, samples);
    this.wide = this.kernels.place(Uint8Array, samples);
  }

  /** {@link grown} and {@link shrunk}: what is set, or what is not, grows. */
  grow(map: Uint8Array, width: number, height: number, by: number, inverse: 0 | 1): Uint8Array {
    const { plain, wide } = this;
    const { loops } = this.kernels;
    const stride = width + by;
    plain.set(map);
    loops.makeFlags(plain.byteOffset, map.length, inverse);
    wide.fill(0, 0, stride * (height + 2 * by) + by);
    for (let y = 0, to = by * stride + by; y < height; y++, to += stride) wide.set(plain.subarray(y * width, (y + 1) * width), to);
    this.join(stride * (height + 2 * by), 1, by);
    this.join(stride * height, stride, by);
    for (let y = 0; y < height; y++) plain.set(wide.subarray(y * stride, y * stride + width), y * width);
    loops.makeFlags(plain.byteOffset, map.length, inverse);
    return plain.slice(0, map.length);
  }

  /** Each of `count` samples takes in the `2 * by` that follow, `step` samples apart: twice as many each time. */
  private join(count: number, step: number, by: number): void {
    for (let done = 1; done < 2 * by + 1;) {
      const more = Math.min(done, 2 * by + 1 - done);
      // The later ones need all that they will take in.
      this.kernels.loops.joinAhead(this.wide.byteOffset, count + (2 * by + 1 - done - more) * step, more * step);
      done += more;
    }
  }
}

let grower: Grower | undefined;

function growerFor(width: number, height: number, by: number): Grower {
  const samples = (width + by) * (height + 2 * by) + by;
  if (!grower || grower.samples < samples) grower = new Grower(Math.max(SAMPLES, 2 * samples));
  return grower;
}

/** What is not 0 in a row-major map, grown by a square of `2 * by + 1` samples: a fresh map of 0 and 1. */
export const grown = (map: Uint8Array, width: number, height: number, by: number): Uint8Array =>
  growerFor(width, height, by).grow(map, width, height, by, 0);

/** The same, shrunk; what is beyond the edge counts as set. */
export const shrunk = (map: Uint8Array, width: number, height: number, by: number): Uint8Array =>
  growerFor(width, height, by).grow(map, width, height, by, 1);
