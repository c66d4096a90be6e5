/** Bytes of a window to a network's float planes, with the edges repeated up to the sizes it takes. */

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
