import { blurInside } from './blur.js';
import { CELL, meansOf } from './cells.js';
import type { Texture } from './texture.js';

/** One frame of a place. */
export interface Bare {
  /** [height, width, 3], as it was. */
  readonly rgb: Uint8Array;
  /** [height, width], 0 = visible. */
  readonly mask: Uint8Array;
  /** [height, width, 3], with a smooth fill in the hole. */
  readonly smooth: Uint8Array;
  /** [height, width]: how far what other frames show is to be trusted, 0 … 255. */
  readonly confidence: Uint8Array;
}

/** Trust at which what other frames show stays as it is. */
const TRUSTED = 64;
/** Levels by which a cell may differ from what it was when the texture was learnt, and from which it lends nothing. */
const SAME = 8;
const OTHER = 16;

/**
 * Gives what other frames do not show the texture of what is visible in the same frame: details from where the texture is taken from, lights and shades from the smooth fill
 * (two bands of Burt & Adelson's multiresolution spline, 1983). Moving leaves move, grain is grain. What has changed its look since the texture was learnt lends nothing.
 * @param filled [height, width, 3], changed in place, in the hole only
 */
export function transplant(filled: Uint8Array, frame: Bare, texture: Texture): void {
  const { width, height, label } = texture;
  const { mask, smooth, confidence } = frame;
  const lent = lentShares(frame, texture);
  const copied = new Float32Array(filled.length);
  const shade = new Float32Array(filled.length);
  for (let i = 0; i < label.length; i++) {
    if (!label[i] || !mask[i]) continue;
    copyBlended(copied, i, frame, texture);
    for (let k = 3 * i; k < 3 * i + 3; k++) shade[k] = smooth[k] - copied[k];
  }
  blurInside(shade, label, width, height);
  for (let i = 0; i < label.length; i++) {
    const share = lent[i] * (1 - confidence[i] / TRUSTED);
    if (!(share > 0)) continue;
    for (let k = 3 * i; k < 3 * i + 3; k++) {
      const value = filled[k] + share * (copied[k] + shade[k] - filled[k]);
      filled[k] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
    }
  }
}

/** How much of what is copied to each hidden sample may be taken, 0 … 1: nothing from where the picture is another than it was. */
function lentShares({ rgb, mask }: Bare, { width, height, label, dx, dy, means }: Texture): Float32Array {
  const now = meansOf(rgb, mask, width, height);
  const across = Math.ceil(width / CELL);
  const lent = new Float32Array(label.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (!label[i] || !mask[i]) continue;
      const [sx, sy] = [x + dx[label[i] - 1], y + dy[label[i] - 1]];
      if (sx < 0 || sy < 0 || sx >= width || sy >= height || mask[sy * width + sx]) continue;
      const cell = Math.floor(sy / CELL) * across + Math.floor(sx / CELL);
      const share = (OTHER - Math.abs(now[cell] - means[cell])) / (OTHER - SAME);
      if (share > 0) lent[i] = Math.min(1, share);
    }
  return lent;
}

const TAPS = { x: [0, -1, 1, 0, 0], y: [0, 0, 0, -1, 1] };

/** Writes the mean of what the shifts of a hidden sample and of its neighbours put there: where shifts meet, they are blended. The smooth fill where none leads to anything visible. */
function copyBlended(to: Float32Array, i: number, { rgb, mask, smooth }: Bare, { width, height, label, dx, dy, blend }: Texture): void {
  const x = i % width;
  const y = (i - x) / width;
  let [r, g, b, count] = [0, 0, 0, 0];
  for (let t = 0; t < TAPS.x.length; t++) {
    const [u, v] = [x + TAPS.x[t] * blend, y + TAPS.y[t] * blend];
    if (u < 0 || v < 0 || u >= width || v >= height || !mask[v * width + u]) continue;
    const shift = label[v * width + u] - 1;
    const [sx, sy] = shift < 0 ? [x, y] : [x + dx[shift], y + dy[shift]];
    if (sx < 0 || sy < 0 || sx >= width || sy >= height) continue;
    const source = sy * width + sx;
    if (shift >= 0 && mask[source]) continue;
    const from = shift < 0 ? smooth : rgb;
    r += from[3 * source];
    g += from[3 * source + 1];
    b += from[3 * source + 2];
    count++;
  }
  if (!count) [r, g, b, count] = [smooth[3 * i], smooth[3 * i + 1], smooth[3 * i + 2], 1];
  to[3 * i] = r / count;
  to[3 * i + 1] = g / count;
  to[3 * i + 2] = b / count;
}
