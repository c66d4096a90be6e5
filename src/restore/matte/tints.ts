import type { Box } from '../../core/area.js';
import type { Plane } from '../../core/frame.js';
import type { Tint } from './opacity.js';
import type { Hole } from './hole.js';
import { levelsIn, spanned } from './membrane.js';

/** Sums of a chroma plane over frames, under a mark's hole. */
export class TintSums {
  readonly box: Box;
  private readonly unknown: Uint8Array;
  private readonly sum: Float64Array;
  private frames = 0;

  /** @param shift of the plane against luma, see `chromaShift` */
  constructor(
    private readonly hole: Hole,
    private readonly shift: { readonly x: number; readonly y: number },
  ) {
    const { x, y, width, height } = hole.box;
    const [left, top] = [x >> shift.x, y >> shift.y];
    this.box = {
      x: left,
      y: top,
      width: ((x + width - 1) >> shift.x) - left + 1,
      height: ((y + height - 1) >> shift.y) - top + 1,
    };
    this.unknown = this.shrunk(hole.unknown, (sum) => (sum ? 1 : 0), new Uint8Array(this.box.width * this.box.height));
    this.sum = new Float64Array(this.unknown.length);
  }

  add(plane: Plane, depth: number): void {
    const levels = levelsIn(plane, this.box, depth);
    this.frames++;
    for (let i = 0; i < levels.length; i++) this.sum[i] += levels[i];
  }

  /** What the mark does to the plane on the whole. */
  tint(): Tint {
    const inner = this.shrunk(this.hole.inner, (sum, n) => (sum === n ? 1 : 0), new Uint8Array(this.unknown.length));
    const { mean, scene } = this.pictures();
    let [n, difference, ground] = [0, 0, 0];
    for (let i = 0; i < inner.length; i++) {
      if (!inner[i]) continue;
      n++;
      difference += mean[i] - scene[i];
      ground += scene[i];
    }
    return { difference: difference / Math.max(1, n), scene: ground / Math.max(1, n) };
  }

  /** α of the plane's samples from luma's, and the level that fits best with it. */
  fitted(luma: Float32Array): { readonly alpha: Float32Array; readonly level: number } {
    const alpha = this.shrunk(luma, (sum, n) => sum / n, new Float32Array(this.unknown.length));
    const { mean, scene } = this.pictures();
    let [sum, power] = [0, 0];
    for (let i = 0; i < alpha.length; i++) {
      sum += alpha[i] * (mean[i] - scene[i] + alpha[i] * scene[i]);
      power += alpha[i] * alpha[i];
    }
    return { alpha, level: power ? sum / power : 128 };
  }

  private pictures(): { readonly mean: Float32Array; readonly scene: Float32Array } {
    const mean = Float32Array.from(this.sum, (v) => v / Math.max(1, this.frames));
    return { mean, scene: spanned(mean, this.unknown, this.box.width, this.box.height) };
  }

  /** A map of the hole's box at the plane's size. */
  private shrunk<T extends Uint8Array | Float32Array>(map: ArrayLike<number>, of: (sum: number, count: number) => number, out: T): T {
    const { shift, box } = this;
    const from = this.hole.box;
    const sums = new Float64Array(out.length);
    const counts = new Uint8Array(out.length);
    for (let y = 0, i = 0; y < from.height; y++) {
      for (let x = 0; x < from.width; x++, i++) {
        const at = (((from.y + y) >> shift.y) - box.y) * box.width + ((from.x + x) >> shift.x) - box.x;
        sums[at] += map[i];
        counts[at]++;
      }
    }
    for (let i = 0; i < out.length; i++) out[i] = of(sums[i], counts[i]);
    return out;
  }
}
