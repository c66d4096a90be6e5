import { describe, expect, it } from 'vitest';
import { planesOf, type ColourSpace, type Geometry } from '../../src/core/frame.js';
import { cropToRgb } from '../../src/restore/colour.js';
import { composeFrame, FEATHER, feather } from '../../src/restore/compose.js';
import { geometryOf, paint, randomness, texture } from './scene.js';

const box = { x: 8, y: 6, width: 40, height: 30 };
const LAYOUTS = (['420', '422', '444', 'gray'] as const).flatMap((chroma) =>
  ([8, 10, 12] as const).map((depth) => [chroma, depth] as const),
);
const SPACES: ColourSpace[] = (['bt601', 'bt709', 'bt2020'] as const).flatMap((matrix) =>
  (['limited', 'full'] as const).map((range) => ({ matrix, range })),
);

/** Gentle colours that every matrix keeps inside the RGB cube. */
function picture(geometry: Geometry, index = 0) {
  const planes = [1, 2, 3].map((seed) => texture(96, 64, seed, 8));
  return paint(geometry, index, (p, x, y) => (p ? 128 + (planes[p][y * 96 + x] - 128) * 0.15 : 60 + planes[0][y * 96 + x] * 0.55));
}

/** A disc in the middle of the box. */
const disc = Uint8Array.from({ length: box.width * box.height }, (_, i) => {
  const [x, y] = [i % box.width, Math.floor(i / box.width)];
  return (x - 20) ** 2 + (y - 15) ** 2 < 64 ? 255 : 0;
});

describe.each(LAYOUTS)('%s at %i bits', (chroma, depth) => {
  const geometry = geometryOf(65, 47, chroma, depth);

  it('leaves every sample bit-identical that no weight covers, and replaces chroma under any masked luma', () => {
    const before = picture(geometry);
    const after = { index: 3, data: before.data.slice() };
    const weight = feather(disc, box.width, box.height);
    composeFrame(
      after,
      geometry,
      { matrix: 'bt709', range: 'limited' },
      { box, rgb: Uint8Array.from({ length: 3 * weight.length }, (_, i) => [250, 20, 250][i % 3]), weight },
    );
    const [was, is] = [planesOf(before, geometry), planesOf(after, geometry)];
    const reached = is.map((plane, p) => {
      const sx = plane.width < geometry.width && p ? 1 : 0;
      const sy = plane.height < geometry.height && p ? 1 : 0;
      let changed = 0;
      for (let i = 0; i < plane.data.length; i++) {
        const [x, y] = [i % plane.width, Math.floor(i / plane.width)];
        let w = 0;
        for (let j = y << sy; j <= (y << sy) + sy; j++)
          for (let k = x << sx; k <= (x << sx) + sx; k++)
            if (k >= box.x && j >= box.y && k < box.x + box.width && j < box.y + box.height)
              w = Math.max(w, weight[(j - box.y) * box.width + k - box.x]);
        if (w === 0) expect(plane.data[i]).toBe(was[p].data[i]);
        else if (w === 255) expect(plane.data[i]).not.toBe(was[p].data[i]);
        changed += Number(w > 0);
      }
      return changed;
    });
    expect(reached.every((count) => count > 0)).toBe(true);
  });

  it.each(SPACES)('comes back from RGB as it went: $matrix, $range', (colour) => {
    const before = picture(geometry);
    const after = { index: 0, data: before.data.slice() };
    const weight = new Uint8Array(box.width * box.height).fill(255);
    composeFrame(after, geometry, colour, { box, rgb: cropToRgb(before, geometry, colour, box), weight });
    const level = 2 ** (depth - 8);
    const [was, is] = [planesOf(before, geometry), planesOf(after, geometry)];
    is.forEach((plane, p) => plane.data.forEach((v, i) => expect(Math.abs(v - was[p].data[i])).toBeLessThanOrEqual(1.6 * level)));
  });
});

describe('cropToRgb', () => {
  it.each([
    ['bt601', 'limited', [81, 90, 240], [255, 0, 0]],
    ['bt709', 'limited', [63, 102, 240], [255, 0, 0]],
    ['bt709', 'limited', [173, 42, 26], [0, 255, 0]],
    ['bt2020', 'limited', [74, 97, 240], [255, 0, 0]],
    ['bt601', 'full', [29, 255, 107], [0, 0, 254]],
    ['bt709', 'limited', [16, 128, 128], [0, 0, 0]],
    ['bt709', 'limited', [235, 128, 128], [255, 255, 255]],
  ] as const)('knows the primaries of %s, %s range', (matrix, range, yuv, rgb) => {
    const geometry = geometryOf(4, 4, '420', 8);
    const crop = cropToRgb(paint(geometry, 0, (p) => yuv[p]), geometry, { matrix, range }, { x: 0, y: 0, width: 2, height: 2 }); // prettier-ignore
    rgb.forEach((v, c) => expect(Math.abs(crop[c] - v)).toBeLessThanOrEqual(2));
  });
});

describe('composeFrame', () => {
  const colour: ColourSpace = { matrix: 'bt709', range: 'limited' };
  const whole = { x: 0, y: 0, width: 64, height: 48 };

  it('does not posterise 10 bits: a fill in 8-bit steps uses the codes between them', () => {
    const geometry = geometryOf(64, 48, '420', 10);
    const frame = paint(geometry, 1, () => 100);
    const rgb = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => 100 + Math.floor((Math.floor(i / 3) % 64) / 16));
    composeFrame(frame, geometry, colour, { box: whole, rgb, weight: new Uint8Array(64 * 48).fill(255) });
    expect(new Set(planesOf(frame, geometry)[0].data).size).toBeGreaterThan(12);
  });

  it('adds grain where the source has some, about as much but not more, the same each time', () => {
    const geometry = geometryOf(64, 48, '420', 8);
    const random = randomness(5);
    const noisy = paint(geometry, 7, (p) => (p ? 128 : 120 + 10 * (random() + random() + random() - 1.5)));
    const weight = Uint8Array.from({ length: 64 * 48 }, (_, i) => (i % 64 < 32 ? 255 : 0));
    const rgb = new Uint8Array(64 * 48 * 3).fill(120);
    const [a, b] = [0, 1].map(() => ({ index: 7, data: noisy.data.slice() }));
    const clean = paint(geometry, 7, () => 128);
    for (const frame of [a, b, clean]) composeFrame(frame, geometry, colour, { box: whole, rgb, weight });
    const deviation = (frame: { data: Uint8Array }, left: boolean): number => {
      const values = [...frame.data.subarray(0, 64 * 48)].filter((_, i) => i % 64 < 32 === left);
      const mean = values.reduce((s, v) => s + v, 0) / values.length;
      return Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length);
    };
    expect(Buffer.compare(a.data, b.data)).toBe(0);
    expect(deviation(a, true)).toBeGreaterThan(0.3 * deviation(a, false));
    expect(deviation(a, true)).toBeLessThan(deviation(a, false));
    expect(deviation(clean, true)).toBe(0);
  });
});

describe('feather', () => {
  it('is full over the mask, falls outside it alone, and ends', () => {
    const weight = feather(disc, box.width, box.height);
    const row = (y: number): number[] => [...weight.subarray(y * box.width, (y + 1) * box.width)];
    expect([...weight].every((w, i) => (disc[i] ? w === 255 : w < 255))).toBe(true);
    const middle = row(15);
    const first = middle.indexOf(255);
    expect(middle.slice(first - FEATHER - 1, first + 1)).toEqual([0, 85, 170, 255]);
  });
});
