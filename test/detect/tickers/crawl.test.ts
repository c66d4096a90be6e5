import { describe, expect, it } from 'vitest';
import { spanLength } from '../../../src/core/area.js';
import { Crop } from '../../../src/detect/survey/crops.js';
import { crawlAppointment, type InspectedCrawl } from '../../../src/detect/tickers/crawl.js';
import { speedIn } from '../../../src/detect/tickers/speed.js';
import { maskAt } from '../../../src/plan/travel.js';
import { texture } from '../../restore/scene.js';

const WIDTH = 320;
const HEIGHT = 90;
const RATE = 25;
const BAND = { x: 0, y: 30, width: WIDTH, height: 28 };
const whole = { box: BAND, data: new Uint8Array(WIDTH * BAND.height).fill(255) };

/** A letter's rows: white with a black outline; words of four, gaps between them. */
function inkAt(u: number, row: number): number | undefined {
  const [word, at] = [Math.floor(u / 64), ((u % 64) + 64) % 64];
  if (at >= 48 || row < 4 || row >= 24) return undefined;
  const [letter, x] = [Math.floor(at / 12), at % 12];
  const low = (word * 5 + letter * 3) % 3 === 0 ? 9 : 4;
  if (x >= 9 || row < low) return undefined;
  return x < 2 || x >= 7 || row < low + 2 || row >= 22 ? 16 : 235;
}

interface Programme {
  readonly frames: number;
  /** Samples to the left that the text has gone by a frame. */
  readonly gone: (t: number) => number;
  readonly scene: (t: number, x: number, y: number) => number;
  readonly shown?: (t: number) => boolean;
  /** Opacity of a plate as high as the band. */
  readonly plate?: number;
}

const wide = texture(WIDTH + 400, HEIGHT, 3, 12);
const still = (_: number, x: number, y: number): number => wide[y * (WIDTH + 400) + x];
const pan = (t: number, x: number, y: number): number => wide[y * (WIDTH + 400) + x + t];
const cuts = (t: number, x: number, y: number): number => (t % 120 < 60 ? still(t, x, y) : 255 - still(t, x + 37, y));

/** One frame; what lies between two columns of the text is mixed. */
function frameAt({ gone, scene, shown, plate = 0 }: Programme, t: number): Uint8Array {
  const out = new Uint8Array(WIDTH * HEIGHT);
  const by = gone(t);
  for (let y = 0, p = 0; y < HEIGHT; y++) {
    const row = y - BAND.y;
    for (let x = 0; x < WIDTH; x++, p++) {
      const behind = plate && row >= 0 && row < BAND.height ? scene(t, x, y) * (1 - plate) + 30 * plate : scene(t, x, y);
      const [u, v] = [Math.floor(x + by), (x + by) % 1];
      const level = (column: number): number => inkAt(column, row) ?? behind;
      const there = row >= 0 && row < BAND.height && (shown?.(t) ?? true);
      out[p] = there ? level(u) * (1 - v) + level(u + 1) * v : behind;
    }
  }
  return out;
}

function inspected(
  programme: Programme,
  speed: number,
  { span = { first: 0, last: programme.frames - 1 }, longest = 1e6 } = {},
): InspectedCrawl[] {
  const picture = { width: WIDTH, height: HEIGHT, frames: programme.frames, rate: RATE };
  const inspector = crawlAppointment({ box: BAND, span, speed, within: 0.5 }, picture, longest).open();
  const part = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  for (let t = inspector.span.first; t <= inspector.span.last; t++) inspector.add(t, new Crop(frameAt(programme, t), part, inspector.box));
  return inspector.finish();
}

/** Share of the truth that is hidden, and of what is hidden or true that is both, over some frames. */
function judged(found: readonly InspectedCrawl[], { gone }: Programme, frames: readonly number[]): { covered: number; jaccard: number } {
  let [both, either, all] = [0, 0, 0];
  for (const t of frames) {
    const one = found.find(({ span }) => t >= span.first && t <= span.last)!;
    const { box, data } = maskAt(
      { mask: { ...whole, box: one.box, data: new Uint8Array(one.box.width * one.box.height).fill(255) }, crawl: one.crawl },
      t,
    );
    for (let y = 0, i = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++, i++) {
        const u = x + gone(t);
        const truth = [Math.floor(u), Math.ceil(u)].some((column) => inkAt(column, y - BAND.y) !== undefined);
        const row = y - box.y;
        const hidden = row >= 0 && row < box.height && data[row * box.width + x] > 0;
        both += Number(truth && hidden);
        either += Number(truth || hidden);
        all += Number(truth);
      }
  }
  return { covered: both / all, jaccard: both / either };
}

const steady = (speed: number) => (t: number) => 1000 - speed * t;

describe('the letters of a ticker', () => {
  it.each([
    ['over a scene that stands', -2.5, still],
    ['over a camera that pans', -3, pan],
    ['over cuts', -2.2, cuts],
    ['to the right', 1.7, still],
  ])('are found as they move %s', (_, speed, scene) => {
    const programme = { frames: 300, gone: steady(speed), scene };
    const found = inspected(programme, Math.round(speed * 4) / 4);
    expect(found.map(({ span }) => span)).toEqual([{ first: 0, last: 299 }]);
    const { covered, jaccard } = judged(found, programme, [60, 113, 150, 187, 240]);
    expect(covered).toBeGreaterThan(0.98);
    expect(jaccard).toBeGreaterThan(0.75);
    expect(judged(found, programme, [0, 1, 298, 299]).covered).toBeGreaterThan(0.95);
    expect(found[0].crawl.path.length).toBeLessThan(6);
  });

  it('are hidden only while they are there', () => {
    const programme = { frames: 260, gone: steady(-3), scene: pan, shown: (t: number) => t >= 60 && t < 200 };
    const [{ span }] = inspected(programme, -3, { span: { first: 70, last: 190 } });
    expect(Math.abs(span.first - 60)).toBeLessThanOrEqual(1);
    expect(Math.abs(span.last - 199)).toBeLessThanOrEqual(1);
  });

  it('lie on several strips where one would become too long, and each frame on one', () => {
    const programme = { frames: 400, gone: steady(-3), scene: pan };
    const found = inspected(programme, -3, { longest: 500 });
    expect(found.length).toBe(3);
    expect(found.reduce((sum, { span }) => sum + spanLength(span), 0)).toBe(400);
    for (const k of [1, 2]) expect(found[k].span.first).toBe(found[k - 1].span.last + 1);
    expect(judged(found, programme, [150, 167, 168, 175, 300]).covered).toBeGreaterThan(0.95);
  });

  it('are not told from their band where they lie on a plate, or do not keep a speed', () => {
    expect(inspected({ frames: 200, gone: steady(-3), scene: cuts, plate: 0.7 }, -3)).toEqual([]);
    const jerky = (t: number): number => 1000 + 3 * t + 25 * Math.sin(t / 2) + 17 * Math.sin(t / 1.3);
    expect(inspected({ frames: 200, gone: jerky, scene: pan }, -3)).toEqual([]);
    expect(inspected({ frames: 12, gone: steady(-3), scene: pan }, -3)).toEqual([]);
  });
});

it('learns a speed between samples, and none of a scene alone', () => {
  const frames = (programme: Programme): Uint8Array[] => Array.from({ length: 24 }, (_, t) => frameAt(programme, t));
  const size = { width: WIDTH, height: HEIGHT };
  for (const speed of [-2.37, 1.6]) expect(speedIn(frames({ frames: 24, gone: steady(speed), scene: still }), size, speed + 0.4, 1)).toBeCloseTo(speed, 1); // prettier-ignore
  expect(speedIn(frames({ frames: 24, gone: steady(-3), scene: still, shown: () => false }), size, -3, 1)).toBeUndefined();
});
