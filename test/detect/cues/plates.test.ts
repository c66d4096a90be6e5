import { expect, it } from 'vitest';
import { isPlate } from '../../../src/detect/cues/plates.js';

const WIDTH = 80;
const box = { x: 10, y: 5, width: 60, height: 20 };
const size = WIDTH * 30;
/** What is known of the box, up to a column, and what is in it. */
const known = (until: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, p) => (p % WIDTH >= box.x && p % WIDTH < until && p >= 5 * WIDTH && p < 25 * WIDTH ? 1 : 0));
const levels = (of: (p: number) => number): Float32Array => Float32Array.from({ length: size }, (_, p) => of(p));
const even = levels((p) => 60 + (p % 3));
const scene = levels((p) => 60 + 50 * Math.sin(p / 5));

it('takes a box for a plate that is known nearly all', () => {
  expect(isPlate(known(62), scene, WIDTH, box)).toBe(true);
});

it('takes one half of which is known for a plate where the rest is of one level', () => {
  expect(isPlate(known(45), even, WIDTH, box)).toBe(true);
  expect(isPlate(known(45), scene, WIDTH, box)).toBe(false);
});

it('takes lines of text before an even wall for no plate', () => {
  expect(isPlate(known(34), even, WIDTH, box)).toBe(false);
});
