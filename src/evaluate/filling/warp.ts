import { opticalFlow, type Bytes } from './opencv.js';

/** Where samples of a frame were in the frame before, by the clean frames: those that can be followed there and back. */
export interface Warp {
  /** Indices of samples of the frame. */
  readonly at: Uint32Array;
  /** x, y in the frame before, for each. */
  readonly from: Float32Array;
}

/** How far, in samples, the way there and back may end from its beginning (|dx| + |dy|). */
const AGREE = 1;

/**
 * Follows the samples of a hole from one clean gray frame into the one before; what is occluded, or leaves the picture, is left out.
 * As the flow warping error of Lai et al. (ECCV 2018) wants it, with the true frames' flow for every method.
 * @param hole of the picture's size, not 0 where the samples count
 */
export async function warpOf(gray: Bytes, before: Bytes, hole: Uint8Array): Promise<Warp> {
  const { width, height } = gray;
  const forth = await opticalFlow(gray, before);
  const back = await opticalFlow(before, gray);
  const at: number[] = [];
  const from: number[] = [];
  for (let i = 0; i < hole.length; i++) {
    if (!hole[i]) continue;
    const x = (i % width) + forth[2 * i];
    const y = Math.floor(i / width) + forth[2 * i + 1];
    if (!(x >= 0 && y >= 0 && x <= width - 1 && y <= height - 1)) continue;
    const k = Math.round(y) * width + Math.round(x);
    if (Math.abs(forth[2 * i] + back[2 * k]) + Math.abs(forth[2 * i + 1] + back[2 * k + 1]) >= AGREE) continue;
    at.push(i);
    from.push(x, y);
  }
  return { at: Uint32Array.from(at), from: Float32Array.from(from) };
}

/** Sum of squared differences between the samples of a frame and those they were, three channels. @param rgb packed, `width` wide */
export function warpError(rgb: Uint8Array, before: Uint8Array, width: number, { at, from }: Warp): number {
  const last = before.length / 3 / width - 1;
  let sum = 0;
  for (let k = 0; k < at.length; k++) {
    const x0 = Math.floor(from[2 * k]);
    const y0 = Math.floor(from[2 * k + 1]);
    const fx = from[2 * k] - x0;
    const fy = from[2 * k + 1] - y0;
    const top = 3 * (y0 * width + x0);
    const right = x0 < width - 1 ? 3 : 0;
    const bottom = top + (y0 < last ? 3 * width : 0);
    for (let c = 0; c < 3; c++) {
      const upper = before[top + c] * (1 - fx) + before[top + right + c] * fx;
      const lower = before[bottom + c] * (1 - fx) + before[bottom + right + c] * fx;
      sum += (rgb[3 * at[k] + c] - upper * (1 - fy) - lower * fy) ** 2;
    }
  }
  return sum;
}
