import { expect, it } from 'vitest';
import type { CueCandidate } from '../../../src/detect/cues/candidates.js';
import { cueAppointment, MARGIN, type InspectedCue } from '../../../src/detect/cues/inspection.js';
import { inspect } from '../../../src/detect/survey/crops.js';
import type { LumaSource } from '../../../src/detect/survey/luma-source.js';
import { cue, drawing, frame, HEIGHT, painted, WIDTH } from './drawn-scene.js';

const [FIRST, CUT, LAST, FRAMES] = [30, 60, 105, 140];
const SIZE = { width: WIDTH, height: HEIGHT };
const SHOTS = [
  { first: 0, last: CUT - 1 },
  { first: CUT, last: FRAMES - 1 },
];
const text = cue();

const scenes = [painted((x, y) => drawing(x, y)), painted((x, y) => drawing(WIDTH - x, y, 40))];
const pictures = Array.from({ length: FRAMES }, (_, t) => frame(scenes[t < CUT ? 0 : 1], t, t >= FIRST && t <= LAST ? text : undefined));

/** Two shots with a text that stands from the one into the other. */
const source: LumaSource = {
  ...SIZE,
  rate: 25,
  size: () => SIZE,
  async *frames() {
    await Promise.resolve();
    for (const [index, luma] of pictures.entries()) yield { index, luma };
  },
};

/** What the survey saw of it: the part in one shot. */
function part(start: number, end: number): CueCandidate {
  const pixel = Int32Array.from(text.keys()).filter((p) => text[p] >= 0);
  return { start, end, box: { x: 88, y: 216, width: 300, height: 30 }, lineHeight: 25, pixel, score: 2.5 };
}

async function look(candidate: CueCandidate, shots: typeof SHOTS): Promise<InspectedCue> {
  const [seen] = await inspect(
    source,
    [cueAppointment(candidate, SIZE, { ...SIZE, frames: FRAMES, rate: 25, shots, keepsPicture: () => false })],
    () => undefined,
  );
  return seen;
}

it.each([
  ['before', part(CUT, LAST)],
  ['after', part(FIRST, CUT - 1)],
])('follows a cue of which one shot was seen into the shot %s', async (_, half) => {
  const { span, before, after, mask } = await look(half, SHOTS);
  expect(span).toEqual({ first: FIRST, last: LAST });
  expect(Math.max(before ?? 0, after ?? 0)).toBeLessThan(0.3);
  const hidden = mask.data.filter((v) => v > 0).length;
  expect(hidden / text.filter((v) => v >= 0).length).toBeGreaterThan(0.9);
});

it('looks no further where there is no cut', async () => {
  const { span } = await look(part(CUT, LAST), []);
  expect(span).toEqual({ first: CUT - MARGIN, last: LAST });
});
