import { describe, expect, it } from 'vitest';
import { fillHoles, growMap, shrinkMap } from '../../../src/detect/maps/regions.js';

/** A map of some set bytes of any value, the same every time. */
function mapOf(width: number, height: number, share: number): Uint8Array {
  let state = 7;
  const random = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  return Uint8Array.from({ length: width * height }, () => (random() < share ? 1 + Math.floor(255 * random()) : 0));
}

/** Whether any sample within `by` of (x, y) is as asked. */
function anyNear(width: number, height: number, at: number, by: number, is: (p: number) => boolean): boolean {
  const [x, y] = [at % width, Math.floor(at / width)];
  for (let v = Math.max(0, y - by); v <= Math.min(height - 1, y + by); v++)
    for (let u = Math.max(0, x - by); u <= Math.min(width - 1, x + by); u++) if (is(v * width + u)) return true;
  return false;
}

const SIZES: [width: number, height: number][] = [
  [1, 1],
  [37, 11],
  [16, 64],
  [130, 3],
];

describe.each(SIZES)('a map of %i x %i', (width, height) => {
  it.each([0, 1, 2, 5, 40])('grows and shrinks by %i', (by) => {
    for (const share of [0.01, 0.5, 0.97]) {
      const map = mapOf(width, height, share);
      const expected = (is: (p: number) => boolean): number[] => Array.from(map, (_, p) => (anyNear(width, height, p, by, is) ? 1 : 0));
      expect([...growMap(map, width, height, by)]).toEqual(expected((p) => map[p] > 0));
      expect([...shrinkMap(map, width, height, by)]).toEqual(expected((p) => map[p] === 0).map((v) => 1 - v));
    }
  });

  it('has its holes filled, and nothing that is open to the border', () => {
    for (const share of [0.3, 0.45, 0.6]) {
      const map = mapOf(width, height, share);
      // What is open: grown from the border through zero bytes until nothing is added.
      const open = new Set<number>();
      const joins = (p: number): boolean => {
        const [x, y] = [p % width, Math.floor(p / width)];
        return x === 0 || y === 0 || x === width - 1 || y === height - 1 || [p - 1, p + 1, p - width, p + width].some((q) => open.has(q));
      };
      for (let before = -1; before < open.size;) {
        before = open.size;
        for (let p = 0; p < map.length; p++) if (!map[p] && joins(p)) open.add(p);
      }
      expect([...fillHoles(map, width, height)]).toEqual(Array.from(map, (_, p) => (open.has(p) ? 0 : 1)));
    }
  });
});
