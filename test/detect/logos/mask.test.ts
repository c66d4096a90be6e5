import { expect, it } from 'vitest';
import { logoMask } from '../../../src/detect/logos/mask.js';

const WIDTH = 120;
const HEIGHT = 80;
const isBadge = (x: number, y: number): boolean => x >= 30 && x < 60 && y >= 25 && y < 55;
const isWall = (x: number, y: number): boolean => x >= 60 && x < 90 && y >= 40;
const isLine = (x: number, y: number): boolean => x >= 60 && x < 90 && (y === 39 || y === 40);

/** A bright badge, from which the still edge of a wall runs out; the survey has seen the badge's rim, and what else it is said to. */
function picture(seen: (x: number, y: number) => boolean) {
  const maps = [new Float32Array(WIDTH * HEIGHT), new Float32Array(WIDTH * HEIGHT)];
  const seeds = new Uint8Array(WIDTH * HEIGHT);
  for (let p = 0; p < seeds.length; p++) {
    const [x, y] = [p % WIDTH, Math.floor(p / WIDTH)];
    const isRim = isBadge(x, y) && !(isBadge(x - 2, y) && isBadge(x + 2, y) && isBadge(x, y - 2) && isBadge(x, y + 2));
    maps[0][p] = isBadge(x, y) ? 220 : isWall(x, y) ? 130 : 90;
    maps[1][p] = isBadge(x, y) || isLine(x, y) ? 0.4 : 9;
    if (isRim || seen(x, y)) seeds[p] = 1;
  }
  return { mean: maps[0], deviation: maps[1], seeds, width: WIDTH, height: HEIGHT };
}

/** Pixels of the mask on the line, well away from the badge. */
const onLine = (mask: Uint8Array): number => mask.filter((v, p) => v && p % WIDTH > 66 && isLine(p % WIDTH, Math.floor(p / WIDTH))).length;

it('leaves out a thin line that runs out of a mark, unless the survey saw it', () => {
  const mask = logoMask(picture(() => false));
  const badge = Array.from(mask.keys()).filter((p) => isBadge(p % WIDTH, Math.floor(p / WIDTH)));
  expect(badge.filter((p) => mask[p]).length).toBe(badge.length);
  expect(onLine(mask)).toBe(0);
  expect(onLine(logoMask(picture(isLine)))).toBeGreaterThan(20);
});
