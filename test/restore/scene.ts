import type { Box, Mask } from '../../src/core/area.js';
import { frameBytes, planesOf, type Chroma, type Frame, type Geometry } from '../../src/core/frame.js';
import type { Track } from '../../src/plan/plan.js';

/** The same numbers in each run: a linear congruential generator, 0 … 1. */
export function randomness(seed: number): () => number {
  let s = seed >>> 0;
  return () => (s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** A smooth random texture, 8-bit levels 40 … 215, row-major. */
export function texture(width: number, height: number, seed: number, grain = 6): Float32Array {
  const random = randomness(seed);
  const gw = Math.ceil(width / grain) + 2;
  const grid = Float32Array.from({ length: gw * (Math.ceil(height / grain) + 2) }, random);
  const out = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const gy = Math.floor(y / grain);
    const fy = y / grain - gy;
    for (let x = 0; x < width; x++, i++) {
      const gx = Math.floor(x / grain);
      const fx = x / grain - gx;
      const k = gy * gw + gx;
      const top = grid[k] * (1 - fx) + grid[k + 1] * fx;
      out[i] = 40 + 175 * (top * (1 - fy) + (grid[k + gw] * (1 - fx) + grid[k + gw + 1] * fx) * fy);
    }
  }
  return out;
}

/** RGB window of a texture that moves by (dx, dy) a frame, R = G = B up to a constant; no marks yet. */
export function panning(frames: number, width: number, height: number, dx: number, dy: number, seed = 1): Uint8Array {
  const big = { width: width + frames * Math.abs(dx) + 2, height: height + frames * Math.abs(dy) + 2 };
  const picture = texture(big.width, big.height, seed);
  const rgb = new Uint8Array(frames * width * height * 3);
  for (let t = 0, o = 0; t < frames; t++) {
    const ox = dx < 0 ? (frames - t) * -dx : t * dx;
    const oy = dy < 0 ? (frames - t) * -dy : t * dy;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, o += 3) {
        const v = picture[(y + oy) * big.width + x + ox];
        rgb[o] = v;
        rgb[o + 1] = v * 0.9;
        rgb[o + 2] = v * 0.8;
      }
    }
  }
  return rgb;
}

/** Peak signal to noise ratio in dB over the bytes that count. */
export function psnr(a: ArrayLike<number>, b: ArrayLike<number>, counts: (index: number) => boolean): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < a.length; i++) {
    if (!counts(i)) continue;
    sum += (a[i] - b[i]) ** 2;
    n++;
  }
  return 10 * Math.log10((255 * 255 * n) / Math.max(sum, 1e-9));
}

export const geometryOf = (width: number, height: number, chroma: Chroma, depth: 8 | 10 | 12): Geometry => ({
  width,
  height,
  format: {
    name: chroma === 'gray' ? (depth > 8 ? `gray${depth}le` : 'gray') : `yuv${chroma}p${depth > 8 ? `${depth}le` : ''}`,
    depth,
    chroma,
  },
});

/** A frame whose samples come from a function of plane, column and row, in 8-bit levels. */
export function paint(geometry: Geometry, index: number, level: (plane: number, x: number, y: number) => number): Frame {
  const frame: Frame = { index, data: new Uint8Array(frameBytes(geometry)) };
  const scale = 2 ** (geometry.format.depth - 8);
  planesOf(frame, geometry).forEach(({ data, width }, p) => {
    for (let i = 0; i < data.length; i++) data[i] = Math.round(level(p, i % width, Math.floor(i / width)) * scale);
  });
  return frame;
}

/** A mask of upright bars, as thin as letters. */
export function bars(box: Box, wide = 3, apart = 8): Mask {
  const data = new Uint8Array(box.width * box.height);
  for (let i = 0; i < data.length; i++) if ((i % box.width) % apart < wide) data[i] = 255;
  return { box, data };
}

export const track = (id: string, mask: Mask, ...spans: [number, number][]): Track => ({
  id,
  kind: 'subtitle',
  action: 'wipe',
  spans: spans.map(([first, last]) => ({ first, last })),
  mask,
  confidence: 1,
  why: 'drawn by a test',
});
