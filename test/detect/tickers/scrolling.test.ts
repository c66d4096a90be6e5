import { describe, expect, it } from 'vitest';
import { Scrolling, type ScrollBand } from '../../../src/detect/tickers/scrolling.js';
import { HEIGHT, pan, scenes, SPACE, strokes, WIDTH } from '../drawn-programme.js';

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
  return scrolling.take().filter(({ doubtful }) => !doubtful);
}

/** The bands of 60 frames of a still, busy scene over which outlined strokes run to the left, without a plate: drawn between samples as an encoder's scaler does. */
async function bandsOfLetters(speed: number): Promise<ScrollBand[]> {
  const scrolling = new Scrolling(WIDTH, HEIGHT, 25);
  const { luma, alpha } = await strokes(TOP, '0123'.repeat(7));
  const turned = (row: number, x: number): number => row * WIDTH + (((x % WIDTH) + WIDTH) % WIDTH);
  for (let t = 0; t < 60; t++) {
    const [whole, part] = [Math.floor(speed * t), (speed * t) % 1];
    const frame = new Uint8Array(WIDTH * HEIGHT);
    for (let y = 0, p = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++, p++) {
        const [a, b] = [turned(y, x + whole), turned(y, x + whole + 1)];
        const covers = ((1 - part) * alpha[a] + part * alpha[b]) / 255;
        const ink = ((1 - part) * alpha[a] * luma[a] + part * alpha[b] * luma[b]) / 255;
        frame[p] = Math.max(16, Math.min(235, (1 - covers) * (120 + scenes[0][y * SPACE + x]) + ink));
      }
    scrolling.push(frame);
  }
  return scrolling.take().filter(({ doubtful }) => !doubtful);
}

describe('letters without a plate', () => {
  it.each([2, 2.25, 2.625])('are found at %f samples a frame', async (speed) => {
    const bands = await bandsOfLetters(speed);
    expect(bands).toHaveLength(1);
    expect(bands[0].speed).toBeCloseTo(-speed, 0);
    expect(bands[0].right - bands[0].left).toBe(WIDTH);
    expect(bands[0].top).toBeLessThanOrEqual(TOP + 4);
    expect(bands[0].bottom).toBeGreaterThanOrEqual(TOP + 16);
  });
});

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
