import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autocorrelate } from '../../../src/detect/watermarks/fourier.js';
import { areaOf, reduced } from '../../../src/detect/watermarks/lattice.js';
import { boxAround, isScoreBar } from '../../../src/detect/logos/box.js';
import { Scrolling } from '../../../src/detect/tickers/scrolling.js';
import { StretchSums, type StretchStatistics } from '../../../src/detect/survey/stretch-statistics.js';
import { tickerOf, tickersIn } from '../../../src/detect/tickers/tickers.js';
import { watermarkFindings, watermarkIn } from '../../../src/detect/watermarks/watermarks.js';

const WIDTH = 320;
const HEIGHT = 180;

/** A number in 0 ... 1 that a pixel always has. */
function noise(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  for (const k of [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f]) h = Math.imul(h ^ (h >>> 15), k);
  return ((h ^ (h >>> 16)) >>> 8) / 2 ** 24;
}

/** Smooth blotches: a scene without straight lines and without a grid. */
function scene(x: number, y: number, seed: number): number {
  let level = 120;
  for (const [cell, height] of [
    [31, 90],
    [11, 60],
  ]) {
    const [i, j, u, v] = [Math.floor(x / cell), Math.floor(y / cell), (x / cell) % 1, (y / cell) % 1].map((n, k) =>
      k > 1 && n < 0 ? n + 1 : n,
    );
    const row = (k: number): number => noise(i, k, seed + cell) * (1 - u) + noise(i + 1, k, seed + cell) * u;
    level += height * (row(j) * (1 - v) + row(j + 1) * v - 0.5);
  }
  return level;
}

function frame(paint: (x: number, y: number) => number): Uint8Array {
  const out = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0, p = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++, p++) out[p] = paint(x, y);
  return out;
}

function summed(frames: number, paint: (x: number, y: number, t: number) => number): StretchStatistics {
  const sums = new StretchSums(WIDTH, HEIGHT);
  for (let t = 0; t < frames; t++) sums.add(frame((x, y) => paint(x, y, t)));
  return sums.take();
}

describe('the autocorrelation of a field', () => {
  it('is that of the definition', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(values, (list) => {
        const [re, im] = [0, 1].map((k) => Float32Array.from(list, (v) => v[k]));
        const field = { width: 8, height: 4, re: re.slice(), im: im.slice() };
        autocorrelate(field);
        for (let y = 0; y < 4; y++)
          for (let x = 0; x < 8; x++) {
            let sum = 0;
            for (let v = 0; v < 4; v++)
              for (let u = 0; u < 8; u++) {
                const [p, q] = [v * 8 + u, ((v + y) % 4) * 8 + ((u + x) % 8)];
                sum += re[p] * re[q] + im[p] * im[q];
              }
            expect(field.re[y * 8 + x]).toBeCloseTo(sum, 1);
          }
      }),
      { numRuns: 20 },
    );
  });
});

describe('the statistics of a stretch', () => {
  it('tell an edge that stays from one that passes', () => {
    const { persistence, strength } = summed(12, (x, y, t) => (y < 90 ? (x < 100 ? 60 : 160) : 60 + 100 * (((x + 7 * t) >> 4) & 1)));
    const at = (map: Float32Array, x: number, y: number): number => map[y * WIDTH + x];
    expect(at(strength, 100, 40)).toBeCloseTo(50);
    expect(at(persistence, 100, 40)).toBeGreaterThan(50);
    expect(Math.max(...Array.from({ length: 200 }, (_, i) => at(persistence, 60 + i, 140)))).toBeLessThan(1.5);
  });
});

describe('the shortest shifts of a lattice', () => {
  it('make the same lattice, also where two are equally short', () => {
    const part = fc.integer({ min: -60, max: 60 });
    fc.assert(
      fc.property(part, part, part, part, (x, y, u, v) => {
        const [a, b] = [
          { x: x / 3, y: y / 3 },
          { x: u / 3, y: v / 3 },
        ];
        fc.pre(Math.abs(areaOf({ a, b })) > 1);
        const short = reduced(a, b);
        expect(Math.abs(areaOf(short))).toBeCloseTo(Math.abs(areaOf({ a, b })), 6);
        expect(Math.hypot(short.a.x, short.a.y)).toBeLessThanOrEqual(Math.min(Math.hypot(x, y), Math.hypot(u, v)) / 3 + 1e-6);
      }),
      { examples: [[41, 87, 123, 87]] },
    );
  });
});

describe('a tiled watermark', () => {
  /** A faint glyph of bars, again and again on an inclined grid. */
  const glyph = (x: number, y: number): boolean => {
    const row = Math.floor(y / 44);
    const u = (((x + row * 23) % 76) + 76) % 76;
    const v = y - row * 44;
    if (u > 40 || v > 16) return false;
    return [u < 3, v < 3 && u < 12, u > 16 && u < 20, u > 28 && v > 6 && v < 9, u > 36 && v < 12, u > 16 && u < 30 && v > 13].some(Boolean);
  };

  it.each([
    ['moves', 5, WIDTH],
    ['stands still', 0, WIDTH],
    ['is too bright for it at the right', 5, 250],
  ])('is found where the scene %s, with its strokes', (_, speed, white) => {
    const statistics = summed(14, (x, y, t) =>
      x > white ? 250 : scene(x + speed * t, y, 3) * 0.75 + (glyph(x, y) ? 60 : 0) + 4 * noise(x, y, t),
    );
    const found = watermarkIn(statistics, { first: 0, last: 39 });
    const size = { width: WIDTH, height: HEIGHT };
    const [finding] = watermarkFindings(found ? [found] : [], found ? [found.span] : [], size, { ...size, frames: 40 });
    expect([finding.kind, finding.spans]).toEqual(['watermark', [{ first: 0, last: 39 }]]);
    let [hit, all, over] = [0, 0, 0];
    const { box, data } = finding.mask;
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++) {
        const inside = x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
        const masked = inside && data[(y - box.y) * box.width + x - box.x] > 0;
        if (glyph(x, y)) [all, hit] = [all + 1, hit + Number(masked)];
        else over += Number(masked);
      }
    expect(hit / all).toBeGreaterThan(0.9);
    expect(over / all).toBeLessThan(0.8);
  });

  it.each([1, 2, 3])('is not seen in scene %i, which stands still without one', (seed) => {
    const statistics = summed(14, (x, y, t) => scene(x, y, seed) + 4 * noise(x, y, t));
    expect(watermarkIn(statistics, { first: 0, last: 39 })).toBeUndefined();
  });

  it('is not seen in straight lines', () => {
    const statistics = summed(14, (x, y, t) => (x % 40 < 20 ? 60 : 150) + 4 * noise(x, y, t));
    expect(watermarkIn(statistics, { first: 0, last: 39 })).toBeUndefined();
  });
});

describe('a ticker', () => {
  const letters = (x: number): number => (noise(Math.floor(x / 3), 0, 9) > 0.5 ? 230 : 40);
  const picture = (t: number, pan: number): ((x: number, y: number) => number) => {
    return (x, y) => {
      if (y < 150 || y >= 172) return scene(x + pan * t, y, 5);
      return y > 155 && y < 167 ? letters(x + 3 * t) : 40;
    };
  };
  const bandsOf = (paint: (t: number) => (x: number, y: number) => number): ReturnType<Scrolling['take']> => {
    const scrolling = new Scrolling(WIDTH, HEIGHT, 25);
    for (let t = 0; t < 40; t++) scrolling.push(frame(paint(t)));
    return scrolling.take();
  };

  it.each([
    ['stands', 0],
    ['pans', 2],
    ['pans the other way', -3],
  ])('is found with its plate while the camera %s', (_, pan) => {
    const [band] = bandsOf((t) => picture(t, pan));
    expect(band).toMatchObject({ speed: -3, doubtful: false });
    const statistics = summed(14, (x, y, t) => picture(3 * t, pan)(x, y));
    const candidate = tickerOf(band, statistics, { first: 0, last: 79 });
    const size = { width: WIDTH, height: HEIGHT };
    const [{ finding, plate }] = tickersIn([candidate], size, { ...size, rate: 25 });
    const { kind, mask, confidence } = finding;
    expect(plate).toBe(true);
    expect([kind, mask.box.x, mask.box.width]).toEqual(['ticker', 0, WIDTH]);
    expect(Math.abs(mask.box.y - 149)).toBeLessThanOrEqual(2);
    expect(Math.abs(mask.box.y + mask.box.height - 173)).toBeLessThanOrEqual(2);
    expect(confidence).toBeGreaterThan(0.9);
  });

  it('is found beside a part of the scene that goes at its speed', () => {
    const some = (x: number, y: number): boolean => y < 60 && x > WIDTH / 2 && x < 0.85 * WIDTH;
    const [band] = bandsOf((t) => (x, y) => (some(x, y) ? scene(x + 3 * t, y, 5) : picture(t, 0)(x, y)));
    expect(band).toMatchObject({ speed: -3, doubtful: false });
  });

  it('is not a picture that pans as a whole', () => {
    expect(bandsOf((t) => (x, y) => scene(x + 3 * t, y, 5))).toEqual([]);
  });
});

describe('a box around a mark', () => {
  const [width, height] = [120, 40];
  const inBox = (x: number, y: number): boolean => x >= 10 && x < 100 && y >= 8 && y < 30;
  const map = (value: (x: number, y: number) => number): Float32Array =>
    Float32Array.from({ length: width * height }, (_, p) => value(p % width, Math.floor(p / width)));
  const text = Uint8Array.from(map((x, y) => (x > 14 && x < 96 && y > 10 && y < 27 && (x >> 2) % 2 ? 255 : 0)));

  it('is found by its sides, and is a score bar when figures change in it', () => {
    const mean = map((x, y) => (inBox(x, y) ? 40 : 120));
    const still = map((x, y) => (inBox(x, y) ? 1 : 12));
    const running = map((x, y) => (x > 80 && x < 90 && y > 12 && y < 26 ? 40 : inBox(x, y) ? 1 : 12));
    const box = boxAround({ mean, deviation: still, mask: text, width, height });
    expect(box && [box.x, box.y, box.width, box.height].map((v, i) => Math.abs(v - [10, 8, 90, 22][i]) <= 2)).toEqual(Array(4).fill(true));
    expect(isScoreBar({ mean, deviation: running, mask: text, width, height }, box!)).toBe(true);
    expect(isScoreBar({ mean, deviation: still, mask: text, width, height }, box!)).toBe(false);
  });

  it('is not found where nothing has a border', () => {
    expect(boxAround({ mean: map((x) => x), deviation: map(() => 3), mask: text, width, height })).toBeUndefined();
  });
});
