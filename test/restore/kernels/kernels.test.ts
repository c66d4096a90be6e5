import { describe, expect, it } from 'vitest';
import { compileKernels } from '../../../scripts/kernels.js';
import { patchGrid } from '../../../src/restore/candidates/grid.js';
import { searchPatches } from '../../../src/restore/candidates/patches.js';
import { buildPyramid } from '../../../src/restore/candidates/pyramid.js';
import { MEAN, mergeOffers } from '../../../src/restore/kernels/mean-kernel.js';
import { offerKernel } from '../../../src/restore/kernels/offer-kernel.js';
import { HOLES, pictureKernel } from '../../../src/restore/kernels/picture-kernel.js';
import { completePlanes } from '../../../src/restore/kernels/push-pull-kernel.js';
import { WASM } from '../../../src/restore/kernels/wasm.js';
import { panning, randomness, texture } from '../scene.js';

/** Numbers of the sections of a WebAssembly module. */
function sections(module: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 8; at < module.length;) {
    found.push(module[at++]);
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++];
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += length;
  }
  return found;
}

/** A mean that leaves outliers out, as candidates/fuse.ts says. */
function meanOf(offers: readonly (readonly number[])[]): number[] {
  let mean = [0, 0, 0];
  let spread = 0;
  const given = offers.reduce((sum, o) => sum + o[3], 0);
  for (let turn = 0; turn < 3; turn++) {
    const apart = offers.map((o) => mean.reduce((sum, m, c) => sum + (o[c] - m) ** 2, 0) / 3);
    const weights = offers.map((o, s) => (turn ? o[3] / (1 + apart[s] / 36) : o[3]));
    const all = weights.reduce((a, b) => a + b, 0);
    if (turn) spread = Math.sqrt(offers.reduce((sum, o, s) => sum + o[3] * apart[s], 0) / given);
    mean = mean.map((_, c) => offers.reduce((sum, o, s) => sum + weights[s] * o[c], 0) / all);
  }
  return [...mean, given, spread];
}

describe('the kernels of restoring', () => {
  it('are what their source compiles to, without constants in the memory that arrays are laid in', async () => {
    expect(Buffer.from(await compileKernels('restore')).toString('base64')).toBe(WASM);
    const found = sections(Buffer.from(WASM, 'base64'));
    expect(found).toContain(10); // code
    expect(found).not.toContain(11); // data
  });

  it('merge offers as the definition says, and nothing where nothing is offered', () => {
    const random = randomness(3);
    const count = 1500; // more than are merged at once
    const offers = Array.from({ length: 5 }, (_, s) =>
      Float32Array.from({ length: 4 * count }, (_, k) => (k % 4 === 3 ? ((k + 4 * s) % 7 ? random() : 0) : 120 + 100 * (random() - 0.5))),
    );
    for (const offer of offers) offer[4 * 9 + 3] = 0;
    const means = mergeOffers(offers);
    for (let h = 0; h < count; h++) {
      if (h === 9) expect(means[MEAN * h + 3]).toBe(0);
      else meanOf(offers.map((o) => [...o.subarray(4 * h, 4 * h + 4)])).forEach((v, k) => expect(means[MEAN * h + k]).toBeCloseTo(v, 1));
    }
  });

  it.each([
    [64, 40, 3],
    [37, 11, 2],
    [3, 50, 1],
  ])('complete what is not known smoothly and leave what is, in planes of %i x %i', (width, height, channels) => {
    const n = width * height;
    const ramp = (i: number, c: number): number => 10 + c + 2 * (i % width) + Math.floor(i / width);
    const weight = Float32Array.from({ length: n }, (_, i) => (i % 5 && i % 7 ? 1 : 0));
    const values = Float32Array.from({ length: channels * n }, (_, k) => (weight[k % n] ? ramp(k % n, Math.floor(k / n)) : 9999));
    completePlanes(values, weight, width, height, channels);
    values.forEach((v, k) => {
      const truth = ramp(k % n, Math.floor(k / n));
      if (weight[k % n]) expect(v).toBe(truth);
      else expect(Math.abs(v - truth)).toBeLessThan(4);
    });
  });

  it('halve a picture, and fill holes at half size or at full', () => {
    const [width, height] = [50, 31];
    const rgb = new Uint8Array(3 * width * height).fill(80);
    const mask = new Uint8Array(width * height);
    for (let y = 10; y < 16; y++) for (let x = 20; x < 32; x++) mask[y * width + x] = rgb[3 * (y * width + x)] = 255;
    const kernel = pictureKernel(width, height);
    const at = 6 * 25 + 13;
    const left = kernel.prepare(rgb, mask, HOLES.filled);
    expect([left.half[at], left.seen[at], left.seen[0]]).toEqual([255, 0, 1]);
    expect(kernel.prepare(rgb, mask, HOLES.half).half[at]).toBeCloseTo(80, 1);
    const full = kernel.prepare(rgb, mask, HOLES.full);
    expect(full.half[at]).toBeCloseTo(80, 1);
    expect(full.planes[12 * width + 26]).toBeCloseTo(80, 1);
    expect(full.luma[at]).toBeCloseTo(80, 1);
  });

  it('find patches moved by parts of a sample, hidden samples left out', () => {
    const [w, h] = [96, 64];
    const picture = texture(2 * w + 16, h, 3, 8);
    const half = (by: number): Float32Array =>
      Float32Array.from({ length: w * h }, (_, i) => picture[Math.floor(i / w) * (2 * w + 16) + 2 * (i % w) + by]);
    const visible = new Float32Array(w * h).fill(1);
    const [a, b] = [half(5), half(0)]; // what is at x in the first is at x + 2.5 in the second
    for (let y = 24; y < 34; y++) for (let x = 40; x < 60; x++) [a[y * w + x], b[y * w + x], visible[y * w + x]] = [255, 0, 0];
    const [from, to] = [a, b].map((luma) => buildPyramid(luma, visible, w, h)[0]);
    const grid = patchGrid(from);
    grid.u.fill(2);
    searchPatches(from, to, grid, [2, 0], false);
    const inside = [...grid.u.keys()].filter((k) => k % grid.columns < grid.columns - 2);
    const right = inside.filter((k) => Math.abs(grid.u[k] - 2.5) < 0.15 && Math.abs(grid.v[k]) < 0.15);
    expect(right.length).toBeGreaterThan(0.95 * inside.length);
  });

  it('copy from another frame along a flow, in the light of the target, and weigh by how both agree; nothing hidden', () => {
    const [width, height] = [128, 80];
    const n = width * height;
    const rgb = panning(2, width, height, 4, 0);
    const first = rgb.slice(0, 3 * n);
    const second = rgb.slice(3 * n).map((v) => Math.min(255, v + 10));
    const mask = Uint8Array.from({ length: n }, (_, i) => (i % width > 50 && i % width < 60 && Math.abs(i / width - 40) < 8 ? 255 : 0));
    const hole = Int32Array.from([...mask.keys()].filter((i) => mask[i]));
    const [target, source] = [first, second].map((picture) => pictureKernel(width, height).prepare(picture, mask, HOLES.half));
    const kernel = offerKernel(width, height);
    for (const by of [4, -4]) {
      const uv = new Float32Array((2 * n) / 4).fill(by / 2, 0, n / 4);
      const right = kernel.compare(target, source, uv);
      if (!right) continue; // the other way they have nothing in common
      const offers = kernel.gather(hole, second, mask);
      let seen = 0;
      hole.forEach((i, h) => {
        const [r, g, b, weight] = offers.subarray(4 * h, 4 * h + 4);
        expect(weight > 0).toBe(mask[i + by] === 0);
        if (weight === 0) return;
        seen++;
        [r, g, b].forEach((v, c) => expect(Math.abs(v - first[3 * i + c])).toBeLessThan(6));
        expect(weight).toBeGreaterThan(0.3);
      });
      expect(seen).toBeGreaterThan(0.2 * hole.length);
      return;
    }
    expect.unreachable();
  });
});
