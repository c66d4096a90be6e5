import { describe, expect, it } from 'vitest';
import { seekConsensus } from '../../src/restore/candidates/consensus.js';
import { patchGrid } from '../../src/restore/candidates/grid.js';
import { buildPyramid } from '../../src/restore/candidates/pyramid.js';
import { steady } from '../../src/restore/candidates/steady.js';
import { panning, psnr, randomness, texture } from './scene.js';

const [frames, width, height] = [6, 128, 80];
const n = width * height;

/** Bars in the middle of every frame, restored with errors of up to `error` levels that differ from frame to frame. */
function restored(clean: Uint8Array, error: number) {
  const random = randomness(5);
  const mask = new Uint8Array(frames * n);
  const rgb = clean.slice();
  for (let i = 0; i < mask.length; i++) {
    const [y, x] = [Math.floor((i % n) / width), i % width];
    if (y < 28 || y > 52 || x < 20 || x > 108 || x % 12 > 6) continue;
    mask[i] = 255;
    const off = error * (2 * random() - 1);
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = Math.max(0, Math.min(255, clean[3 * i + c] + off));
  }
  return { rgb, mask };
}
const inHole =
  (mask: Uint8Array, first = 0) =>
  (i: number) =>
    mask[first * n + Math.floor(i / 3)] > 0;

describe('steady', () => {
  it('takes errors back that differ from frame to frame, on a picture that moves, and touches nothing outside the hole', () => {
    const clean = panning(frames, width, height, 3, 1);
    const { rgb, mask } = restored(clean, 40);
    const out = steady({ frames, width, height, rgb, mask, first: 0, last: frames - 1 });
    expect(psnr(out, clean, inHole(mask))).toBeGreaterThan(psnr(rgb, clean, inHole(mask)) + 3);
    out.forEach((v, i) => void (mask[Math.floor(i / 3)] || expect(v).toBe(rgb[i])));
  });

  it('gives the wanted frames only, the same whether more are wanted or not', () => {
    const { rgb, mask } = restored(panning(frames, width, height, 2, 0), 30);
    const all = steady({ frames, width, height, rgb, mask, first: 0, last: frames - 1 });
    const two = steady({ frames, width, height, rgb, mask, first: 2, last: 3 });
    expect(two).toEqual(all.slice(3 * n * 2, 3 * n * 4));
  });

  it('mixes nothing in from a neighbour of another scene', () => {
    const clean = panning(frames, width, height, 0, 0);
    clean.set(clean.slice(0, 9 * n).map((_, i) => 220 * ((Math.floor((i % (3 * width)) / 15) ^ Math.floor(i / (12 * width))) & 1)), 9 * n); // prettier-ignore
    const { rgb, mask } = restored(clean, 0);
    const out = steady({ frames, width, height, rgb, mask, first: 0, last: 2 });
    expect(psnr(out, clean.subarray(0, 9 * n), inHole(mask))).toBeGreaterThan(45);
  });
});

describe('patches', () => {
  const [w, h] = [96, 64];
  const picture = texture(w + 8, h, 3, 4);
  const shifted = (by: number): Float32Array =>
    Float32Array.from({ length: w * h }, (_, i) => picture[Math.floor(i / w) * (w + 8) + (i % w) + by]);
  const level = (luma: Float32Array) => buildPyramid(luma, new Float32Array(w * h).fill(1), w, h)[0];

  it('give up a motion of their own where that of their neighbours fits better, and are trusted less where it does not', () => {
    const a = level(shifted(3)); // in the second picture everything lies 3 to the right
    const grid = patchGrid(a);
    grid.u.fill(3);
    grid.weight.fill(0.5);
    const lost = 5 * grid.columns + 7;
    grid.u[lost] = -9;
    const still = grid.columns * 8 + 12;
    grid.u[still] = 0;
    // Under this patch the second picture shows what stands still: its own motion is the right one.
    const [x, y] = [4 * 12, 4 * 8];
    const mixed = shifted(0);
    for (let q = y; q < y + 8; q++) for (let p = x; p < x + 8; p++) mixed[q * w + p] = shifted(3)[q * w + p];
    seekConsensus(a, level(mixed), grid);
    expect(grid.u[lost]).toBeCloseTo(3, 1);
    expect(grid.u[still]).toBe(0);
    expect(grid.weight[still]).toBeLessThan(0.1);
    expect(grid.weight[lost]).toBe(0.5);
  });
});
