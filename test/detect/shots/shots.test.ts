import { describe, expect, it } from 'vitest';
import { ShotDetector } from '../../../src/detect/shots/shots.js';

const [WIDTH, HEIGHT] = [96, 54];

type Scene = (x: number, y: number, t: number) => number;

/** Blobs of all sizes, which move to the side by `speed` samples a frame. */
const scene =
  (seed: number, speed = 0): Scene =>
  (x, y, t) => {
    let level = 120;
    for (let i = 1; i < 7; i++) level += (60 / i) * Math.sin((i * (x + speed * t)) / 11 + seed * i) * Math.cos((i * y) / 9 + seed * i * i);
    return level;
  };

/** First frames of the shots that are found in a programme of so many frames. */
function startsIn(frames: number, level: Scene): number[] {
  const shots = new ShotDetector(WIDTH, HEIGHT);
  for (let t = 0; t < frames; t++) {
    const luma = new Uint8Array(WIDTH * HEIGHT);
    for (let y = 0, p = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++, p++) luma[p] = Math.max(0, Math.min(255, Math.round(level(x, y, t))));
    shots.push(luma);
  }
  return shots.shots(frames).map((s) => s.first);
}

const [one, other] = [scene(1, 0.1), scene(4, -0.12)];
const mixed =
  (share: (t: number) => number): Scene =>
  (x, y, t) =>
    (1 - share(t)) * one(x, y, t) + share(t) * other(x, y, t);
const ramp = (first: number, length: number) => (t: number) => Math.max(0, Math.min(1, (t - first) / length));

describe('shots', () => {
  it('begin at a cut', () => {
    expect(
      startsIn(
        60,
        mixed((t) => (t < 33 ? 0 : 1)),
      ),
    ).toEqual([0, 33]);
  });

  it.each([6, 12, 20, 36])('begin in the middle of a dissolve of %i frames', (length) => {
    const [first, second, ...more] = startsIn(120, mixed(ramp(50, length)));
    expect(first).toBe(0);
    expect(Math.abs(second - (50 + length / 2))).toBeLessThanOrEqual(Math.max(2, length / 10));
    expect(more).toEqual([]);
  });

  it('case 62: are not begun by a pan, a fade to black and back, or a flash', () => {
    const pan = scene(2, 1);
    expect(startsIn(120, pan)).toEqual([0]);
    expect(startsIn(120, (x, y, t) => one(x, y, t) * Math.min(1, Math.abs(t - 60) / 12))).toEqual([0]);
    expect(startsIn(60, (x, y, t) => one(x, y, t) + (t === 30 ? 120 : 0))).toEqual([0]);
  });
});
