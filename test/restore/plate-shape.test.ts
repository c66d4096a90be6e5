import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/core/area.js';
import { holeOf } from '../../src/restore/matte/hole.js';
import { plateShape } from '../../src/restore/matte/plates/shape.js';
import { rowsWithin, stepAt } from '../../src/restore/matte/plates/sides.js';

const PICTURE = { width: 320, height: 120 };
const OPACITY = 0.5;
const upper: Box = { x: 60, y: 40, width: 200, height: 28 };
const lower: Box = { x: 90, y: 62, width: 140, height: 28 };
const within = ({ x, y, width, height }: Box, u: number, v: number): boolean => u >= x && v >= y && u < x + width && v < y + height;
const isLetter = ({ x, y, width, height }: Box, u: number, v: number): boolean =>
  within({ x: x + 10, y: y + 9, width: width - 20, height: height - 18 }, u, v) && u % 7 < 3;

/** What the pixels say of plates in a mask that is `ragged` samples too large at its left; the scene has moved a little everywhere. */
function shapeOf(plates: readonly Box[], ragged = 0): (x: number, y: number) => number {
  const whole = plates.reduce((a, b) => ({ x: Math.min(a.x, b.x), y: a.y, width: Math.max(a.x + a.width, b.x + b.width) - Math.min(a.x, b.x), height: b.y + b.height - a.y })); // prettier-ignore
  const box = { ...whole, x: whole.x - ragged, width: whole.width + ragged };
  const data = Uint8Array.from({ length: box.width * box.height }, (_, i) => {
    const [x, y] = [box.x + (i % box.width), box.y + Math.floor(i / box.width)];
    return plates.some((p) => within({ ...p, x: p.x - ragged, width: p.width + ragged }, x, y)) ? 255 : 0;
  });
  const hole = holeOf({ box, data }, PICTURE);
  const each = (of: (x: number, y: number) => number): number[] =>
    Array.from(hole.depth, (_, i) => of(hole.box.x + (i % hole.box.width), hole.box.y + Math.floor(i / hole.box.width)));
  const glyphs = Uint8Array.from(each((x, y) => (plates.some((p) => isLetter(p, x, y)) ? 1 : 0)));
  const rate = Float32Array.from(
    each((x, y) => 1 - plates.reduce((left, p) => left * (within(p, x, y) ? 1 - OPACITY : 1), 1) + 0.2 * Math.sin(x * 1.3 + y * 2.1)),
    (r, i) => (glyphs[i] ? NaN : r),
  );
  const { alpha } = plateShape({ rate, glyphs, hole, opacity: OPACITY });
  return (x, y) => alpha[(y - hole.box.y) * hole.box.width + x - hole.box.x];
}

describe('the shape of a plate', () => {
  it.each([0, 15])('is a rectangle with sides where the pixels say, in a mask that is %i samples too wide', (ragged) => {
    const alpha = shapeOf([upper], ragged);
    for (const y of [40, 54, 67]) {
      expect(alpha(58, y)).toBeLessThan(0.05);
      expect(alpha(60, y)).toBeGreaterThan(0.4);
      expect(alpha(160, y)).toBeCloseTo(OPACITY, 1);
      expect(alpha(259, y)).toBeGreaterThan(0.4);
      expect(alpha(261, y)).toBeLessThan(0.05);
    }
  });

  it('is opaque where the mask hides something far from it', () => expect(shapeOf([upper], 15)(47, 54)).toBe(1));

  it('lets the scene through both plates where two lines overlap', () => {
    const alpha = shapeOf([upper, lower]);
    for (const y of [63, 65, 66]) expect(alpha(160, y)).toBeCloseTo(0.75, 1);
    for (const y of [45, 59, 71, 85]) expect(alpha(160, y)).toBeCloseTo(OPACITY, 1);
    expect(alpha(70, 65)).toBeCloseTo(OPACITY, 1);
  });

  it('lets the scene be seen between two lines that lie apart', () => {
    const alpha = shapeOf([upper, { ...lower, y: 73 }]);
    for (const y of [69, 71]) expect(alpha(160, y)).toBeLessThan(0.1);
  });
});

describe('a side', () => {
  const profile = (at: number): number => (at < 10 ? 0 : at === 14 ? NaN : 0.5);
  it('is where α steps, whichever way it runs', () => {
    expect(stepAt({ profile, at: 7, from: 0, to: 20, inwards: 1, opacity: 0.5 })).toBe(10);
    expect(stepAt({ profile: (k) => profile(19 - k), at: 12, from: 0, to: 20, inwards: -1, opacity: 0.5 })).toBe(10);
  });

  it('is where it should be if nothing tells', () => {
    expect(stepAt({ profile: () => NaN, at: 7, from: 0, to: 20, inwards: 1, opacity: 0.5 })).toBe(7);
    expect(rowsWithin({ profile: () => NaN, at: 7, from: 0, to: 20, opacity: 0.5 })).toMatchObject({ bottom: 7, top: 7 });
  });
});
