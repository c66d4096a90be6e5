import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mask, Span } from '../../src/core/area.js';
import { boundaryF } from '../../src/evaluate/metrics/boundary.js';
import { jaccard, overlapOf } from '../../src/evaluate/metrics/overlap.js';
import { comparePair, matchPairs } from '../../src/evaluate/metrics/pairs.js';
import { endErrors, joinSpans } from '../../src/evaluate/metrics/spans.js';
import { MARGIN, touchedArea } from '../../src/evaluate/metrics/touched.js';
import { foundShape, united, type Shown } from '../../src/evaluate/metrics/truth.js';

/** A filled rectangle. */
const block = (x: number, y: number, width: number, height: number): Mask => ({
  box: { x, y, width, height },
  data: new Uint8Array(width * height).fill(255),
});

const standing = (mask: Mask, ...spans: Span[]): Shown => ({ spans, maskAt: () => mask });

const anyMask = fc
  .record({ x: fc.nat(12), y: fc.nat(12), width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
  .chain((box) =>
    fc
      .uint8Array({ minLength: box.width * box.height, maxLength: box.width * box.height, max: 1 })
      .map((data): Mask => ({ box, data: data.map((v) => v * 255) })),
  );

/** Hidden samples as text, without regard to the box. */
function samples({ box, data }: Mask): Set<string> {
  const out = new Set<string>();
  data.forEach((v, i) => v && out.add(`${box.x + (i % box.width)} ${box.y + Math.floor(i / box.width)}`));
  return out;
}

describe('the Jaccard index', () => {
  it('of two squares of 4 × 4 that share a quarter is 4 over 28', () => {
    expect(overlapOf(block(0, 0, 4, 4), block(2, 2, 4, 4))).toEqual({ both: 4, a: 16, b: 16 });
    expect(jaccard({ both: 4, a: 16, b: 16 })).toBeCloseTo(4 / 28, 12);
  });

  it('counts what sets of samples count, whatever the boxes', () => {
    fc.assert(
      fc.property(anyMask, anyMask, (a, b) => {
        const [left, right] = [samples(a), samples(b)];
        const both = [...left].filter((s) => right.has(s)).length;
        expect(overlapOf(a, b)).toEqual({ both, a: left.size, b: right.size });
        expect(samples(united([a, b])!)).toEqual(new Set([...left, ...right]));
      }),
    );
  });
});

describe('the boundary F-measure', () => {
  it('forgives two pixels and not three', () => {
    const square = block(20, 20, 30, 30);
    expect(boundaryF(square, square)).toBe(1);
    expect(boundaryF(square, block(22, 20, 30, 30))).toBe(1);
    expect(boundaryF(square, block(17, 17, 36, 36))).toBe(0);
  });

  it('of a square and its left half is worked out by hand', () => {
    // The outline of 30 × 30 has 116 samples, that of 15 × 30 has 86. The half's right edge (x = 34, 30 samples) is far from the square's outline
    // but where it comes within 2 samples of its upper and lower edges: rows 20 … 22 and 47 … 49, so 24 of its samples are not near.
    // The square's samples right of x = 36 are not near the half's: 13 columns twice, and 28 more samples of the right edge. At x = 36 exactly
    // the corner sample at (34, 20) is two away.
    const f = boundaryF(block(20, 20, 30, 30), block(20, 20, 15, 30));
    const recall = (86 - 24) / 86;
    const precision = (116 - 2 * 13 - 28) / 116;
    expect(f).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
  });

  it('is symmetric, from 0 to 1, and 1 for the same mask', () => {
    fc.assert(
      fc.property(anyMask, anyMask, (a, b) => {
        const f = boundaryF(a, b);
        expect(f).toBeGreaterThanOrEqual(0);
        expect(f).toBeLessThanOrEqual(1);
        expect(boundaryF(b, a)).toBeCloseTo(f, 12);
        expect(boundaryF(a, a)).toBe(1);
      }),
    );
  });

  it('is 0 when one of the masks is empty', () => {
    const empty: Mask = { box: { x: 0, y: 0, width: 2, height: 2 }, data: new Uint8Array(4) };
    expect([boundaryF(empty, block(0, 0, 2, 2)), boundaryF(empty, empty)]).toEqual([0, 1]);
  });
});

describe('a found track beside a mark', () => {
  it('is compared in time and place', () => {
    // Found in frames 0 … 9, true in 5 … 14: 5 of 15. Half of the found samples lie on the mark in 5 of its 10 frames.
    const pair = comparePair(standing(block(0, 0, 8, 4), { first: 0, last: 9 }), standing(block(4, 0, 8, 4), { first: 5, last: 14 }));
    expect(pair.time).toBeCloseTo(5 / 15, 12);
    expect(pair.place).toBeCloseTo(16 / 48, 12);
    expect(pair.inside).toBeCloseTo(0.25, 12);
  });

  it('follows a path', () => {
    const path = [
      { frame: 0, x: 0, y: 0 },
      { frame: 10, x: 20, y: 0 },
    ];
    const spans = [{ first: 0, last: 10 }];
    const found = foundShape({ spans, mask: block(0, 0, 4, 4), path }, 40, 10);
    const truth: Shown = { spans, maskAt: (frame) => block(2 * frame, 0, 4, 4) };
    expect(comparePair(found, truth)).toEqual({ time: 1, place: 1, inside: 1 });
    expect(foundShape({ spans, mask: block(0, 0, 4, 4), path: [{ frame: 0, x: -2, y: 8 }] }, 40, 10).maskAt(3).box).toEqual({
      x: 0,
      y: 8,
      width: 2,
      height: 2,
    });
  });

  it('is matched with one mark at most, the best pair first', () => {
    const pair = (time: number, place: number): { time: number; place: number; inside: number } => ({ time, place, inside: 0 });
    const matched = matchPairs([
      [pair(0.9, 0.6), pair(0.8, 0.9)],
      [pair(0.6, 0.5), pair(1, 0.1)],
      [pair(0.4, 1), pair(0.9, 0.8)],
    ]);
    expect([...matched].sort()).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});

describe('errors of span ends', () => {
  it('are signed, leave out the ends of the programme, and are null for a span that was not found', () => {
    const truth = [
      { first: 0, last: 19 },
      { first: 30, last: 49 },
      { first: 80, last: 99 },
    ];
    const found = [
      { first: 0, last: 21 },
      { first: 29, last: 47 },
    ];
    expect(endErrors(found, truth, 100)).toEqual([2, -1, -2, null]);
  });

  it('are all 0 for the spans themselves, and joined spans cover the same frames', () => {
    const spans = fc.array(
      fc.tuple(fc.nat(80), fc.nat(15)).map(([first, more]) => ({ first, last: first + more })),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(spans, (list) => {
        const joined = joinSpans(list);
        const frames = (all: readonly Span[]): Set<number> =>
          new Set(all.flatMap((s) => Array.from({ length: s.last - s.first + 1 }, (_, k) => s.first + k)));
        expect(frames(joined)).toEqual(frames(list));
        joined.slice(1).forEach((s, i) => expect(s.first).toBeGreaterThan(joined[i].last + 1));
        for (const error of endErrors(joined, joined, 200)) expect(error).toBe(0);
      }),
    );
  });
});

describe('falsely touched area', () => {
  const picture = { width: 40, height: 30, frames: 10 };
  const always = { first: 0, last: 9 };

  it('is what is wiped beyond the margin around marks, once however many tracks wipe it', () => {
    const mark = standing(block(10, 10, 5, 5), always);
    const exact = standing(block(10 - MARGIN, 10 - MARGIN, 5 + 2 * MARGIN, 5 + 2 * MARGIN), always);
    const wide = standing(block(10 - MARGIN - 1, 10, 5, 5), always);
    expect(touchedArea([exact], [true], [mark], picture)).toEqual({ falseShare: 0, inside: [1] });
    const { falseShare, inside } = touchedArea([wide, wide], [true, true], [mark], picture);
    expect(falseShare).toBeCloseTo(5 / 1200, 12);
    expect(inside).toEqual([20 / 25, 20 / 25]);
    expect(touchedArea([wide], [false], [mark], picture).falseShare).toBe(0);
  });

  it('knows when a mark is away', () => {
    const mark = standing(block(0, 0, 4, 4), { first: 0, last: 4 });
    const { falseShare, inside } = touchedArea([standing(block(0, 0, 4, 4), always)], [true], [mark], picture);
    expect(falseShare).toBeCloseTo((5 * 16) / 12000, 12);
    expect(inside).toEqual([0.5]);
  });

  it('agrees with counting sample by sample', () => {
    fc.assert(
      fc.property(anyMask, anyMask, (found, truth) => {
        const { falseShare } = touchedArea([standing(found, always)], [true], [standing(truth, always)], picture);
        const near = (s: string): boolean => {
          const [x, y] = s.split(' ').map(Number);
          return [...samples(truth)].some((t) => {
            const [u, v] = t.split(' ').map(Number);
            return Math.max(Math.abs(x - u), Math.abs(y - v)) <= MARGIN;
          });
        };
        const wrong = [...samples(found)].filter((s) => !near(s)).length;
        expect(falseShare).toBeCloseTo(wrong / 1200, 12);
      }),
    );
  });
});
