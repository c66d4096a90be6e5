/** Interleaved bytes of a window to the network's float planes and back, with the edges repeated up to the sizes it takes. */

/** Size of a window on either side of the padding. Padding is on the right and at the bottom. */
export interface Padding {
  readonly height: number;
  readonly width: number;
  readonly paddedHeight: number;
  readonly paddedWidth: number;
}

export function paddingFor(height: number, width: number, multiple: { readonly height: number; readonly width: number }): Padding {
  const up = (n: number, k: number): number => Math.ceil(n / k) * k;
  return { height, width, paddedHeight: up(height, multiple.height), paddedWidth: up(width, multiple.width) };
}

/** uint8 [frames, height, width, channels], the first `frames` of it, to float32 [frames, channels, paddedHeight, paddedWidth] in 0 … 1. */
export function toPlanes(bytes: Uint8Array, frames: number, channels: number, padding: Padding): Float32Array {
  const { height, width, paddedHeight, paddedWidth } = padding;
  const out = new Float32Array(frames * channels * paddedHeight * paddedWidth);
  for (let t = 0, o = 0; t < frames; t++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < paddedHeight; y++) {
        const row = (t * height + Math.min(y, height - 1)) * width;
        for (let x = 0, i = row * channels + c; x < width; x++, i += channels) out[o + x] = bytes[i] / 255;
        out.fill(out[o + width - 1], o + width, o + paddedWidth);
        o += paddedWidth;
      }
    }
  }
  return out;
}

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
