import { describe, expect, it } from 'vitest';
import { mayBlink, type BlinkingPlace } from '../../../src/detect/logos/blinking.js';

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
