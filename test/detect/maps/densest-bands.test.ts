import fc from 'fast-check';
import { expect, it } from 'vitest';
import { densestBands } from '../../../src/detect/maps/densest-bands.js';

const WIDTH = 30;
const HEIGHT = 20;
/** A map of -1 with boxes of 1 in it. */
function mapOf(...boxes: [number, number, number, number][]): Float32Array {
  const map = new Float32Array(WIDTH * HEIGHT).fill(-1);
  for (const [x, y, w, h] of boxes) for (let v = y; v < y + h; v++) map.fill(1, v * WIDTH + x, v * WIDTH + x + w);
  return map;
}

it('finds two boxes of other widths that touch, from top to bottom', () => {
  const bands = densestBands(mapOf([4, 3, 20, 6], [8, 9, 12, 5]), WIDTH, HEIGHT, 5);
  expect(bands).toEqual([
    { box: { x: 4, y: 3, width: 20, height: 6 }, sum: 120 },
    { box: { x: 8, y: 9, width: 12, height: 5 }, sum: 60 },
  ]);
});

it('makes one of what two would cost more than they gain', () => {
  expect(densestBands(mapOf([4, 3, 20, 6], [5, 9, 19, 5]), WIDTH, HEIGHT, 12)).toHaveLength(1);
  expect(densestBands(mapOf([4, 3, 20, 6], [5, 9, 19, 5]), WIDTH, HEIGHT, 1)).toHaveLength(2);
});

it('finds nothing where nothing is above what it costs', () => {
  expect(densestBands(mapOf(), WIDTH, HEIGHT, 0)).toEqual([]);
  expect(densestBands(mapOf([3, 3, 4, 4]), WIDTH, HEIGHT, 16)).toEqual([]);
});

/** What the best boxes of a map add up to, by trying all of them. */
function most(map: readonly number[], width: number, height: number, cost: number, row = 0): number {
  if (row === height) return 0;
  let best = most(map, width, height, cost, row + 1);
  const columns = new Array<number>(width).fill(0);
  for (let bottom = row; bottom < height; bottom++) {
    columns.forEach((_, x) => (columns[x] += map[bottom * width + x]));
    const after = most(map, width, height, cost, bottom + 1);
    for (let from = 0; from < width; from++)
      for (let to = from, sum = 0; to < width; to++) best = Math.max(best, (sum += columns[to]) - cost + after);
  }
  return best;
}

it('adds up to as much as the best of all boxes', () => {
  const maps = fc.array(fc.integer({ min: -4, max: 3 }), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(maps, fc.integer({ min: 0, max: 9 }), (map, cost) => {
      const bands = densestBands(Float32Array.from(map), 6, 5, cost);
      expect(bands.reduce((sum, band) => sum + band.sum - cost, 0)).toBe(most(map, 6, 5, cost));
    }),
    { numRuns: 200 },
  );
});
