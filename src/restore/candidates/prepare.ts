import { HOLES, pictureKernel } from '../kernels/picture-kernel.js';
import { halvePlane } from './push-pull.js';
import { buildPyramid, type PyramidLevel } from './pyramid.js';
import type { CandidateWindow } from './window.js';

/** Half-size pixels up to which flow is searched for at half size; above, at a quarter: the picture is the sharper for having more lines. */
const FINE = 20_000;

/** A frame of a window with everything that is made of it once and used for many pairs. */
export interface PreparedFrame {
  /** Indices of the hidden pixels. */
  readonly hole: Int32Array;
  /** Half size, holes filled: planes R, G, B, 0 … 255. */
  readonly half: Float32Array;
  /** Half size: 1 = all four pixels visible, 0 = not. */
  readonly seen: Float32Array;
  /** Of luma, finest first, from half size on, or a quarter in large windows. */
  readonly pyramid: readonly PyramidLevel[];
}

type Pictures = Pick<CandidateWindow, 'width' | 'height' | 'rgb' | 'mask'>;

/** Writes a frame's push-pull fill into `fill` and prepares the frame. */
export function prepareTarget(window: Pictures, t: number, fill: Uint8Array): PreparedFrame {
  const { planes, ...prepared } = prepare(window, t, HOLES.full);
  const n = window.width * window.height;
  for (const i of prepared.hole) for (let c = 0; c < 3; c++) fill[3 * (t * n + i) + c] = planes[c * n + i] + 0.5;
  return prepared;
}

/** Prepares a frame that only lends its pixels. */
export const prepareLender = (window: Pictures, t: number): PreparedFrame => prepare(window, t, HOLES.half);

/** Prepares a frame whose hole has been filled: what was hidden is still not looked at. */
export const prepareFilled = (window: Pictures, t: number): PreparedFrame => prepare(window, t, HOLES.filled);

function prepare({ width, height, rgb, mask }: Pictures, t: number, holes: number): PreparedFrame & { readonly planes: Float32Array } {
  const n = width * height;
  const hole = holeOf(mask, t * n, n);
  const own = { rgb: rgb.subarray(3 * t * n, 3 * (t + 1) * n), mask: mask.subarray(t * n, (t + 1) * n) };
  const { planes, half, seen, luma } = pictureKernel(width, height).prepare(own.rgb, own.mask, hole.length ? holes : HOLES.filled);
  return { hole, half, seen, planes, pyramid: pyramidOf(luma, seen, (width + 1) >> 1, (height + 1) >> 1) };
}

function holeOf(mask: Uint8Array, from: number, n: number): Int32Array {
  let count = 0;
  for (let i = 0; i < n; i++) if (mask[from + i]) count++;
  const hole = new Int32Array(count);
  for (let i = 0, k = 0; i < n; i++) if (mask[from + i]) hole[k++] = i;
  return hole;
}

function pyramidOf(luma: Float32Array, seen: Float32Array, w: number, h: number): PyramidLevel[] {
  if (w * h <= FINE) return buildPyramid(luma, seen, w, h);
  const [qw, qh] = [(w + 1) >> 1, (h + 1) >> 1];
  const quarter = [luma, seen].map((plane) => {
    const to = new Float32Array(qw * qh);
    halvePlane(plane, 0, w, h, to, 0);
    return to;
  });
  return buildPyramid(quarter[0], quarter[1], qw, qh);
}
