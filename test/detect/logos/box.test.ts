import { expect, it } from 'vitest';
import { boxAround } from '../../../src/detect/logos/box.js';

const WIDTH = 100;
const HEIGHT = 60;
const MARK = { x: 20, y: 18, width: 60, height: 24 };
const HOLE = { x: 40, y: 26, width: 8, height: 8 };
const SCENE = { mean: 170, deviation: 7 };

const inside = ({ x, y, width, height }: typeof MARK, p: number): boolean => {
  const [column, row] = [p % WIDTH, Math.floor(p / WIDTH)];
  return column >= x && column < x + width && row >= y && row < y + height;
};

/** A dark mark with four straight sides before a scene that moves, and a hole in its mask that looks like that. */
function box(hole: { readonly mean: number; readonly deviation: number }): unknown {
  const at = (p: number): typeof hole => (inside(HOLE, p) ? hole : inside(MARK, p) ? { mean: 60, deviation: 1 } : SCENE);
  const of = (pick: (p: number) => number): Float32Array => Float32Array.from({ length: WIDTH * HEIGHT }, (_, p) => pick(p));
  const mask = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, p) => (inside(MARK, p) && !inside(HOLE, p) ? 255 : 0));
  return boxAround({ mean: of((p) => at(p).mean), deviation: of((p) => at(p).deviation), mask, width: WIDTH, height: HEIGHT });
}

it('a plate whose figures change is a box, letters with straight sides that the scene shows between are none', () => {
  expect(box({ mean: 120, deviation: 60 })).toBeDefined();
  expect(box({ mean: 60, deviation: 1 })).toBeDefined();
  expect(box(SCENE)).toBeUndefined();
});
