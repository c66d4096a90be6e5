import { describe, expect, it } from 'vitest';
import { Scrolling, type ScrollBand } from '../../../src/detect/tickers/scrolling.js';
import { HEIGHT, pan, scenes, SPACE, WIDTH } from '../drawn-programme.js';

const TOP = 300;
const BOTTOM = 332;

/** The bands of 60 frames of a scene that pans, with a band whose letters run to the left by so many samples a frame. */
function bandsAt(speed: number): ScrollBand[] {
  const scrolling = new Scrolling(WIDTH, HEIGHT, 25);
  const camera = pan();
  const values = new Float32Array(WIDTH * HEIGHT);
  for (let t = 0; t < 60; t++) {
    camera(t, values);
    const at = Math.trunc(speed * t);
    for (let y = TOP; y < BOTTOM; y++)
      for (let x = 0; x < WIDTH; x++) values[y * WIDTH + x] = scenes[1][(y - TOP) * SPACE + ((x + at) % SPACE)] > 0 ? 220 : 40;
    scrolling.push(Uint8Array.from(values, (v) => Math.max(16, Math.min(235, v))));
  }
  return scrolling.take();
}

describe('a band that scrolls', () => {
  it.each([4, 4.8, 4.5, 3.25])('is found at %f samples a frame', (speed) => {
    const bands = bandsAt(speed);
    expect(bands).toHaveLength(1);
    expect(bands[0].speed).toBeCloseTo(-speed, 0);
    expect(Math.abs(bands[0].top - TOP)).toBeLessThanOrEqual(8);
    expect(Math.abs(bands[0].bottom - BOTTOM)).toBeLessThanOrEqual(8);
  });

  it('is not found where the camera pans alone', () => {
    expect(bandsAt(0)).toEqual([]);
  });
});
