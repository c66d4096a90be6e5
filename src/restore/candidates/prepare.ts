import { halvePlane, pushPull } from './push-pull.js';
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

/** Writes a frame's push-pull fill into `fill` and prepares the frame. */
export function prepareFrame(window: CandidateWindow, t: number, fill: Uint8Array): PreparedFrame {
  const { width, height, rgb, mask } = window;
  const n = width * height;
  const hole = holeOf(mask, t * n, n);
  const planes = new Float32Array(3 * n);
  const visible = new Float32Array(n).fill(1);
  for (let i = 0; i < hole.length; i++) visible[hole[i]] = 0;
  for (let i = 0, k = 3 * t * n; i < n; i++, k += 3) {
    planes[i] = rgb[k];
    planes[n + i] = rgb[k + 1];
    planes[2 * n + i] = rgb[k + 2];
  }
  if (hole.length) pushPull(planes, visible, width, height, 3);
  for (let h = 0; h < hole.length; h++) {
    const i = hole[h];
    for (let c = 0; c < 3; c++) fill[3 * (t * n + i) + c] = planes[c * n + i] + 0.5;
  }
  return { hole, ...halfSize(planes, visible, width, height) };
}

function holeOf(mask: Uint8Array, from: number, n: number): Int32Array {
  let count = 0;
  for (let i = 0; i < n; i++) if (mask[from + i]) count++;
  const hole = new Int32Array(count);
  for (let i = 0, k = 0; i < n; i++) if (mask[from + i]) hole[k++] = i;
  return hole;
}

function halfSize(planes: Float32Array, visible: Float32Array, width: number, height: number): Omit<PreparedFrame, 'hole'> {
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const n = w * h;
  const half = new Float32Array(3 * n);
  const seen = new Float32Array(n);
  for (let c = 0; c < 3; c++) halvePlane(planes, c * width * height, width, height, half, c * n);
  halvePlane(visible, 0, width, height, seen, 0);
  const luma = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    luma[i] = 0.299 * half[i] + 0.587 * half[n + i] + 0.114 * half[2 * n + i];
    seen[i] = seen[i] > 0.99 ? 1 : 0;
  }
  if (n <= FINE) return { half, seen, pyramid: buildPyramid(luma, seen, w, h) };
  const [qw, qh] = [(w + 1) >> 1, (h + 1) >> 1];
  const quarter = [luma, seen].map((plane) => {
    const to = new Float32Array(qw * qh);
    halvePlane(plane, 0, w, h, to, 0);
    return to;
  });
  return { half, seen, pyramid: buildPyramid(quarter[0], quarter[1], qw, qh) };
}
