// How a source frame, moved onto a target, differs from it, see restore/candidates/agreement.ts.
import { pushPull } from './push-pull';

/** How far, in blocks, an agreement speaks for its neighbours: first the close ones, the far where there are none. */
const CLOSE: i32 = 1;
const FAR: i32 = 4;
/** What the wider neighbourhood counts, in blocks wholly seen. */
const PRIOR: f32 = 0.75;
/** The error where nothing can be compared, in levels. */
const UNSEEN: f32 = 10;
/** A source is of another scene when it differs by more than this share of the target's own texture, and by more levels than noise. */
const FOREIGN: f64 = 1.1;
const NOISE: f64 = 3;

/** Differences target − moved source into `diff` (3 planes), and 1 into `both` where both are visible. */
function differences(
  target: usize,
  targetSeen: usize,
  source: usize,
  seen: usize,
  uv: usize,
  width: i32,
  height: i32,
  diff: usize,
  both: usize,
): void {
  // prettier-ignore
  const n = <usize>(width * height) << 2;
  const row = (<usize>width) << 2;
  for (let y = 0, at: usize = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      store<f32>(both + at, 0);
      if (load<f32>(targetSeen + at) == 0) continue;
      const px = <f32>x + load<f32>(uv + at);
      const py = <f32>y + load<f32>(uv + n + at);
      if (!(px >= 0 && py >= 0 && px <= <f32>(width - 1) && py <= <f32>(height - 1))) continue;
      const x0 = min(width - 2, <i32>px);
      const y0 = min(height - 2, <i32>py);
      const k = (<usize>(y0 * width + x0)) << 2;
      const s = seen + k;
      if (load<f32>(s) == 0 || load<f32>(s + 4) == 0 || load<f32>(s + row) == 0 || load<f32>(s + row + 4) == 0) continue;
      store<f32>(both + at, 1);
      const fx = px - <f32>x0;
      const fy = py - <f32>y0;
      for (let c: usize = 0; c < 3 * n; c += n) {
        const q = source + c + k;
        const a = load<f32>(q) + (load<f32>(q + 4) - load<f32>(q)) * fx;
        const b = load<f32>(q + row) + (load<f32>(q + row + 4) - load<f32>(q + row)) * fx;
        store<f32>(diff + c + at, load<f32>(target + c + at) - a - (b - a) * fy);
      }
    }
  }
}

/** Means over blocks of 4×4, by visible samples; the visible share in `weight`. @param n, bn bytes of a plane and of its blocks */
function blocks(from: usize, both: usize, width: i32, height: i32, channels: usize, to: usize, weight: usize, n: usize, bn: usize): void {
  const bw = (width + 3) >> 2;
  memory.fill(to, 0, channels * bn);
  memory.fill(weight, 0, bn);
  for (let y = 0, at: usize = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      if (load<f32>(both + at) == 0) continue;
      const k = (<usize>((y >> 2) * bw + (x >> 2))) << 2;
      store<f32>(weight + k, load<f32>(weight + k) + 1);
      for (let c: usize = 0; c < channels; c++) store<f32>(to + c * bn + k, load<f32>(to + c * bn + k) + load<f32>(from + c * n + at));
    }
  }
  for (let k: usize = 0; k < bn; k += 4) {
    const w = load<f32>(weight + k);
    if (w > 0) for (let c: usize = 0; c < channels; c++) store<f32>(to + c * bn + k, load<f32>(to + c * bn + k) / w);
    store<f32>(weight + k, w / 16);
  }
}

/** Weighted means over (2 r + 1)² blocks; the prior counts where little is seen: a plane, or {@link UNSEEN} where there is none. */
function smooth(values: usize, weight: usize, width: i32, height: i32, r: i32, prior: usize, to: usize): void {
  for (let y = 0, at: usize = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      let s: f32 = 0;
      let n: f32 = 0;
      const left = max(0, x - r);
      const columns = min(width - 1, x + r) - left + 1;
      for (let q = max(0, y - r); q <= min(height - 1, y + r); q++) {
        let k = (<usize>(q * width + left)) << 2;
        for (let i = 0; i < columns; i++, k += 4) {
          s += load<f32>(weight + k) * load<f32>(values + k);
          n += load<f32>(weight + k);
        }
      }
      store<f32>(to + at, (s + PRIOR * (prior ? load<f32>(prior + at) : UNSEEN)) / (n + PRIOR));
    }
  }
}

/** Whether what is left of the target after the source is taken off is as strong as its own texture within blocks of 4×4. */
function isForeign(target: usize, error: usize, both: usize, width: i32, height: i32, means: usize): bool {
  const bw = (width + 3) >> 2;
  let left: f64 = 0;
  let texture: f64 = 0;
  let n: f64 = 0;
  for (let y = 0, at: usize = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      if (load<f32>(both + at) == 0) continue;
      left += load<f32>(error + at);
      texture += Mathf.abs(load<f32>(target + at) - load<f32>(means + ((<usize>((y >> 2) * bw + (x >> 2))) << 2)));
      n += 1;
    }
  }
  return left > NOISE * n && left > FOREIGN * texture;
}

/**
 * Compares the target with a source moved onto it; returns 0 when they do not show the same scene.
 * @param target, source f32, three planes @param targetSeen, seen f32 @param uv f32, u and v
 * @param offset f32, three planes of blocks: what to add to the source @param error f32, a plane of blocks: mean absolute difference around
 * @param work f32: four planes and three of blocks @param scratch for the push-pull of three planes of blocks
 */
export function compareFrames(
  target: usize,
  targetSeen: usize,
  source: usize,
  seen: usize,
  uv: usize,
  width: i32,
  height: i32,
  offset: usize,
  error: usize,
  work: usize,
  scratch: usize,
): i32 {
  const bw = (width + 3) >> 2;
  const bh = (height + 3) >> 2;
  const n = (<usize>(width * height)) << 2;
  const bn = (<usize>(bw * bh)) << 2;
  const diff = work;
  const both = work + 3 * n;
  const weight = both + n;
  const own = weight + bn;
  const far = own + bn;
  differences(target, targetSeen, source, seen, uv, width, height, diff, both);
  blocks(diff, both, width, height, 3, offset, weight, n, bn);
  // Even a block that is all visible borrows from its neighbours: its own mean is texture as much as light.
  for (let k: usize = 0; k < bn; k += 4) store<f32>(own + k, <f32>0.75 * load<f32>(weight + k));
  pushPull(offset, own, bw, bh, 3, scratch);
  for (let y = 0, at: usize = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      if (load<f32>(both + at) == 0) continue;
      const k = offset + ((<usize>((y >> 2) * bw + (x >> 2))) << 2);
      const r = Mathf.abs(load<f32>(diff + at) - load<f32>(k));
      const g = Mathf.abs(load<f32>(diff + n + at) - load<f32>(k + bn));
      const b = Mathf.abs(load<f32>(diff + 2 * n + at) - load<f32>(k + 2 * bn));
      store<f32>(diff + at, (r + g + b) / 3);
    }
  }
  blocks(target, both, width, height, 1, own, weight, n, bn);
  if (isForeign(target, diff, both, width, height, own)) return 0;
  blocks(diff, both, width, height, 1, own, weight, n, bn);
  smooth(own, weight, bw, bh, FAR, 0, far);
  smooth(own, weight, bw, bh, CLOSE, far, error);
  return 1;
}
