import { expect, it } from 'vitest';
import type { Span } from '../../../src/core/area.js';
import { doubted } from '../../../src/detect/logos/alone.js';
import type { Finding } from '../../../src/plan/plan.js';

const mask = { box: { x: 0, y: 0, width: 1, height: 1 }, data: new Uint8Array([255]) };
const shots = (count: number): Span[] => Array.from({ length: count }, (_, i) => ({ first: 50 * i, last: 50 * i + 49 }));
const found = (confidence: number, spans: Span[], kind: Finding['kind'] = 'logo'): Finding => ({ kind, spans, mask, confidence, why: '' });
const left = (finding: Finding, count: number): number => doubted([finding], shots(count))[0].confidence;

it('what stands in one of very many shots is not wiped for a logo unless it is all but certain', () => {
  const once = [{ first: 100, last: 149 }];
  expect(left(found(0.88, once), 12)).toBeLessThan(0.5);
  expect(left(found(0.999, once), 12)).toBeGreaterThan(0.9);
  expect(left(found(0.88, once), 5)).toBe(0.88);
  expect(left(found(0.88, [...once, { first: 300, last: 349 }]), 12)).toBe(0.88);
  expect(left(found(0.88, once, 'score-bar'), 12)).toBe(0.88);
});

it('a logo that shows for a while in many shots, or that is certain, is not doubted away', () => {
  const whiles = [0, 100, 200, 300].map((first) => ({ first, last: first + 19 }));
  expect(left(found(0.88, whiles), 12)).toBe(0.88);
  expect(left(found(0.88, [{ first: 97, last: 152 }]), 12)).toBeLessThan(0.5);
  expect(left(found(1, [{ first: 100, last: 149 }]), 12)).toBe(1);
});
