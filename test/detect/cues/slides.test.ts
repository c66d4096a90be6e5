import { expect, it } from 'vitest';
import type { Box } from '../../../src/core/area.js';
import type { CueCandidate } from '../../../src/detect/cues/candidates.js';
import { cueAppointment, type InspectedCue } from '../../../src/detect/cues/inspection.js';
import { slidFinding } from '../../../src/detect/cues/slid.js';
import { inspect } from '../../../src/detect/survey/crops.js';
import type { LumaSource } from '../../../src/detect/survey/luma-source.js';
import { tight } from '../../../src/core/area.js';
import { maskAt } from '../../../src/plan/travel.js';
import { cue, drawing, frame, HEIGHT, painted, WIDTH, type Cue } from './drawn-scene.js';

const [FIRST, LAST, FRAMES, SLIDE] = [30, 90, 120, 9];
const SIZE = { width: WIDTH, height: HEIGHT };
const SHOT = { first: 0, last: FRAMES - 1 };
const PLATE: Box = { x: 80, y: 214, width: 320, height: 34 };
const letters = cue();

/** A plate with a line of text, shifted; `line`: it shows in its place only. */
function banner(by: { x: number; y: number }, line: boolean, plate = 60): Cue {
  const out = new Int16Array(WIDTH * HEIGHT).fill(-1);
  for (let y = PLATE.y; y < PLATE.y + PLATE.height; y++)
    for (let x = PLATE.x; x < PLATE.x + PLATE.width; x++) {
      const [u, v] = [x + by.x, y + by.y];
      const outside = u < PLATE.x || v < PLATE.y || u >= PLATE.x + PLATE.width || v >= PLATE.y + PLATE.height;
      if (u < 0 || v < 0 || u >= WIDTH || v >= HEIGHT || (line && outside)) continue;
      const ink = letters[y * WIDTH + x];
      out[v * WIDTH + u] = ink >= 0 ? ink : plate;
    }
  return out;
}

/** How far it is on its way in a frame: 0 = in its place, 1 = gone. */
const away = (t: number): number => Math.max(0, Math.min(1, Math.max(FIRST - t, t - LAST) / (SLIDE + 1)));

interface Way {
  readonly to: { readonly x: number; readonly y: number };
  readonly line: boolean;
}

const shown = ({ to, line }: Way, t: number): Cue | undefined =>
  away(t) === 1 ? undefined : banner({ x: Math.round(to.x * away(t)), y: Math.round(to.y * away(t)) }, line);

/** A banner over a scene that pans. */
function programme(text: (t: number) => Cue | undefined): LumaSource {
  return {
    ...SIZE,
    rate: 25,
    size: () => SIZE,
    async *frames() {
      await Promise.resolve();
      for (let t = 0; t < FRAMES; t++) yield { index: t, luma: frame(painted((x, y) => drawing(x + 2 * t, y)), t, text(t)) }; // prettier-ignore
    },
  };
}

async function look(text: (t: number) => Cue | undefined): Promise<InspectedCue> {
  const pixel = Int32Array.from(letters.keys()).filter((p) => letters[p] >= 0);
  const candidate: CueCandidate = {
    start: FIRST,
    end: LAST,
    box: { x: 88, y: 216, width: 300, height: 30 },
    lineHeight: 25,
    pixel,
    score: 2.5,
  };
  const picture = { ...SIZE, frames: FRAMES, rate: 25, shots: [SHOT], keepsPicture: () => false };
  const [seen] = await inspect(programme(text), [cueAppointment(candidate, SIZE, picture)], () => undefined);
  return seen;
}

/** Samples hidden in both over those in either, of a frame. */
function agreement(found: { data: Uint8Array; box: Box }, truth: Cue): number {
  let [both, either] = [0, 0];
  for (let p = 0; p < truth.length; p++) {
    const [x, y] = [(p % WIDTH) - found.box.x, Math.floor(p / WIDTH) - found.box.y];
    const hides = x >= 0 && y >= 0 && x < found.box.width && y < found.box.height && found.data[y * found.box.width + x] > 0;
    if (hides && truth[p] >= 0) both++;
    if (hides || truth[p] >= 0) either++;
  }
  return either ? both / either : 1;
}

it.each<[string, Way]>([
  ['from behind a line at its left edge', { to: { x: -PLATE.width, y: 0 }, line: true }],
  ['from behind a line at its lower edge', { to: { x: 0, y: PLATE.height }, line: true }],
  ['from the left edge of the picture', { to: { x: -PLATE.x - PLATE.width, y: 0 }, line: false }],
  ['from the lower edge of the picture', { to: { x: 0, y: HEIGHT - PLATE.y }, line: false }],
])('follows a banner that slides in %s, frame by frame', async (_, way) => {
  const { slides, span, mask } = await look((t) => shown(way, t));
  expect(slides?.before?.open).toBe(!way.line);
  expect(slides?.after?.open).toBe(!way.line);
  const finding = { kind: 'title' as const, spans: [span], mask: tight(mask)!, confidence: 1, why: '' };
  const whole = slidFinding(finding, slides!, { ...SIZE, shot: SHOT });
  const [{ first, last }] = whole.spans;
  // The last rows of a plate, below its letters, tell next to nothing.
  const late = way.to.y && way.line ? 2 : 1;
  expect(Math.abs(first - (FIRST - SLIDE))).toBeLessThanOrEqual(late);
  expect(Math.abs(last - (LAST + SLIDE))).toBeLessThanOrEqual(late);
  for (let t = Math.max(first, FIRST - SLIDE); t <= Math.min(last, LAST + SLIDE); t++)
    expect(agreement(maskAt(whole, t), shown(way, t)!), `frame ${t}`).toBeGreaterThan(0.75);
});

it.each<[string, (t: number) => Cue | undefined]>([
  ['at a stroke', (t) => (away(t) ? undefined : banner({ x: 0, y: 0 }, true))],
  ['by a jump from one line to the next', (t) => (away(t) === 1 ? undefined : banner({ x: 0, y: away(t) ? -PLATE.height - 4 : 0 }, false))],
])('sees no slide where a text comes %s', async (_, text) => {
  expect((await look(text)).slides).toBeUndefined();
});
