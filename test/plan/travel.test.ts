import { expect, it } from 'vitest';
import { atRest, boxAt, maskAt, standing } from '../../src/plan/travel.js';
import type { Track } from '../../src/plan/plan.js';

const track: Track = {
  id: 'moving-logo-1',
  kind: 'moving-logo',
  action: 'wipe',
  confidence: 1,
  why: '',
  spans: [
    { first: 2, last: 4 },
    { first: 8, last: 8 },
  ],
  mask: { box: { x: 10, y: 20, width: 2, height: 1 }, data: Uint8Array.of(255, 255) },
  path: [
    { frame: 2, x: 10, y: 20 },
    { frame: 6, x: 20, y: 22 },
  ],
};

it('moves in straight lines between waypoints and stands before and after them', () => {
  expect([0, 2, 3, 6, 9].map((frame) => boxAt(track, frame))).toEqual(
    [[10, 20], [10, 20], [13, 21], [20, 22], [20, 22]].map(([x, y]) => ({ x, y, width: 2, height: 1 })), // prettier-ignore
  );
});

it('becomes one standing track for each of its frames', () => {
  expect(standing(track).map((t) => [t.id, t.spans, t.mask.box.x, t.path])).toEqual(
    [[2, 10], [3, 13], [4, 15], [8, 20]].map(([f, x]) => [`moving-logo-1@${f}`, [{ first: f, last: f }], x, undefined]), // prettier-ignore
  );
  const still: Track = { ...track, path: [] };
  expect(standing(still)).toEqual([still]);
});

it('hides of its mask what letters that travel through it hide', () => {
  const strip = { box: { x: 0, y: 0, width: 4, height: 1 }, data: Uint8Array.of(255, 0, 255, 255) };
  const crawl = { strip, path: [{ frame: 0, x: 13, y: 20 }, { frame: 8, x: 5, y: 20 }] }; // prettier-ignore
  const mask = { box: { x: 10, y: 20, width: 3, height: 2 }, data: Uint8Array.of(255, 255, 255, 255, 255, 255) };
  const ticker: Track = { ...track, kind: 'ticker', mask, crawl, path: undefined! };
  const row = (frame: number): number[] => [...maskAt(ticker, frame).data.subarray(0, 3)];
  expect([0, 1, 2, 3, 4, 5, 6, 7].map(row)).toEqual(
    [[0, 0, 0], [0, 0, 255], [0, 255, 0], [255, 0, 255], [0, 255, 255], [255, 255, 0], [255, 0, 0], [0, 0, 0]], // prettier-ignore
  );
  expect(maskAt(ticker, 3).box).toEqual(mask.box);
  expect(
    maskAt(ticker, 3)
      .data.subarray(3)
      .every((v) => v === 0),
  ).toBe(true);
  const painted = { ...ticker, mask: { ...mask, data: Uint8Array.of(0, 255, 255, 255, 255, 255) } };
  expect([...maskAt(painted, 3).data.subarray(0, 3)]).toEqual([0, 0, 255]);
});

it('stands, where it slides in and out, in the frames between, and moves one frame at a time', () => {
  const strip = { box: { x: 0, y: 0, width: 4, height: 1 }, data: Uint8Array.of(255, 255, 255, 255) };
  const path = [[2, 8], [3, 9], [4, 10], [8, 10], [9, 9]].map(([frame, x]) => ({ frame, x, y: 20 })); // prettier-ignore
  const mask = { box: { x: 8, y: 20, width: 6, height: 1 }, data: new Uint8Array(6).fill(255) };
  const banner: Track = { ...track, id: 'title-1', kind: 'title', spans: [{ first: 2, last: 9 }], text: 'A', mask, crawl: { strip, path }, path: undefined! }; // prettier-ignore
  const pieces = standing(banner).map((t) => [t.id, t.spans[0].first, t.spans[0].last, t.mask.box.x, t.mask.box.width, t.crawl]);
  expect(pieces).toEqual([
    ['title-1', 4, 8, 10, 4, undefined],
    ['title-1@2', 2, 2, 8, 4, undefined],
    ['title-1@3', 3, 3, 9, 4, undefined],
    ['title-1@9', 9, 9, 9, 4, undefined],
  ]);
  const gone = { ...banner, spans: [{ first: 1, last: 9 }], crawl: { strip, path: [{ frame: 1, x: 0, y: 20 }, ...path] } };
  expect(standing(gone).map((t) => t.id)).toEqual(pieces.map(([id]) => id));
  expect(atRest(banner)).toEqual(standing(banner)[0]);
  const ticker: Track = { ...banner, crawl: { strip, path: path.filter((_, i) => i !== 3) } };
  expect(standing({ ...ticker, spans: [{ first: 2, last: 6 }] })).toHaveLength(1);
  expect(atRest(track)).toBe(track);
});
