import { describe, expect, it } from 'vitest';
import type { Box } from '../../../src/core/area.js';
import { boxAround, isScoreBar } from '../../../src/detect/logos/box.js';
import { withParts, type WidePicture } from '../../../src/detect/logos/parts.js';

const WIDTH = 160;
const HEIGHT = 100;
const NAME: Box = { x: 70, y: 40, width: 50, height: 16 };

const inBox = ({ x, y, width, height }: Box, u: number, v: number): boolean => u >= x && v >= y && u < x + width && v < y + height;

type Picture = { -readonly [K in keyof WidePicture]: WidePicture[K] };

/** A smooth scene with a bright name in it, which is known; `paint` gives the level of other pixels, `deviation` how much they change. */
function picture(paint: (x: number, y: number) => number | undefined, deviation: (x: number, y: number) => number = () => 0.5): Picture {
  const map = <T extends Float32Array | Uint8Array>(to: T, at: (x: number, y: number) => number): T => {
    for (let p = 0; p < to.length; p++) to[p] = at(p % WIDTH, Math.floor(p / WIDTH));
    return to;
  };
  const n = WIDTH * HEIGHT;
  const border = (x: number, y: number): boolean =>
    inBox(NAME, x, y) && !inBox({ x: NAME.x + 2, y: NAME.y + 2, width: NAME.width - 4, height: NAME.height - 4 }, x, y);
  return {
    mean: map(new Float32Array(n), (x, y) => (inBox(NAME, x, y) ? 220 : (paint(x, y) ?? 100))),
    deviation: map(new Float32Array(n), (x, y) => (inBox(NAME, x, y) ? 0.5 : deviation(x, y))),
    unrest: new Float32Array(n).fill(0.7),
    seeds: map(new Uint8Array(n), (x, y) => (border(x, y) ? 1 : 0)),
    width: WIDTH,
    height: HEIGHT,
  };
}

const known = (): Uint8Array =>
  Uint8Array.from({ length: WIDTH * HEIGHT }, (_, p) => (inBox(NAME, p % WIDTH, Math.floor(p / WIDTH)) ? 255 : 0));

/** Share of the pixels with `own` that a mask hides. */
function hidden(mask: Uint8Array, own: (x: number, y: number) => boolean): number {
  const pixels = [...mask.keys()].filter((p) => own(p % WIDTH, Math.floor(p / WIDTH)));
  return pixels.filter((p) => mask[p]).length / pixels.length;
}

const disc = (x: number, y: number): boolean => Math.hypot(x - 50, y - 48) <= 16;
const ring = (x: number, y: number): boolean => disc(x, y) && Math.hypot(x - 50, y - 48) > 11;

describe('withParts', () => {
  it('takes the badge on the row of a name, strong or weak, though all of the picture stands still', () => {
    for (const level of [190, 108]) {
      const mask = withParts(picture((x, y) => (disc(x, y) ? level : undefined)), known()); // prettier-ignore
      expect(hidden(mask, disc)).toBeGreaterThan(0.97);
      expect(hidden(mask, (x, y) => !disc(x, y) && !inBox(NAME, x, y))).toBeLessThan(0.02);
    }
  });

  it('takes a ring as light as the scene, which stands still alone, and leaves open what moves in it', () => {
    const mask = withParts(picture(() => undefined, (x, y) => (ring(x, y) ? 0.5 : 14)), known()); // prettier-ignore
    expect(hidden(mask, ring)).toBeGreaterThan(0.97);
    expect(mask[48 * WIDTH + 50]).toBe(0);
  });

  it.each<[string, (x: number, y: number) => boolean]>([
    ['lines that touch the name', (x, y) => Math.abs(y - 48) < 2 || Math.abs(x - 90) < 2],
    ['a shape that stands lower', (x, y) => inBox({ x: 36, y: 64, width: 28, height: 24 }, x, y)],
    ['a shape far away', (x, y) => inBox({ x: 8, y: 36, width: 24, height: 24 }, x, y)],
    ['a shape that leaves the picture', (x, y) => inBox({ x: 0, y: 36, width: 62, height: 24 }, x, y)],
  ])('leaves out %s', (_, shape) => {
    const mask = withParts(picture((x, y) => (shape(x, y) ? 190 : undefined)), known()); // prettier-ignore
    expect(hidden(mask, (x, y) => shape(x, y) && !inBox(NAME, x, y))).toBe(0);
  });

  it('leaves out a shape that stays where a blinking mark is gone', () => {
    const shown = picture((x, y) => (disc(x, y) ? 190 : undefined));
    const gone = { mean: shown.mean.map((v, p) => (inBox(NAME, p % WIDTH, Math.floor(p / WIDTH)) ? 100 : v)), deviation: shown.deviation };
    expect(hidden(withParts({ ...shown, gone }, known()), disc)).toBe(0);
  });
});

describe('boxAround', () => {
  const BAR: Box = { x: 30, y: 36, width: 104, height: 24 };
  const DIGIT: Box = { x: 124, y: 42, width: 6, height: 12 };

  it('finds the whole plate of a bar as dark as its moving scene, to beyond figures that change', () => {
    const still = (x: number, y: number): boolean => inBox(BAR, x, y) && !inBox(DIGIT, x, y);
    const shown = picture(() => undefined, (x, y) => (still(x, y) ? 0.5 : inBox(DIGIT, x, y) ? 30 : 8)); // prettier-ignore
    const box = boxAround({ ...shown, mask: known() });
    expect(box).toBeDefined();
    if (!box) return;
    for (const [a, b] of [[box.x, BAR.x], [box.y, BAR.y], [box.width, BAR.width], [box.height, BAR.height]]) expect(Math.abs(a - b)).toBeLessThanOrEqual(3); // prettier-ignore
    expect(isScoreBar({ ...shown, mask: known() }, box)).toBe(true);
  });

  it.each([0.5, 8])('takes no scene beside a name without a plate, whose deviation is %d', (deviation) => {
    const box = boxAround({ ...picture(() => undefined, () => deviation), mask: known() }); // prettier-ignore
    expect(box?.width ?? 0).toBeLessThanOrEqual(NAME.width + 4);
    expect(box?.height ?? 0).toBeLessThanOrEqual(NAME.height + 4);
  });
});
