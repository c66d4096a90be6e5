import { expect, it } from 'vitest';
import type { Span } from '../../../src/core/area.js';
import type { InspectedLogo } from '../../../src/detect/logos/inspection.js';
import { perceivedFindings } from '../../../src/detect/perception/findings.js';

const WIDTH = 60;
const HEIGHT = 30;
const box = { x: 20, y: 20, width: WIDTH, height: HEIGHT };

/** A grey badge that stands, seen by the network alone. */
function badge(...spans: Span[]): InspectedLogo {
  const inside = (i: number): boolean => i % WIDTH > 10 && i % WIDTH < 50 && i > 10 * WIDTH && i < 20 * WIDTH;
  const candidate = {
    box,
    pixel: new Int32Array(),
    gx: new Float32Array(),
    gy: new Float32Array(),
    seen: spans,
    confidence: 0.6,
    asBar: 0.6,
    why: '',
    text: 0,
  };
  const mask = { box, data: Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (inside(i) ? 255 : 0)) };
  const mean = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => (inside(i) ? 200 : 90 + (i % 7)));
  return { candidate, spans, mask, mean, deviation: new Float32Array(WIDTH * HEIGHT).fill(3) };
}

const shots = (count: number): Span[] => Array.from({ length: count }, (_, i) => ({ first: 50 * i, last: 50 * i + 49 }));
const confidence = (count: number, ...spans: Span[]): number =>
  perceivedFindings([badge(...spans)], { shots: shots(count), frames: 50 * count, rate: 25, width: 640, height: 360 })[0].confidence;

it('what the network alone sees in one shot of many is hardly a logo', () => {
  expect(confidence(1, { first: 0, last: 49 })).toBeCloseTo(0.6);
  expect(confidence(3, { first: 50, last: 99 })).toBeCloseTo(0.6);
  expect(confidence(6, { first: 50, last: 99 })).toBeLessThan(0.45);
  expect(confidence(6, { first: 48, last: 101 })).toBeLessThan(0.45);
  expect(confidence(6, { first: 0, last: 299 })).toBeCloseTo(0.6);
});
