import { expect, it } from 'vitest';
import { Family } from '../../../src/detect/cues/family.js';
import type { InspectedCue } from '../../../src/detect/cues/inspection.js';

/** A cue that stands in a box of a picture of 640 × 360, with lines of 24 samples. */
function cue(first: number, [x, y, width, height]: [number, number, number, number], line = 24): InspectedCue {
  const mask = { box: { x, y, width, height }, data: new Uint8Array(width * height).fill(255) };
  return { mask, span: { first, last: first + 40 }, lineShare: line / 360 } as unknown as InspectedCue;
}
const judged = (cues: readonly InspectedCue[], confidence = 0.95): { cue: InspectedCue; confidence: number }[] => cues.map((one) => ({ cue: one, confidence })); // prettier-ignore
const speaks = (sure: readonly InspectedCue[], doubtful: InspectedCue, confidence?: number): number =>
  new Family(judged(sure, confidence), { shots: [], width: 640, height: 360 }).speaksFor(doubtful);

const sure = [cue(0, [200, 310, 240, 24]), cue(50, [150, 311, 340, 24]), cue(100, [190, 286, 260, 49], 52)];

it('lets subtitles in the same rows speak for one that is cut short, the more the stronger', () => {
  const last = cue(150, [250, 310, 140, 24]);
  expect(speaks(sure.slice(0, 1), last)).toBeGreaterThan(0.5);
  expect(speaks(sure, last)).toBeGreaterThan(speaks(sure.slice(0, 1), last));
});

it('knows one line and two, by the row in which they end', () => {
  expect(speaks(sure.slice(2), cue(150, [250, 311, 140, 24]))).toBeGreaterThan(0.5);
});

it('says nothing of what stands elsewhere, is larger, or shows at once', () => {
  expect(speaks(sure, cue(150, [250, 200, 140, 24]))).toBe(0);
  expect(speaks(sure, cue(150, [20, 310, 140, 24]))).toBe(0);
  expect(speaks(sure.slice(0, 2), cue(150, [250, 310, 140, 24], 40))).toBe(0);
  expect(speaks(sure.slice(0, 1), cue(20, [250, 310, 140, 24]))).toBe(0);
});

it('lets doubtful ones not speak for each other', () => {
  expect(speaks(sure, cue(150, [250, 310, 140, 24]), 0.8)).toBe(0);
});

it('speaks against what a cue has uncovered, up to the next cut or from the last one', () => {
  const shots = [0, 91, 200].map((first, i) => ({ first, last: [90, 199, 300][i] }));
  const inShots = (doubtful: InspectedCue): number =>
    new Family(judged(sure.slice(1, 2)), { shots, width: 640, height: 360 }).speaksFor(doubtful);
  const uncovered = { ...cue(92, [180, 305, 100, 30]), span: { first: 91, last: 199 } };
  expect(inShots(uncovered)).toBeLessThan(-2);
  expect(inShots({ ...uncovered, span: { first: 0, last: 48 } })).toBeGreaterThanOrEqual(0);
  expect(inShots({ ...uncovered, span: { first: 91, last: 150 } })).toBeGreaterThanOrEqual(0);
  expect(inShots({ ...cue(92, [180, 205, 100, 30]), span: { first: 91, last: 199 } })).toBe(0);
});
