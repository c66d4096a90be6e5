import { expect, it } from 'vitest';
import { namedBanners, namedCaptions } from '../../../src/detect/logos/captions.js';
import type { Finding } from '../../../src/plan/plan.js';

const WIDTH = 640;

function finding(
  kind: Finding['kind'],
  [x, y, width, height]: [number, number, number, number],
  spans: [number, number][],
  confidence = 0.95,
): Finding {
  const mask = { box: { x, y, width, height }, data: new Uint8Array(width * height).fill(255) };
  return { kind, confidence, why: '', mask, spans: spans.map(([first, last]) => ({ first, last })) };
}
const kinds = (findings: readonly Finding[]): string[] => findings.map((f) => f.kind);

it('takes what stands on the line of subtitles about the middle, never with them, for one', () => {
  const one = finding('logo', [210, 320, 220, 28], [[300, 360]]);
  const lines = [finding('subtitle', [240, 320, 160, 28], [[0, 60]]), finding('subtitle', [200, 322, 240, 26], [[100, 160]])];
  expect(kinds(namedCaptions([one, ...lines], WIDTH))).toEqual(['subtitle', 'subtitle', 'subtitle']);
  expect(kinds(namedCaptions([one, lines[0]], WIDTH))).toEqual(['logo', 'subtitle']);
  const at = finding('logo', [210, 320, 220, 28], [[30, 360]]);
  expect(kinds(namedCaptions([at, ...lines], WIDTH))[0]).toBe('logo');
  const aside = finding('logo', [20, 320, 220, 28], [[300, 360]]);
  expect(kinds(namedCaptions([aside, ...lines], WIDTH))[0]).toBe('logo');
});

it('takes bars in the lower half that come for seconds and go again for name banners', () => {
  const of = (y: number, spans: [number, number][]): string =>
    namedBanners([finding('score-bar', [30, y, 160, 40], spans)], { frames: 2000, rate: 25, height: 360 })[0].kind;
  expect(of(280, [[200, 320], [800, 900]])).toBe('title'); // prettier-ignore
  expect(of(20, [[200, 320]])).toBe('score-bar');
  expect(of(280, [[200, 700]])).toBe('score-bar');
  expect(of(280, [[0, 120]])).toBe('score-bar');
  expect(of(280, [[1900, 1999]])).toBe('score-bar');
});
