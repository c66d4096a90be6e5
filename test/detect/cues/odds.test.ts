import { expect, it } from 'vitest';
import type { CueLook } from '../../../src/detect/cues/inspection.js';
import { oddsOf } from '../../../src/detect/cues/odds.js';

const PROGRAMME = { frames: 300, rate: 25, width: 640, height: 360 };
const shots = [{ first: 0, last: 99 }, { first: 100, last: 199 }, { first: 200, last: 299 }]; // prettier-ignore

function cue(first: number, last: number): CueLook {
  const box = { x: 200, y: 300, width: 100, height: 20 };
  const mask = { box, data: new Uint8Array(2000).fill(255) };
  const [before, after] = [first > 0 ? 0.1 : undefined, last < PROGRAMME.frames - 1 ? 0.1 : undefined];
  return { span: { first, last }, candidate: { box, score: 2 }, mask, rise: 2, unrest: 0.05, before, after } as unknown as CueLook;
}
const odds = (first: number, last: number): number => oddsOf(cue(first, last), { ...PROGRAMME, shots });

it('doubts what shows exactly as long as a shot, the last one and the first one too', () => {
  const unseen = 0.7 + 0.7; // an end at the programme's own: nothing beyond it to compare with
  expect(odds(100, 199)).toBeCloseTo(odds(110, 180) - 3);
  expect(odds(200, 299)).toBeCloseTo(odds(110, 180) - 3 - unseen);
  expect(odds(0, 99)).toBeCloseTo(odds(110, 180) - 3 - unseen);
});

it('doubts little what begins or ends with a shot only', () => {
  expect(odds(100, 180)).toBeCloseTo(odds(110, 180) - 1);
  expect(odds(110, 199)).toBeCloseTo(odds(110, 180) - 1);
});
