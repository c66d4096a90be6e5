const WX = new Float64Array(4);
const WY = new Float64Array(4);

/** Catmull-Rom weights for a fraction. */
function weights(f: number, to: Float64Array): void {
  const g = 1 - f;
  to[0] = -0.5 * f * g * g;
  to[1] = 1 + f * f * (1.5 * f - 2.5);
  to[2] = 1 + g * g * (1.5 * g - 2.5);
  to[3] = -0.5 * g * f * f;
}

/**
 * Reads frame `frame` (its first pixel's number) at (px, py) into `out`: Catmull-Rom where all sixteen pixels are visible,
 * else bilinear where those are that count. Returns false, and reads nothing, where a hidden pixel would shine in or
 * the place lies outside.
 */
export function sample(
  rgb: Uint8Array,
  mask: Uint8Array,
  frame: number,
  width: number,
  height: number,
  px: number,
  py: number,
  out: Float32Array,
): boolean {
  if (!(px >= 0 && py >= 0 && px <= width - 1 && py <= height - 1)) return false;
  const x0 = Math.floor(px);
  const y0 = Math.floor(py);
  const fx = px - x0;
  const fy = py - y0;
  const i = frame + y0 * width + x0;
  if (fx < 0.01 && fy < 0.01) {
    if (mask[i]) return false;
    for (let c = 0; c < 3; c++) out[c] = rgb[3 * i + c];
    return true;
  }
  const right = x0 + 1 < width ? 1 : 0;
  const down = y0 + 1 < height ? width : 0;
  if (mask[i] || mask[i + right] || mask[i + down] || mask[i + down + right]) return false;
  if (x0 < 1 || y0 < 1 || x0 + 2 >= width || y0 + 2 >= height || !clear(mask, i - width - 1, width)) {
    const k = 3 * i;
    for (let c = 0; c < 3; c++) {
      const a = rgb[k + c] * (1 - fx) + rgb[k + 3 * right + c] * fx;
      const b = rgb[k + 3 * down + c] * (1 - fx) + rgb[k + 3 * (down + right) + c] * fx;
      out[c] = a + (b - a) * fy;
    }
    return true;
  }
  weights(fx, WX);
  weights(fy, WY);
  let r = 0;
  let g = 0;
  let b = 0;
  for (let j = 0, k = 3 * (i - width - 1); j < 4; j++, k += 3 * width) {
    const wy = WY[j];
    r += wy * (WX[0] * rgb[k] + WX[1] * rgb[k + 3] + WX[2] * rgb[k + 6] + WX[3] * rgb[k + 9]);
    g += wy * (WX[0] * rgb[k + 1] + WX[1] * rgb[k + 4] + WX[2] * rgb[k + 7] + WX[3] * rgb[k + 10]);
    b += wy * (WX[0] * rgb[k + 2] + WX[1] * rgb[k + 5] + WX[2] * rgb[k + 8] + WX[3] * rgb[k + 11]);
  }
  out[0] = r;
  out[1] = g;
  out[2] = b;
  return true;
}

/** Whether the 4×4 pixels from `i` on are all visible. */
function clear(mask: Uint8Array, i: number, width: number): boolean {
  for (let j = 0; j < 4; j++, i += width) if (mask[i] | mask[i + 1] | mask[i + 2] | mask[i + 3]) return false;
  return true;
}
