import { describe, expect, it } from 'vitest';
import { Kernels } from '../../../src/detect/kernels/kernels.js';
import { bestPlace } from '../../../src/detect/kernels/template-search.js';
import { frames } from './noisy-frames.js';

describe('the kernels that search', () => {
  it.each([
    [16, 40],
    [6, 37],
  ])('compare cells of %i rows and %i columns, every second of both', (rows, columns) => {
    const [width, height] = [64, 20];
    const [kernels, a, b] = two(width, height);
    let sum = 0;
    for (let y = 0; y < rows; y += 2) for (let x = 0; x < columns; x += 2) sum += Math.abs(a[y * width + x] - b[y * width + x + 5]);
    const difference = (limit: number): number => kernels.loops.cellDifference(a.byteOffset, b.byteOffset + 5, width, rows, columns, limit);
    expect(difference(2 ** 31 - 1)).toBe(sum);
    expect(difference(sum >> 1)).toBeGreaterThan(sum >> 1);
  });

  it('find a block again: least difference, none above all, then the first', () => {
    const [width, height] = [40, 30];
    const [kernels, a, b] = two(width, height);
    const lanes = kernels.place(Uint16Array, 16);
    for (let p = 0; p < b.length; p++) b[p] = a[(31 * p + 7) % a.length];
    const difference = (at: number, dx: number, dy: number): number => {
      let sum = 0;
      for (let y = 0; y < 6; y++)
        for (let x = y & 1; x < 6; x += 2) sum += Math.min(24, Math.abs(a[at + y * width + x] - b[at + (y + dy) * width + x + dx]));
      return sum;
    };
    const found = (x: number, y: number): number => {
      const [left, right, top, bottom] = [Math.max(-8, -x), Math.min(8, width - 6 - x), Math.max(-8, -y), Math.min(8, height - 6 - y)];
      const at = y * width + x;
      const result = kernels.loops.findBlock(a.byteOffset + at, b.byteOffset + at, width, left, right, top, bottom, lanes.byteOffset);
      let expected = (difference(at, 0, 0) << 16) | (8 << 8) | 8;
      for (let dy = top; dy <= bottom; dy++)
        for (let dx = left; dx <= right; dx++)
          if (difference(at, dx, dy) < expected >> 16) expected = (difference(at, dx, dy) << 16) | ((dy + 8) << 8) | (dx + 8);
      expect(result).toBe(expected);
      return result & 0xffff;
    };
    const places = new Set([1, 9, 17, 33].flatMap((x) => [1, 12, 23].map((y) => found(x, y))));
    expect(places.size).toBeGreaterThan(6);
    // The same picture shifted is found, at the last column that is searched, too.
    b.set(a.subarray(0, a.length - 8), 8);
    expect(found(9, 12)).toBe((8 << 8) | 16);
  });

  it('find a template beside the border, where less of it is seen', () => {
    const [width, height] = [64, 48];
    const [luma] = frames(1, width, height);
    const window = { width: 20, height: 16 };
    const tx = Array.from({ length: 23 }, (_, i) => 1 + ((7 * i) % 18));
    const ty = tx.map((_, i) => 1 + ((5 * i) % 14));
    const cost = (gx: Float32Array, gy: Float32Array, weight: Float32Array, stride: number, x: number, y: number): number => {
      let [sum, seen] = [0, 0];
      for (let i = 0; i < tx.length; i += stride) {
        const [u, v] = [x + tx[i], y + ty[i]];
        if (u < 1 || v < 1 || u >= width - 1 || v >= height - 1) continue;
        const p = v * width + u;
        const [ex, ey] = [(luma[p + 1] - luma[p - 1]) / 2 - gx[i], (luma[p + width] - luma[p - width]) / 2 - gy[i]];
        sum += Math.min(1, (ex * ex + ey * ey) * weight[i]);
        seen++;
      }
      return seen < (0.6 * tx.length) / stride ? Infinity : sum / seen;
    };
    const found = new Set<string>();
    for (const [x, y, side, stride] of [
      [-9, -7, 13, 1],
      [40, 30, 17, 2],
      [-6, 20, 9, 1],
      [30, -30, 6, 1],
    ]) {
      // Gradients that are somewhere there, as far as the picture goes.
      const at = tx.map((u, i) => Math.min(46, Math.max(1, y + 5 + ty[i])) * width + Math.min(62, Math.max(1, x + 4 + u)));
      const gx = Float32Array.from(at, (p) => (luma[p + 1] - luma[p - 1]) / 2 + 1);
      const gy = Float32Array.from(at, (p) => (luma[p + width] - luma[p - width]) / 2);
      const weight = gx.map((g, i) => 1 / (g * g + gy[i] * gy[i]));
      let best: { x: number; y: number } | undefined;
      let least = Infinity;
      for (let v = y; v < y + side; v++)
        for (let u = x; u < x + side; u++) {
          const off = cost(gx, gy, weight, stride, u, v);
          if (off < least) [best, least] = [{ x: u, y: v }, off];
        }
      const template = { tx: Int16Array.from(tx), ty: Int16Array.from(ty), gx, gy, weight };
      expect(bestPlace(template, { luma, width, height }, window, { x, y, side, stride })).toEqual(best);
      found.add(best ? `${best.x - x},${best.y - y}` : 'none');
    }
    expect([...found]).toEqual(['4,5', 'none']);
  });

  it('find a template where its gradients agree best', () => {
    const [width, height] = [64, 48];
    const [luma] = frames(1, width, height);
    const window = { width: 20, height: 16 };
    const tx = [1, 18, 3, 7, 12, 15, 9];
    const ty = tx.map((_, i) => 1 + 2 * i);
    const at = tx.map((x, i) => (21 + ty[i]) * width + 30 + x);
    const gx = Float32Array.from(at, (p) => (luma[p + 1] - luma[p - 1]) / 2 + 1);
    const gy = Float32Array.from(at, (p) => (luma[p + width] - luma[p - width]) / 2);
    const weight = gx.map((g, i) => 1 / (g * g + gy[i] * gy[i]));
    const template = { tx: Int16Array.from(tx), ty: Int16Array.from(ty), gx, gy, weight };
    const picture = { luma, width, height };
    expect(bestPlace(template, picture, window, { x: 22, y: 12, side: 13, stride: 1 })).toEqual({ x: 30, y: 21 });
    // Larger than there was room for.
    expect(bestPlace(template, picture, window, { x: 6, y: 2, side: 31, stride: 2 })).toEqual({ x: 30, y: 21 });
  });
});

/** Two pictures in a module's memory. */
function two(width: number, height: number): [Kernels, Uint8Array, Uint8Array] {
  const kernels = new Kernels(2 * width * height + 32, 3);
  const pictures = frames(2, width, height).map((luma) => {
    const placed = kernels.place(Uint8Array, luma.length);
    placed.set(luma);
    return placed;
  });
  return [kernels, pictures[0], pictures[1]];
}
