import type { Plane } from '../../core/frame.js';
import type { Hole } from './hole.js';
import { levelsIn, roughness, spanned } from './membrane.js';

/** Pixels of a hole whose course over time is kept; more add nothing. */
const MOST = 6000;
/** Squared levels that a membrane is off even where the scene is smooth; and depth, in samples, from which it is off no more. */
const NOISE = 4;
const DEEPEST = 8;

/** How the level under a mark goes with what the scene would be there: a slope, and what it rests on. */
export interface Course {
  readonly slope: number;
  /** Weighted sum of the squares of the scene's deviations. */
  readonly weight: number;
  /** Their standard deviation, levels. */
  readonly spread: number;
}

/**
 * Sums over frames of what a hole shows against the membrane over it: y against x in y = αc + (1 − α)x. Frames and places count the
 * more, the smoother the scene round them.
 */
export class Moments {
  private readonly pixels: Int32Array;
  private readonly w: Float64Array;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly xx: Float64Array;
  private readonly xy: Float64Array;
  private readonly yy: Float64Array;
  /** Sum of the levels of the hole's box. */
  private readonly sum: Float64Array;
  private frames = 0;

  constructor(readonly hole: Hole) {
    const inner = hole.inner.reduce((n, v) => n + v, 0);
    const stride = Math.max(1, Math.ceil(inner / MOST));
    let k = 0;
    const chosen: number[] = [];
    for (let i = 0; i < hole.inner.length; i++) if (hole.inner[i] && k++ % stride === 0) chosen.push(i);
    this.pixels = Int32Array.from(chosen);
    [this.w, this.x, this.y, this.xx, this.xy, this.yy] = Array.from({ length: 6 }, () => new Float64Array(chosen.length));
    this.sum = new Float64Array(hole.inner.length);
  }

  /** Takes a frame that carries the mark. @param depth bits a sample */
  add(luma: Plane, depth: number): void {
    const { box, unknown, depth: depths } = this.hole;
    const levels = levelsIn(luma, box, depth);
    const scene = spanned(levels, unknown, box.width, box.height);
    const rough = roughness(levels, unknown, box.width, box.height);
    this.frames++;
    for (let i = 0; i < levels.length; i++) this.sum[i] += levels[i];
    for (let k = 0; k < this.pixels.length; k++) {
      const i = this.pixels[k];
      const w = 1 / (NOISE + rough[i] * Math.min(DEEPEST, depths[i]));
      this.w[k] += w;
      this.x[k] += w * scene[i];
      this.y[k] += w * levels[i];
      this.xx[k] += w * scene[i] * scene[i];
      this.xy[k] += w * scene[i] * levels[i];
      this.yy[k] += w * levels[i] * levels[i];
    }
  }

  /** Mean levels of the hole's box. */
  mean(): Float32Array {
    return Float32Array.from(this.sum, (v) => v / Math.max(1, this.frames));
  }

  /** The course of all pixels together, in time and from place to place. */
  overall(): Course {
    const [w, x, y, xx, xy] = [this.w, this.x, this.y, this.xx, this.xy].map((a) => a.reduce((s, v) => s + v, 0));
    return course(w, xx - (x * x) / w, xy - (x * y) / w);
  }

  /** The course in time only: what differs from place to place and stays is left out. */
  inTime(): Course {
    const { w, xx, xy } = this.aboutMeans();
    return course(w, xx, xy);
  }

  /** What of the levels' variance over time does not follow the scene, over what is usual for a scene as rough as the one round it. */
  unrest(): number {
    const { xx, xy, yy } = this.aboutMeans();
    return (yy - (xx ? (xy * xy) / xx : 0)) / Math.max(1, this.frames * this.pixels.length);
  }

  /** Sums about the mean of each pixel. */
  private aboutMeans(): { readonly w: number; readonly xx: number; readonly xy: number; readonly yy: number } {
    let [w, xx, xy, yy] = [0, 0, 0, 0];
    for (let k = 0; k < this.pixels.length; k++) {
      w += this.w[k];
      xx += this.xx[k] - (this.x[k] * this.x[k]) / this.w[k];
      xy += this.xy[k] - (this.x[k] * this.y[k]) / this.w[k];
      yy += this.yy[k] - (this.y[k] * this.y[k]) / this.w[k];
    }
    return { w, xx, xy, yy };
  }
}

const course = (w: number, xx: number, xy: number): Course => ({
  slope: xy / Math.max(1e-6, xx),
  weight: Math.max(1e-6, xx),
  spread: Math.sqrt(Math.max(0, xx / Math.max(1e-9, w))),
});
