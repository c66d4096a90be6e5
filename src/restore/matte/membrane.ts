import type { Box } from '../../core/area.js';
import type { Plane } from '../../core/frame.js';
import { pushPull } from '../candidates/push-pull.js';

/** A box of a plane as numbers, 8-bit levels whatever the depth. */
export function levelsIn({ data, width }: Plane, { x, y, width: w, height: h }: Box, depth: number): Float32Array {
  const out = new Float32Array(w * h);
  const share = 2 ** (8 - depth);
  for (let r = 0, o = 0; r < h; r++) for (let p = (y + r) * width + x, end = p + w; p < end; p++, o++) out[o] = share * data[p];
  return out;
}

/** What the scene would be under a hole if it were a membrane held at the hole's border; linear in `levels`. */
export function spanned(levels: Float32Array, unknown: Uint8Array, width: number, height: number): Float32Array {
  const out = levels.slice();
  pushPull(
    out,
    Float32Array.from(unknown, (v) => (v ? 0 : 1)),
    width,
    height,
    1,
  );
  return out;
}

/** Squared length of the gradient round a hole, spanned over it: how rough the scene under it is likely to be. */
export function roughness(levels: Float32Array, unknown: Uint8Array, width: number, height: number): Float32Array {
  const out = new Float32Array(levels.length);
  const weight = new Float32Array(levels.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
      if (unknown[p - width - 1] | unknown[p - width] | unknown[p - width + 1] | unknown[p - 1] | unknown[p]) continue;
      if (unknown[p + 1] | unknown[p + width - 1] | unknown[p + width] | unknown[p + width + 1]) continue;
      const gx = (levels[p + 1] - levels[p - 1]) / 2;
      const gy = (levels[p + width] - levels[p - width]) / 2;
      out[p] = gx * gx + gy * gy;
      weight[p] = 1;
    }
  }
  pushPull(out, weight, width, height, 1);
  return out;
}
