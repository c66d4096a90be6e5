import type { Padding } from '../../inference/tensors.js';

/** float32 [at least frames, 3, paddedHeight, paddedWidth] to uint8 [frames, height, width, 3], rounded and clamped. */
export function fromPlanes(planes: Float32Array, frames: number, padding: Padding): Uint8Array {
  const { height, width, paddedHeight, paddedWidth } = padding;
  const out = new Uint8ClampedArray(frames * height * width * 3);
  const size = paddedHeight * paddedWidth;
  for (let t = 0, o = 0; t < frames; t++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0, i = 3 * t * size + y * paddedWidth; x < width; x++, i++, o += 3) {
        out[o] = planes[i] * 255;
        out[o + 1] = planes[i + size] * 255;
        out[o + 2] = planes[i + 2 * size] * 255;
      }
    }
  }
  return new Uint8Array(out.buffer);
}
