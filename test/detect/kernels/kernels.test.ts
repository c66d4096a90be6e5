import { describe, expect, it } from 'vitest';
import { compileKernels } from '../../../scripts/kernels.js';
import { Halver } from '../../../src/detect/kernels/halver.js';
import { Kernels } from '../../../src/detect/kernels/kernels.js';
import { numbersBetween } from '../../../src/detect/kernels/picker.js';
import { PlaceSums } from '../../../src/detect/kernels/place-sums.js';
import { comparing, rangesIn } from '../../../src/detect/kernels/surround.js';
import { bestPlace } from '../../../src/detect/kernels/template-search.js';
import { WASM } from '../../../src/detect/kernels/wasm.js';
import { StableRuns } from '../../../src/detect/cues/runs.js';
import { LevelSums } from '../../../src/detect/maps/level-sums.js';
import { StretchSums } from '../../../src/detect/survey/stretch-statistics.js';

/** Luma that stays for some frames here, jumps there, and is noisy everywhere; the same every time. */
function frames(count: number, width: number, height: number): Uint8Array[] {
  let state = 7;
  const random = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  const levels = Array.from({ length: width * height }, () => 255 * random());
  return Array.from({ length: count }, () => {
    for (let p = 0; p < levels.length; p++) if (random() < 0.06) levels[p] = 255 * random();
    return Uint8Array.from(levels, (v) => Math.min(255, v + 8 * random()));
  });
}

/** What StableRuns says it does, pixel by pixel. */
class Reference {
  mean: number[] = [];
  start: number[] = [];
  left: (number | undefined)[] = [];
  /** [pixel, start, end, level] of every run of at least `least` frames. */
  readonly runs: number[][] = [];

  push(luma: Uint8Array, t: number, least: number): void {
    luma.forEach((v, p) => {
      const y = v << 6;
      if (t === 0) [this.mean[p], this.start[p], this.left[p]] = [y, 0, undefined];
      else if (Math.abs(y - this.mean[p]) < 12 << 6) [this.mean[p], this.left[p]] = [this.mean[p] + ((y - this.mean[p]) >> 3), undefined];
      else if (this.left[p] === undefined) this.left[p] = v;
      else {
        if (this.start[p] < t - least) this.runs.push([p, this.start[p], t - 2, this.mean[p] >> 6]);
        this.start[p] = Math.abs(y - (this.left[p] << 6)) < 12 << 6 ? t - 1 : t;
        [this.mean[p], this.left[p]] = [y, undefined];
      }
    });
  }
}

describe('the kernels', () => {
  it('are what their source compiles to', async () => {
    expect(Buffer.from(await compileKernels()).toString('base64')).toBe(WASM);
  });

  it.each([
    [24, 16],
    [37, 11],
  ])('follow runs as the definition says, on pictures of %i x %i', (width, height) => {
    const runs = new StableRuns({ width, height, minLength: 4, contrast: 0 });
    const reference = new Reference();
    const found: number[][] = [];
    frames(60, width, height).forEach((luma, t) => {
      reference.push(luma, t, 4);
      const { count, pixel, start, end, level } = runs.push(luma);
      for (let i = 0; i < count; i++) found.push([pixel[i], start[i], end, level[i]]);
    });
    const inner = (p: number): boolean => p % width > 1 && p % width < width - 2 && p >= 2 * width && p < width * (height - 2);
    expect(found.length).toBeGreaterThan(50);
    expect(found).toEqual(reference.runs.filter(([p]) => inner(p)));
  });

  it('sum up what the statistics are made of, borders left out', () => {
    const [width, height, count] = [37, 11, 20];
    const sums = new StretchSums(width, height);
    const all = frames(count, width, height);
    for (const luma of all) sums.add(luma);
    const { deviation, gx, gy, persistence } = sums.take();
    for (let p = 0; p < width * height; p++) {
      const border = p % width === 0 || p % width === width - 1 || p < width || p >= width * (height - 1);
      const mean = (of: (luma: Uint8Array) => number): number => (border ? 0 : all.reduce((sum, luma) => sum + of(luma), 0) / count);
      const [level, dx, dy] = [mean((l) => l[p]), mean((l) => l[p + 1] - l[p - 1]) / 2, mean((l) => l[p + width] - l[p - width]) / 2];
      const unrest = mean((l) => ((l[p + 1] - l[p - 1]) / 2 - dx) ** 2 + ((l[p + width] - l[p - width]) / 2 - dy) ** 2);
      expect(deviation[p]).toBeCloseTo(Math.sqrt(mean((l) => (l[p] - level) ** 2)), 2);
      expect([gx[p], gy[p]]).toEqual([expect.closeTo(dx, 3), expect.closeTo(dy, 3)]);
      expect(persistence[p]).toBeCloseTo(Math.hypot(dx, dy) / Math.sqrt(unrest + 0.6), 2);
    }
  });

  it('halve pictures of any size', () => {
    const [width, height] = [37, 11];
    const [luma] = frames(1, width, height);
    const half = new Halver(width, height).halve(luma);
    const expected = Array.from({ length: 18 * 5 }, (_, i) => {
      const p = Math.floor(i / 18) * 2 * width + (i % 18) * 2;
      return Math.floor((luma[p] + luma[p + 1] + luma[p + width] + luma[p + width + 1] + 2) / 4);
    });
    expect([...half]).toEqual(expected);
  });

  it('sum up a place', () => {
    const [width, height, count] = [37, 11, 20];
    const sums = new PlaceSums(width, width * height);
    const all = frames(count, width, height);
    for (const luma of all) sums.add(luma);
    const { mean, deviation, power } = sums.statistics();
    for (let p = 0; p < width * height; p++) {
      const over = (of: (luma: Uint8Array) => number): number => all.reduce((sum, luma) => sum + of(luma), 0) / count;
      expect(mean[p]).toBeCloseTo(
        over((l) => l[p]),
        3,
      );
      expect(deviation[p]).toBeCloseTo(Math.sqrt(over((l) => (l[p] - mean[p]) ** 2)), 1);
      if (p < width || p >= width * (height - 1)) continue;
      expect(power[p]).toBeCloseTo(
        over((l) => (l[p + 1] - l[p - 1]) ** 2 + (l[p + width] - l[p - width]) ** 2),
        6,
      );
    }
  });

  it('sum up levels, in memory that others have left, too', () => {
    const size = 37 * 11;
    for (const count of [20, 3]) {
      const sums = new LevelSums(size - count);
      const all = frames(count, 37, 11).map((luma) => luma.subarray(0, size - count));
      for (const [i, luma] of all.entries()) {
        if (i % 2) sums.add(luma);
        else {
          sums.input.set(luma);
          sums.add(sums.input);
        }
      }
      const { mean, deviation } = sums.statistics();
      sums.close();
      expect(mean.length).toBe(size - count);
      for (let p = 0; p < mean.length; p++) {
        const over = (of: (luma: Uint8Array) => number): number => all.reduce((sum, luma) => sum + of(luma), 0) / count;
        const level = over((l) => l[p]);
        expect(mean[p]).toBeCloseTo(level, 3);
        expect(deviation[p]).toBeCloseTo(Math.sqrt(over((l) => (l[p] - level) ** 2)), 1);
      }
    }
  });

  it('tell the darkest and the brightest around each pixel', () => {
    const [width, height] = [37, 11];
    const [luma] = frames(1, width, height);
    const { low, high } = rangesIn(luma, width);
    for (let y = 1; y < height - 1; y++)
      for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
        const around = [-width, 0, width].flatMap((row) => [...luma.subarray(p + row - 1, p + row + 2)]);
        expect([low[p], high[p]]).toEqual([Math.min(...around), Math.max(...around)]);
      }
  });

  it.each([37, 16])('compare what is not hidden of every second of some rows of %i', (columns) => {
    const [width, height] = [48, 12];
    const [a, b] = frames(2, width, height);
    const hidden = a.map((v) => (v % 3 ? 0 : 1));
    const [first, by] = [2 * width + 3, 2 * width - 3];
    let sum = 0;
    for (let y = 0; y < 8; y += 2)
      for (let p = first + y * width, end = p + columns; p < end; p++) if (!hidden[p]) sum += Math.abs(a[p] - b[p + by]);
    expect(comparing(a, b, hidden)(first, by, columns, 4, 2 * width)).toBe(sum);
  });

  it.each([0, 1, 7, 400])('pick the numbers between two, of %i', (count) => {
    const values = Float32Array.from(frames(1, 20, 20)[0].subarray(0, count), (v) => v / 3 - 20);
    const { picked, below } = numbersBetween(values, -5, 30);
    expect([...picked]).toEqual([...values].filter((v) => v >= -5 && v <= 30));
    expect(below).toBe(values.filter((v) => v < -5).length);
    expect(numbersBetween(values, -Infinity, Infinity).picked.length).toBe(count);
  });

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
