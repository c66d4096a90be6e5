import { completePlanes } from '../kernels/push-pull-kernel.js';

/**
 * Push-pull interpolation of scattered data (Gortler et al., The Lumigraph, 1996): averages of what is known go down a
 * pyramid, and come up again where nothing is known. Each level is relaxed on the way up, which takes the blocks out.
 */

/** Means of 2×2; the last odd column or row counts twice. */
export function halvePlane(from: Float32Array, at: number, width: number, height: number, to: Float32Array, out: number): void {
  const w2 = (width + 1) >> 1;
  const h2 = (height + 1) >> 1;
  for (let y = 0; y < h2; y++) {
    const r0 = at + 2 * y * width;
    const r1 = 2 * y + 1 < height ? r0 + width : r0;
    for (let x = 0; x < w2; x++) {
      const x0 = 2 * x;
      const x1 = x0 + 1 < width ? x0 + 1 : x0;
      to[out++] = 0.25 * (from[r0 + x0] + from[r0 + x1] + from[r1 + x0] + from[r1 + x1]);
    }
  }
}

/**
 * Completes `values` where `weight` is below 1, in place: `value * weight + interpolation * (1 - weight)`.
 * @param values channel planes one after the other, each `width * height`
 * @param weight `width * height`, 0 = unknown … 1 = known
 */
export const pushPull = completePlanes;
