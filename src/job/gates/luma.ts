import type { Box } from '../../core/area.js';
import { planesOf, type Frame, type Geometry } from '../../core/frame.js';

/** Luma of a part of a frame in levels of 8 bits, row-major; what lies outside of the picture is 0. */
export function lumaOf(frame: Pick<Frame, 'data'>, box: Box, geometry: Geometry): Float32Array {
  const [{ data, width, height }] = planesOf(frame, geometry);
  const scale = 2 ** (8 - geometry.format.depth);
  const out = new Float32Array(box.width * box.height);
  const [x0, x1] = [Math.max(0, -box.x), Math.min(box.width, width - box.x)];
  for (let y = Math.max(0, -box.y); y < Math.min(box.height, height - box.y); y++)
    for (let x = x0, i = y * box.width + x0, p = (box.y + y) * width + box.x + x0; x < x1; x++, i++, p++) out[i] = scale * data[p];
  return out;
}

/** So many of a track's frames, spread evenly over all of its spans, none at the very ends where others are left. */
export function spreadOver(spans: readonly { readonly first: number; readonly last: number }[], count: number): number[] {
  const all = spans.reduce((sum, s) => sum + s.last - s.first + 1, 0);
  const n = Math.min(count, all);
  let at = 0;
  const frames: number[] = [];
  for (const { first, last } of spans) {
    const length = last - first + 1;
    for (let k = Math.max(0, Math.ceil((at * n) / all - 0.5)); k < n && Math.floor(((k + 0.5) * all) / n) < at + length; k++)
      frames.push(first + Math.floor(((k + 0.5) * all) / n) - at);
    at += length;
  }
  return [...new Set(frames)];
}
