import { describe, expect, it } from 'vitest';
import { stillsOf } from '../../../src/detect/survey/stills.js';

describe('stills', () => {
  it('show every mark in the middle half of its span, in as few frames as that takes', () => {
    const spans = [
      [0, 400],
      [10, 50],
      [30, 70],
      [40, 44],
      [200, 240],
      [230, 300],
      [300, 300],
    ].map(([first, last]) => ({ first, last }));
    const frames = stillsOf(spans, 24);
    expect(frames).toEqual([40, 43, 230, 283, 300]);
    for (const { first, last } of spans) {
      const fade = Math.floor((last - first) / 4);
      expect(frames.some((f) => f >= first + fade && f <= last - fade)).toBe(true);
    }
  });

  it('are spread where there are too many', () => {
    const spans = Array.from({ length: 100 }, (_, i) => ({ first: 10 * i, last: 10 * i + 4 }));
    expect(stillsOf(spans, 4)).toEqual([3, 253, 503, 753]);
    expect(stillsOf([], 4)).toEqual([]);
    expect(stillsOf(spans, 0)).toEqual([]);
  });
});
