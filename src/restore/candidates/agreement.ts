import type { Flow } from './flow.js';
import type { PreparedFrame } from './prepare.js';
import { pushPull } from './push-pull.js';

/** How far, in blocks, an agreement speaks for its neighbours: first the close ones, the far where there are none. */
const CLOSE = 1;
const FAR = 4;
/** What the wider neighbourhood counts, in blocks wholly seen. */
const PRIOR = 0.75;
/** The error where nothing can be compared, in levels. */
const UNSEEN = 10;
/** A source is of another scene when it differs by more than this share of the target's own texture, and by more levels than noise. */
const FOREIGN = 1.1;
const NOISE = 3;

/** How a source frame, moved onto the target, differs from it where both are visible; planes an eighth of full size. */
export interface Agreement {
  readonly width: number;
  readonly height: number;
  /** Mean absolute difference around, levels 0 … 255. */
  readonly error: Float32Array;
  /** What to add to the source so that it meets the target's colours (light, fades): planes R, G, B. */
  readonly offset: Float32Array;
}

/** Differences target − moved source into `diff` (3 planes), and 1 into `both` where both are visible. */
function differences(target: PreparedFrame, source: PreparedFrame, flow: Flow, diff: Float32Array, both: Float32Array): void {
  const { width, height, uv } = flow;
  const n = width * height;
  const { half, seen } = source;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!target.seen[i]) continue;
      const px = x + uv[i];
      const py = y + uv[n + i];
      if (!(px >= 0 && py >= 0 && px <= width - 1 && py <= height - 1)) continue;
      const x0 = Math.min(width - 2, Math.floor(px));
      const y0 = Math.min(height - 2, Math.floor(py));
      const k = y0 * width + x0;
      if (!(seen[k] && seen[k + 1] && seen[k + width] && seen[k + width + 1])) continue;
      both[i] = 1;
      const fx = px - x0;
      const fy = py - y0;
      for (let c = 0, q = k; c < 3; c++, q += n) {
        const a = half[q] + (half[q + 1] - half[q]) * fx;
        const b = half[q + width] + (half[q + width + 1] - half[q + width]) * fx;
        diff[c * n + i] = target.half[c * n + i] - a - (b - a) * fy;
      }
    }
  }
}

/** Means over blocks of 4×4, by visible samples, planes of `from` one after the other; the visible share in `weight`. */
function blocks(
  from: Float32Array,
  both: Float32Array,
  width: number,
  height: number,
  channels: number,
  weight: Float32Array,
): Float32Array {
  const bw = (width + 3) >> 2;
  const n = weight.length;
  const out = new Float32Array(channels * n);
  weight.fill(0);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!both[i]) continue;
      const k = (y >> 2) * bw + (x >> 2);
      weight[k]++;
      for (let c = 0; c < channels; c++) out[c * n + k] += from[c * width * height + i];
    }
  }
  for (let k = 0; k < n; k++) {
    if (weight[k]) for (let c = 0; c < channels; c++) out[c * n + k] /= weight[k];
    weight[k] /= 16;
  }
  return out;
}

/** Weighted means over (2 r + 1)² blocks; `prior` counts as one block's worth of the value where little is seen. */
function smooth(
  values: Float32Array,
  weight: Float32Array,
  width: number,
  height: number,
  r: number,
  prior: ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(values.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let s = 0;
      let n = 0;
      for (let q = Math.max(0, y - r); q <= Math.min(height - 1, y + r); q++) {
        for (let k = q * width + Math.max(0, x - r), e = q * width + Math.min(width - 1, x + r); k <= e; k++) {
          s += weight[k] * values[k];
          n += weight[k];
        }
      }
      out[i] = (s + PRIOR * prior[i]) / (n + PRIOR);
    }
  }
  return out;
}

/** Whether what is left of the target after the source is taken off is as strong as its own texture within blocks of 4×4. */
function isForeign({ half }: PreparedFrame, error: Float32Array, both: Float32Array, width: number, height: number): boolean {
  const bw = (width + 3) >> 2;
  const means = blocks(half, both, width, height, 1, new Float32Array(bw * ((height + 3) >> 2)));
  let left = 0;
  let texture = 0;
  let n = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!both[i]) continue;
      left += error[i];
      texture += Math.abs(half[i] - means[(y >> 2) * bw + (x >> 2)]);
      n++;
    }
  }
  return left > NOISE * n && left > FOREIGN * texture;
}

/** Compares the target with a source moved onto it; undefined when they do not show the same scene. */
export function agreement(target: PreparedFrame, source: PreparedFrame, flow: Flow): Agreement | undefined {
  const { width, height } = flow;
  const n = width * height;
  const diff = new Float32Array(3 * n);
  const both = new Float32Array(n);
  differences(target, source, flow, diff, both);
  const bw = (width + 3) >> 2;
  const bh = (height + 3) >> 2;
  const bn = bw * bh;
  const weight = new Float32Array(bn);
  const offset = blocks(diff, both, width, height, 3, weight);
  const share = weight.map((w) => 0.75 * w); // even a block that is all visible borrows from its neighbours: its own mean is texture as much as light
  pushPull(offset, share, bw, bh, 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!both[i]) continue;
      const k = (y >> 2) * bw + (x >> 2);
      diff[i] =
        (Math.abs(diff[i] - offset[k]) + Math.abs(diff[n + i] - offset[bn + k]) + Math.abs(diff[2 * n + i] - offset[2 * bn + k])) / 3;
    }
  }
  if (isForeign(target, diff, both, width, height)) return undefined;
  const own = blocks(diff, both, width, height, 1, weight);
  const far = smooth(own, weight, bw, bh, FAR, new Float32Array(bn).fill(UNSEEN));
  return { width: bw, height: bh, error: smooth(own, weight, bw, bh, CLOSE, far), offset };
}
