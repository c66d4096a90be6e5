import { describe, expect, it } from 'vitest';
import { compileKernels } from '../../../scripts/kernels.js';
import { Halver } from '../../../src/detect/kernels/halver.js';
import { Kernels } from '../../../src/detect/kernels/kernels.js';
import { numbersBetween } from '../../../src/detect/kernels/picker.js';
import { PlaceSums } from '../../../src/detect/kernels/place-sums.js';
import { comparing, rangesIn } from '../../../src/detect/kernels/surround.js';
import { WASM } from '../../../src/detect/kernels/wasm.js';
import { frames } from './noisy-frames.js';
import { StableRuns } from '../../../src/detect/cues/runs.js';
import { Thumbnailer } from '../../../src/detect/shots/thumbnails.js';
import { LevelSums } from '../../../src/detect/maps/level-sums.js';
import { StretchSums } from '../../../src/detect/survey/stretch-statistics.js';

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

  it('put ended pixels at an edge first, in their order, and keep the others', () => {
    const [width, height, contrast] = [29, 13, 150 << 6];
    const kernels = new Kernels(6 * width * height, 2);
    const mean = kernels.place(Int16Array, width * height);
    const ended = kernels.place(Int32Array, width * height);
    frames(1, width, height)[0].forEach((v, p) => (mean[p] = v << 6));
    const given = Array.from(mean.keys()).filter((p) => p % 3);
    ended.set(given);
    const count = kernels.loops.edgesFirst(mean.byteOffset, ended.byteOffset, given.length, width, height, contrast);
    const edges = given.filter((p) => {
      const [x, y] = [p % width, Math.floor(p / width)];
      if (x < 2 || y < 2 || x >= width - 2 || y >= height - 2) return false;
      const apart = (a: number, b: number): boolean => Math.abs(mean[p + a] - mean[p + b]) > contrast;
      const pairs = [[0, 2], [0, -2], [-2, 2], [0, 2 * width], [0, -2 * width], [-2 * width, 2 * width]]; // prettier-ignore
      return pairs.some(([a, b]) => apart(a, b));
    });
    expect(edges.length).toBeGreaterThan(20);
    expect(edges.length).toBeLessThan(given.length / 2);
    expect([...ended.subarray(0, count)]).toEqual(edges);
    expect([...ended.subarray(0, given.length)].sort((a, b) => a - b)).toEqual(given);
  });

  it.each([
    [960, 540],
    [1001, 61],
    [37, 11],
  ])('make thumbnails of every second row and column of a picture of %i x %i', (width, height) => {
    const [luma] = frames(1, width, height);
    const thumbnail = new Thumbnailer(width, height).of(luma);
    const ends = (i: number, parts: number, length: number): [number, number] => {
      const first = Math.floor((i * length) / parts);
      return [first, Math.max(first + 1, Math.floor(((i + 1) * length) / parts))];
    };
    expect(thumbnail.length).toBe(48 * 27);
    for (let k = 0; k < thumbnail.length; k++) {
      const [left, right] = ends(k % 48, 48, width);
      const [top, bottom] = ends(Math.floor(k / 48), 27, height);
      let [sum, count] = [0, 0];
      for (let y = top; y < bottom; y += 2) for (let x = left; x < right; x += 2, count++) sum += luma[y * width + x];
      expect(thumbnail[k]).toBe(Math.fround(sum / count));
    }
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
});
