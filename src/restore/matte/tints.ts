import type { Box } from '../../core/area.js';
import type { Plane } from '../../core/frame.js';
import { chromaBox, chromaMap, type Shift } from './chroma-map.js';
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
    private readonly shift: Shift,
  ) {
    this.box = chromaBox(hole.box, shift);
    this.unknown = Uint8Array.from(chromaMap(hole.unknown, hole.box, shift), (share) => (share > 0 ? 1 : 0));
    this.sum = new Float64Array(this.unknown.length);
  }

  add(plane: Plane, depth: number): void {
    const levels = levelsIn(plane, this.box, depth);
    this.frames++;
    for (let i = 0; i < levels.length; i++) this.sum[i] += levels[i];
  }

  /** What the mark does to the plane on the whole. */
  tint(): Tint {
    const inner = chromaMap(this.hole.inner, this.hole.box, this.shift);
    const { mean, scene } = this.pictures();
    let [n, difference, ground] = [0, 0, 0];
    for (let i = 0; i < inner.length; i++) {
      if (inner[i] < 1) continue;
      n++;
      difference += mean[i] - scene[i];
      ground += scene[i];
    }
    return { difference: difference / Math.max(1, n), scene: ground / Math.max(1, n) };
  }

  /** α of the plane's samples from luma's, and the level that fits best with it. */
  fitted(luma: Float32Array): { readonly alpha: Float32Array; readonly level: number } {
    const alpha = chromaMap(luma, this.hole.box, this.shift);
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
}
