import { describe, expect, it } from 'vitest';
import { frameNumber, groupTimeOf, later, readGroupTime, withGroupTime } from '../../../src/media/coded/side/group-time.js';

const code = (h: number, m: number, s: number, f: number, dropFrame = false) => ({
  dropFrame,
  ...{ hours: h, minutes: m, seconds: s, pictures: f },
});

describe('time codes of groups of pictures', () => {
  it('are read and written bit for bit, and the flags of the group stay', () => {
    // 1 00101 011110 1 101101 010011 0 1, then nothing: drop frame, 05:30:45:19, broken link
    const body = Buffer.from(
      '1001010111101101101010011010000'
        .padEnd(32, '0')
        .match(/.{8}/g)!
        .map((b) => parseInt(b, 2)),
    );
    expect(readGroupTime(body)).toEqual(code(5, 30, 45, 19, true));
    expect(withGroupTime(body, code(5, 30, 45, 19, true))).toEqual(body);
    const other = withGroupTime(body, code(23, 59, 58, 57));
    expect(readGroupTime(other)).toEqual(code(23, 59, 58, 57));
    expect(other[3] & 127).toBe(body[3] & 127);
    expect(other[1] & 8).toBe(8);
  });

  it('leave out two numbers a minute but the tenth where they drop frames, four at sixty frames a second', () => {
    expect(later(code(0, 0, 59, 29, true), 1, 30)).toEqual(code(0, 1, 0, 2, true));
    expect(later(code(0, 9, 59, 29, true), 1, 30)).toEqual(code(0, 10, 0, 0, true));
    expect(later(code(0, 0, 59, 59, true), 1, 60)).toEqual(code(0, 1, 0, 4, true));
    expect(later(code(0, 0, 59, 29), 1, 30)).toEqual(code(0, 1, 0, 0));
    expect(later(code(10, 0, 0, 0), -1, 25)).toEqual(code(9, 59, 59, 24));
    expect(later(code(23, 59, 59, 24), 1, 25)).toEqual(code(0, 0, 0, 0));
  });

  it('count each frame of a day once, with and without dropped numbers', () => {
    for (const [rate, drop, day] of [
      [25, false, 2_160_000],
      [30, true, 2_589_408],
      [60, true, 5_178_816],
    ] as const) {
      let before = '';
      for (let n = 0; n < day; n += n % 1800 < 3 || n % 1798 < 3 ? 1 : 97) {
        const time = groupTimeOf(n, rate, drop);
        if (frameNumber(time, rate) !== n || JSON.stringify(time) === before) expect(`${rate} ${n} ${JSON.stringify(time)}`).toBe('right');
        before = JSON.stringify(time);
      }
      expect(groupTimeOf(day, rate, drop)).toEqual(code(0, 0, 0, 0, drop));
    }
  });
});
