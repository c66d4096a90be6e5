import { describe, expect, it } from 'vitest';
import { compileKernels } from '../../scripts/kernels.js';
import { Halver } from '../../src/detect/kernels/halver.js';
import { WASM } from '../../src/detect/kernels/wasm.js';
import { StableRuns } from '../../src/detect/runs.js';
import { StretchSums } from '../../src/detect/stretch-statistics.js';

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
});
