import { expect, it } from 'vitest';
import { bandsOf } from '../../../src/detect/survey/bands.js';

it('reads the rows in which something is looked at, those of neighbours together', () => {
  const boxes = [
    { x: 300, y: 500, width: 40, height: 20 },
    { x: 20, y: 10, width: 60, height: 30 },
    { x: 50, y: 50, width: 10, height: 5 },
    { x: 310, y: 505, width: 100, height: 5 },
  ];
  expect(bandsOf(boxes)).toEqual([
    { x: 20, y: 10, width: 390, height: 45 },
    { x: 20, y: 500, width: 390, height: 20 },
  ]);
  expect(bandsOf(boxes.slice(0, 1))).toEqual(boxes.slice(0, 1));
});
