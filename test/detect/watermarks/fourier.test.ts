import { describe, expect, it } from 'vitest';
import { transform } from '../../../src/detect/watermarks/fourier.js';
import { frames } from '../kernels/noisy-frames.js';

describe('the Fourier transform', () => {
  it.each([
    [1, 1],
    [2, 4],
    [4, 1],
    [16, 8],
    [8, 32],
  ])('is what its definition says, of %i x %i', (width, height) => {
    const [a, b] = frames(2, width, height);
    // The lower rows are empty, as where shifts need room.
    const filled = width * Math.ceil(height * 0.6);
    const [re, im] = [a, b].map((luma) => Float32Array.from(luma, (v, i) => (i < filled ? v / 128 - 1 : 0)));
    const field = { width, height, re: re.slice(), im: im.slice() };
    transform(field);
    for (let v = 0; v < height; v++)
      for (let u = 0; u < width; u++) {
        let [x, y] = [0, 0];
        for (let p = 0; p < filled; p++) {
          const angle = -2 * Math.PI * ((u * (p % width)) / width + (v * Math.floor(p / width)) / height);
          x += re[p] * Math.cos(angle) - im[p] * Math.sin(angle);
          y += re[p] * Math.sin(angle) + im[p] * Math.cos(angle);
        }
        expect(field.re[v * width + u]).toBeCloseTo(x, 4);
        expect(field.im[v * width + u]).toBeCloseTo(y, 4);
      }
  });
});
