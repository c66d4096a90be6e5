import { describe, expect, it } from 'vitest';
import { carryCorrections, correctionsDiffer } from '../../src/restore/network/corrections.js';

/** Four frames of two pixels, the second of which is visible; corrections of the first frame and the last. */
function corrected(first: number, last: number) {
  const n = 6;
  const candidate = Uint8Array.from({ length: 4 * n }, (_, k) => 100 + Math.floor(k / n));
  const filled = candidate.slice();
  for (let c = 0; c < 3; c++) {
    filled[c] += first;
    filled[3 * n + c] += last;
  }
  const mask = Uint8Array.from({ length: 8 }, (_, p) => (p % 2 ? 0 : 255));
  return { filled, candidate, mask, n };
}

describe('corrections', () => {
  it('are carried to the frames between, the nearer counting more, and to nothing that is visible', () => {
    const four = corrected(10, 40);
    carryCorrections(four, 4);
    expect([...four.filled]).toEqual([110, 110, 110, 100, 100, 100, 121, 121, 121, 101, 101, 101, 132, 132, 132, 102, 102, 102, 143, 143, 143, 103, 103, 103]); // prettier-ignore
  });

  it('never leave the range of a byte', () => {
    const four = corrected(0, 0);
    four.filled.fill(255, 0, 3);
    four.candidate.fill(200, 6, 9);
    carryCorrections(four, 4);
    expect([...four.filled.subarray(6, 9)]).toEqual([255, 255, 255]);
  });

  it.each([
    [20, 20, false],
    [20, 12, false],
    [20, -20, true],
    [20, 5, true],
    [1, 0, false],
  ])('of %i and %i levels differ too much: %s', (first, last, differ) => {
    expect(correctionsDiffer(corrected(first, last), 4)).toBe(differ);
  });
});
