import { expect, it } from 'vitest';
import { calm } from '../../src/restore/matte/calm.js';
import { randomness } from './scene.js';

const [width, height] = [96, 64];
const box = { x: 0, y: 0, width, height };
/** A mark on the right half; in the scene under it is an edge. */
const alpha = Float32Array.from({ length: width * height }, (_, i) => (i % width >= 48 ? 0.6 : 0));
const scene = (i: number): number => (i % width >= 72 ? 160 : 90);

function noisy(left: number, right: number): Uint8Array {
  const random = randomness(3);
  const bell = (): number => random() + random() + random() + random() - 2;
  return Uint8Array.from(alpha, (a, i) => Math.round(scene(i) + 1.73 * bell() * (a ? right : left)));
}

const deviation = (data: Uint8Array, of: (x: number) => boolean): number => {
  const off = Array.from(data, (v, i) => (of(i % width) ? (v - scene(i)) ** 2 : NaN)).filter((v) => !Number.isNaN(v));
  return Math.sqrt(off.reduce((s, v) => s + v, 0) / off.length);
};

it('calms noise that taking a mark off has raised above the surround, and keeps the edges of the scene', () => {
  const data = noisy(1, 4);
  const before = data.slice();
  calm({ data, width, height }, { box, alpha, colour: 235 }, 8);
  expect(deviation(before, (x) => x >= 52)).toBeGreaterThan(3);
  expect(deviation(data, (x) => x >= 52 && x < 68)).toBeLessThan(2.2);
  expect(deviation(data, (x) => x >= 69 && x < 75)).toBeLessThan(4);
  for (let i = 0; i < data.length; i++) if (!alpha[i]) expect(data[i]).toBe(before[i]);
});

it('leaves a place as it is that is no noisier than its surround', () => {
  const data = noisy(3, 3);
  const before = data.slice();
  calm({ data, width, height }, { box, alpha, colour: 235 }, 8);
  expect(data).toEqual(before);
});
