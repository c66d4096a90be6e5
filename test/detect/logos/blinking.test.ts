import { describe, expect, it } from 'vitest';
import type { InspectedCue } from '../../../src/detect/cues/inspection.js';
import { blinkingCandidates, blinkingFindings, isSteady, mayBlink, type BlinkingPlace } from '../../../src/detect/logos/blinking.js';

const place = (...spans: [number, number][]): BlinkingPlace => ({
  candidate: {
    box: { x: 0, y: 0, width: 8, height: 8 },
    pixel: new Int32Array(),
    gx: new Float32Array(),
    gy: new Float32Array(),
    seen: [],
    confidence: 0.5,
    asBar: 0.5,
    why: '',
  },
  masks: [],
  spans: spans.map(([first, last]) => ({ first, last })),
  rise: 2,
});

const hour = { shots: [{ first: 0, last: 4999 }, { first: 5000, last: 89_999 }], frames: 90_000, rate: 25 }; // prettier-ignore
const short = { shots: [{ first: 0, last: 99 }], frames: 100, rate: 25 };

describe('a place is followed over the whole programme', () => {
  it('when something came and went there twice', () => expect(mayBlink(place([100, 140], [300, 340]), hour)).toBe(true));

  it('not when it did once in an hour', () => expect(mayBlink(place([100, 140]), hour)).toBe(false));

  it('when it did once in a few seconds', () => expect(mayBlink(place([30, 60]), short)).toBe(true));

  it('not when only cuts began and ended it', () => {
    expect(mayBlink(place([0, 4999], [5000, 89_999]), hour)).toBe(false);
    expect(mayBlink(place([0, 99]), short)).toBe(false);
  });
});

describe('what comes several times', () => {
  const confidence = (...spans: [number, number][]): number => {
    const at = place(...spans);
    const mask = { box: { x: 0, y: 0, width: 8, height: 8 }, data: new Uint8Array(64).fill(255) };
    const nothing = new Float32Array(64);
    const seen = { candidate: at.candidate, spans: at.spans, mask, mean: nothing, deviation: nothing };
    const [finding] = blinkingFindings([seen], [{ ...at, masks: [mask] }], { shots: [{ first: 0, last: 199 }], frames: 200, rate: 25 });
    return finding.confidence;
  };

  it.each<[string, boolean, [number, number][]]>([
    ['by a clock, but for one cut off by the end, is a mark', true, [[20, 49], [70, 100], [120, 149], [170, 199]]], // prettier-ignore
    ['by a slow clock, or by nobody knows which, is one', true, [[10, 69], [110, 189]]], // prettier-ignore
    ['for blinks of an eye is the scene', false, [[26, 33], [89, 96], [150, 157]]], // prettier-ignore
    ['for half a second and for nearly a whole one is the scene', false, [[43, 55], [80, 100]]], // prettier-ignore
  ])('%s', (_, mark, spans) => {
    if (mark) expect(confidence(...spans)).toBeGreaterThan(0.85);
    else expect(confidence(...spans)).toBeLessThan(0.5);
  });
});

it('a logo that stands there all the time explains what seems to come and go, unless it is doubtful itself', () => {
  const mask = { box: { x: 0, y: 0, width: 8, height: 8 }, data: new Uint8Array(64).fill(255) };
  const at = { ...place([20, 49], [70, 99]), masks: [mask] };
  const nothing = new Float32Array(64);
  const steady = (confidence: number, last = 99): boolean =>
    isSteady(
      at,
      [{ candidate: { ...at.candidate, confidence }, spans: [{ first: 0, last }], mask, mean: nothing, deviation: nothing }],
      short,
    );
  expect([steady(0.9), steady(0.4), steady(0.9, 60)]).toEqual([true, false, false]);
});

describe('a shape with a few letters, a poor text,', () => {
  const size = { width: 320, height: 180 };
  const box = { x: 20, y: 20, width: 40, height: 16 };
  const bars = (p: number): boolean => p % 8 < 4;

  /** A sighting of upright bars. */
  function sighting(first: number, score: number | undefined, rise: number): InspectedCue {
    const pixel = Int32Array.from({ length: 200 }, (_, i) => (box.y + 3 + Math.floor(i / 20)) * size.width + box.x + 4 + (i % 20));
    const mean = Uint8Array.from({ length: box.width * box.height }, (_, i) => (bars(i % box.width) ? 220 : 40));
    return {
      candidate: { start: first, end: first + 30, box: { x: 22, y: 22, width: 34, height: 12 }, lineHeight: 10, pixel, score },
      span: { first, last: first + 30 },
      mask: { box, data: new Uint8Array(mean.length).fill(255) },
      picture: { width: box.width, height: box.height, mean, glyphs: mean.map((v) => (v > 100 ? 255 : 0)) },
      lineShare: 0.05,
      before: 0,
      after: 0,
      rise,
      unrest: 0.01,
    };
  }
  const places = (...cues: InspectedCue[]): number => blinkingCandidates(cues, size, size).length;

  it('is followed when it stands out and comes again, not when it comes once', () => {
    expect(places(sighting(0, -1, 9), sighting(60, -1, 9))).toBe(1);
    expect(places(sighting(0, -1, 9))).toBe(0);
    expect(places(sighting(0, undefined, 2))).toBe(1);
  });

  it('is left alone when it hardly stands out from the scene', () => {
    expect(places(sighting(0, -1, 2), sighting(60, -1, 2))).toBe(0);
  });
});
