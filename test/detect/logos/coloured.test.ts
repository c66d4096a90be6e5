import { describe, expect, it } from 'vitest';
import type { Mask } from '../../../src/core/area.js';
import { colouredFindings, colourFrames } from '../../../src/detect/logos/coloured.js';
import type { ColourFrame } from '../../../src/detect/survey/luma-source.js';
import type { Finding } from '../../../src/plan/plan.js';

const WIDTH = 96;
const HEIGHT = 64;
const isRing = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 40, y - 30) - 12) < 2.5;
const RED = { luma: 120, cb: 100, cr: 190 };

/** A red ring, as light as the scene, which drifts; `tint` is the scene's colour. */
function frame(index: number, tint: { cb: number; cr: number }): ColourFrame {
  const planes = { luma: new Uint8Array(WIDTH * HEIGHT), cb: new Uint8Array(WIDTH * HEIGHT), cr: new Uint8Array(WIDTH * HEIGHT) };
  for (let p = 0; p < WIDTH * HEIGHT; p++) {
    const [x, y] = [p % WIDTH, Math.floor(p / WIDTH)];
    const scene = { luma: 110 + 20 * Math.sin((x + 3 * index) / 9), ...tint };
    const { luma, cb, cr } = isRing(x, y) ? RED : scene;
    planes.luma[p] = luma + ((p + index) % 3);
    planes.cb[p] = cb + ((p + index) % 2);
    planes.cr[p] = cr + ((p * 7 + index) % 2);
  }
  return { index, ...planes };
}

/** Half of the ring, as luma alone may find it. */
const half: Mask = {
  box: { x: 0, y: 0, width: WIDTH, height: HEIGHT },
  data: Uint8Array.from({ length: WIDTH * HEIGHT }, (_, p) => (isRing(p % WIDTH, Math.floor(p / WIDTH)) && p < 30 * WIDTH ? 255 : 0)),
};
const logo: Finding = { kind: 'logo', confidence: 0.9, why: '', mask: { ...half }, spans: [{ first: 0, last: 99 }] };

async function masked(finding: Finding, tint: { cb: number; cr: number }): Promise<{ own: number; else: number }> {
  const source = {
    width: WIDTH,
    height: HEIGHT,
    async *colour(indices: readonly number[]): AsyncIterable<ColourFrame> {
      await Promise.resolve();
      for (const index of indices) yield frame(index, tint);
    },
  };
  const [{ mask }] = await colouredFindings([finding], source);
  let [own, other, all] = [0, 0, 0];
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const { box, data } = mask;
      const set = x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height && data[(y - box.y) * box.width + x - box.x];
      if (isRing(x, y)) all++;
      if (set && isRing(x, y)) own++;
      else if (set) other++;
    }
  return { own: own / all, else: other };
}

describe('parts of a mark that only their colour tells', () => {
  it('are added where nothing around has the colour', async () => {
    const found = await masked(logo, { cb: 128, cr: 128 });
    expect(found.own).toBeGreaterThan(0.98);
    expect(found.else).toBe(0);
  });

  it('are left alone where the scene has it too', async () => {
    const found = await masked(logo, { cb: 102, cr: 186 });
    expect(found.own).toBeLessThan(0.6);
    expect(found.else).toBe(0);
  });

  it('concern marks that stand, not cues', async () => {
    expect((await masked({ ...logo, kind: 'subtitle' }, { cb: 128, cr: 128 })).own).toBeLessThan(0.6);
  });
});

it('reads colours from a few of the frames in which a mark shows, evenly', () => {
  const frames = colourFrames([{ first: 10, last: 20 }, { first: 1000, last: 2188 }]); // prettier-ignore
  expect(frames).toHaveLength(12);
  expect(frames.every((t) => t >= 1000)).toBe(true);
  expect(frames[11]).toBeGreaterThan(2100);
  expect(colourFrames([{ first: 3, last: 4 }])).toEqual([3, 4]);
});

it('decodes no frames of its own for a mark that those of another one show', async () => {
  const asked: number[][] = [];
  const source = {
    width: WIDTH,
    height: HEIGHT,
    async *colour(indices: readonly number[]): AsyncIterable<ColourFrame> {
      await Promise.resolve();
      asked.push([...indices]);
      for (const index of indices) yield frame(index, { cb: 128, cr: 128 });
    },
  };
  const shorter: Finding = { ...logo, spans: [{ first: 20, last: 99 }] };
  const elsewhere: Finding = { ...logo, spans: [{ first: 200, last: 299 }] };
  const found = await colouredFindings([shorter, logo, elsewhere], source);
  expect(asked).toEqual([[...colourFrames(logo.spans), ...colourFrames(elsewhere.spans)]]);
  for (const { mask } of found) expect(mask.data.filter((v) => v).length).toBeGreaterThan(1.5 * half.data.filter((v) => v).length);
});
