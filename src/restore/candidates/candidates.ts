import { agreement, type Agreement } from './agreement.js';
import { denseFlow, enlarge, globalShift, type Flow } from './flow.js';
import { fuse } from './fuse.js';
import { prepareFrame, type PreparedFrame } from './prepare.js';
import { sample } from './sample.js';
import type { Candidates, CandidateWindow } from './window.js';

/** Disagreement, in levels, at which a source counts 1/e. */
const TOLERANCE = 3.5;
/** Share of a hole that a frame must show for its flow to be looked at closely: nothing is gained from a fixed mark on a still picture. */
const WORTH = 0.005;

/**
 * Fills the holes of a window's targets from what can be seen: by push-pull from the same frame, and by motion-compensated
 * copying from the other frames of the same shot. The one code for training and use: a network is trained on exactly
 * what this returns.
 */
export function makeCandidates(window: CandidateWindow): Candidates {
  const { frames, height, width, rgb, mask } = window;
  const n = width * height;
  const fill = rgb.slice();
  const prepared = Array.from({ length: frames }, (_, t) => prepareFrame(window, t, fill));
  const result: Candidates = { fill, candidate: fill.slice(), confidence: new Uint8Array(frames * n) };
  const shifts = new Map<number, readonly [number, number]>();
  for (const t of window.targets ?? prepared.keys()) {
    const count = prepared[t].hole.length;
    if (!count) continue;
    const offers: Float32Array[] = [];
    for (let s = 0; s < frames; s++) {
      if (s === t || window.shots?.[s] !== window.shots?.[t]) continue;
      const flow = flowBetween(window, prepared, t, s, shifts);
      const agreed = flow && agreement(prepared[t], prepared[s], flow);
      if (agreed) offers.push(gather(prepared[t], rgb, mask, s * n, width, height, flow, agreed));
    }
    fuse(prepared[t].hole, offers, result, t * n);
  }
  return result;
}

/** Flow from frame `t` to frame `s` at half size; undefined when `s` hides what `t` does. */
function flowBetween(
  window: CandidateWindow,
  prepared: readonly PreparedFrame[],
  t: number,
  s: number,
  shifts: Map<number, readonly [number, number]>,
): Flow | undefined {
  const a = prepared[t].pyramid;
  const b = prepared[s].pyramid;
  const low = Math.min(s, t);
  const high = Math.max(s, t);
  const key = low * prepared.length + high;
  let shift = shifts.get(key);
  if (!shift) {
    shift = globalShift(prepared[low].pyramid[a.length - 1], prepared[high].pyramid[a.length - 1]);
    shifts.set(key, shift);
  }
  const flow = denseFlow(a, b, t < s ? shift : [-shift[0], -shift[1]], (coarse) => shows(window, prepared[t].hole, s, coarse));
  const width = (window.width + 1) >> 1;
  const height = (window.height + 1) >> 1;
  return !flow || (flow.width === width && flow.height === height) ? flow : enlarge(flow, width, height);
}

/** Whether frame `s` shows a part worth having of another frame's hole, along a flow of lower resolution. */
function shows({ width, height, mask }: CandidateWindow, hole: Int32Array, s: number, flow: Flow): boolean {
  const scale = 2 ** Math.round(Math.log2(width / flow.width));
  const n = flow.width * flow.height;
  const enough = hole.length * WORTH;
  for (let h = 0, visible = 0; h < hole.length; h++) {
    const x = hole[h] % width;
    const y = (hole[h] - x) / width;
    const k = Math.min(flow.height - 1, Math.floor(y / scale)) * flow.width + Math.min(flow.width - 1, Math.floor(x / scale));
    const px = Math.round(x + scale * flow.uv[k]);
    const py = Math.round(y + scale * flow.uv[n + k]);
    if (px >= 0 && py >= 0 && px < width && py < height && !mask[(s * height + py) * width + px] && ++visible > enough) return true;
  }
  return false;
}

/** One source, moved onto the target: R, G, B and weight for each hidden pixel, weight 0 where it shows nothing. */
function gather(
  { hole }: PreparedFrame,
  rgb: Uint8Array,
  mask: Uint8Array,
  source: number,
  width: number,
  height: number,
  { width: hw, height: hh, uv }: Flow,
  agreed: Agreement,
): Float32Array {
  const hn = hw * hh;
  const on = agreed.width * agreed.height;
  const pixel = new Float32Array(3);
  const at = new Int32Array(2);
  const part = new Float32Array(2);
  const offer = new Float32Array(4 * hole.length);
  for (let h = 0, o = 0; h < hole.length; h++, o += 4) {
    const x = hole[h] % width;
    const y = (hole[h] - x) / width;
    place(x, y, 2, hw, hh, at, part);
    const u = 2 * bilinear(uv, at[0], at[1], hw, part[0], part[1]);
    const v = 2 * bilinear(uv, hn + at[0], hn + at[1], hw, part[0], part[1]);
    if (!sample(rgb, mask, source, width, height, x + u, y + v, pixel)) continue;
    place(x, y, 8, agreed.width, agreed.height, at, part);
    const error = bilinear(agreed.error, at[0], at[1], agreed.width, part[0], part[1]);
    for (let c = 0; c < 3; c++)
      offer[o + c] = pixel[c] + bilinear(agreed.offset, c * on + at[0], c * on + at[1], agreed.width, part[0], part[1]);
    offer[o + 3] = Math.exp(-error / TOLERANCE);
  }
  return offer;
}

/** Where full-size pixel (x, y) lies in a plane `scale` times smaller: upper and lower left samples in `at`, fractions in `part`. */
function place(x: number, y: number, scale: number, width: number, height: number, at: Int32Array, part: Float32Array): void {
  const px = Math.min(width - 1, Math.max(0, (x + 0.5) / scale - 0.5));
  const py = Math.min(height - 1, Math.max(0, (y + 0.5) / scale - 0.5));
  const x0 = Math.max(0, Math.min(width - 2, Math.floor(px)));
  const y0 = Math.floor(py);
  at[0] = y0 * width + x0;
  at[1] = Math.min(height - 1, y0 + 1) * width + x0;
  part[0] = width > 1 ? px - x0 : 0;
  part[1] = py - y0;
}

function bilinear(plane: Float32Array, top: number, bottom: number, width: number, fx: number, fy: number): number {
  const right = width > 1 ? 1 : 0;
  const a = plane[top] + (plane[top + right] - plane[top]) * fx;
  const b = plane[bottom] + (plane[bottom + right] - plane[bottom]) * fx;
  return a + (b - a) * fy;
}
