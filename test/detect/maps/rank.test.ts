import { describe, expect, it } from 'vitest';
import { rankOf, rankWhere } from '../../../src/detect/maps/rank.js';

/** Numbers with many ties, the same every time. */
function numbers(count: number): Float32Array {
  let state = 3;
  return Float32Array.from({ length: count }, () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % 97);
}

describe('the rank of a number among others', () => {
  it.each([1, 2, 3, 10, 97, 1000])('is that of the sorted ones, of %i', (count) => {
    const values = numbers(count);
    const sorted = values.slice().sort();
    for (const share of [0, 0.1, 0.25, 0.5, 0.84, 0.9, 1])
      expect(rankOf(values, share)).toBe(sorted[Math.min(count - 1, Math.floor(count * share))]);
  });

  it.each([8192, 30_001])('is so of %i, however they lie', (count) => {
    const some = numbers(count);
    const ways: Record<string, Float32Array> = {
      ties: some,
      spread: some.map((v, i) => Math.sin(i) * v),
      rising: some.map((_, i) => i - count / 3),
      // What is looked at first says nothing about the rest.
      misleading: some.map((_, i) => (Math.floor((Math.ceil((i * 512) / count) * count) / 512) === i ? i : -i)),
      same: some.fill(0, 0, count - 5),
    };
    for (const [way, values] of Object.entries(ways)) {
      const sorted = values.slice().sort();
      for (const share of [0, 0.003, 0.1, 0.5, 0.84, 0.97, 1])
        expect([way, share, rankOf(values, share)]).toEqual([way, share, sorted[Math.min(count - 1, Math.floor(count * share))]]);
    }
  });

  it('leaves the numbers as they are', () => {
    const values = numbers(50);
    const before = values.slice();
    rankOf(values, 0.3);
    expect(values).toEqual(before);
  });

  it('is none of nothing, and counts only what a map chooses', () => {
    expect(rankOf([], 0.5)).toBeUndefined();
    expect(rankWhere(Float32Array.of(9, 1, 8, 2), Uint8Array.of(0, 1, 0, 1), 0.5)).toBe(2);
    expect(rankWhere(Float32Array.of(9), Uint8Array.of(0), 0.5)).toBeUndefined();
  });
});
