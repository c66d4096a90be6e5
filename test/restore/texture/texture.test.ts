import { describe, expect, it } from 'vitest';
import { makeCandidates } from '../../../src/restore/candidates/candidates.js';
import { hash } from '../../../src/restore/grain.js';
import { dominantShifts } from '../../../src/restore/texture/dominant-shifts.js';
import { learnTexture } from '../../../src/restore/texture/texture.js';
import { transplant } from '../../../src/restore/texture/transplant.js';

const [WIDTH, HEIGHT] = [120, 88];
const N = WIDTH * HEIGHT;
/** The pattern repeats itself after so many samples across and down. */
const [ACROSS, DOWN] = [17, 13];

/** One frame of a rough pattern that repeats itself, as R G B. */
const pattern = (light = 0): Uint8Array =>
  Uint8Array.from({ length: 3 * N }, (_, k) => {
    const i = Math.floor(k / 3);
    return 90 + light + (hash(k % 3, (i % WIDTH) % ACROSS, Math.floor(i / WIDTH) % DOWN) % 80);
  });

/** Hidden in the middle. */
const mask = Uint8Array.from({ length: N }, (_, i) => {
  const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
  return x >= 44 && x < 76 && y >= 34 && y < 54 ? 255 : 0;
});

const marked = (rgb: Uint8Array): Uint8Array => rgb.map((v, k) => (mask[Math.floor(k / 3)] ? 255 : v));

/** The frame filled, without texture and with. */
function fill(rgb: Uint8Array, learntFrom = rgb): { smooth: Uint8Array; filled: Uint8Array } {
  const window = { frames: 1, width: WIDTH, height: HEIGHT, rgb, mask };
  const { fill: smooth, candidate, confidence } = makeCandidates(window);
  const texture = learnTexture({ ...window, rgb: learntFrom });
  const filled = candidate.slice();
  if (texture) transplant(filled, { rgb, mask, smooth, confidence }, texture);
  return { smooth, filled };
}

/** Mean squared difference in the hole. */
function error(a: Uint8Array, b: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let k = 0; k < 3 * N; k++) if (mask[Math.floor(k / 3)]) [sum, count] = [sum + (a[k] - b[k]) ** 2, count + 1];
  return sum / count;
}

describe('texture for what is never seen', () => {
  it('is taken from shifts by which the picture resembles itself', () => {
    const planes = new Float32Array(3 * N);
    pattern().forEach((v, k) => (planes[(k % 3) * N + Math.floor(k / 3)] = v));
    const shifts = dominantShifts({ width: WIDTH, height: HEIGHT, planes, hidden: mask.map((v) => v && 1) }, 8);
    expect(shifts.length).toBe(8);
    // As the first patches that look alike are found anywhere, each leads some periods on.
    for (const { dx, dy } of shifts) expect([Math.abs(dx % ACROSS), Math.abs(dy % DOWN)]).toEqual([0, 0]);
  });

  it('restores a pattern that repeats itself, where a smooth fill leaves a blot', () => {
    const { smooth, filled } = fill(marked(pattern()));
    expect(error(smooth, pattern())).toBeGreaterThan(300);
    expect(error(filled, pattern())).toBeLessThan(60);
  });

  it('goes with the frame: the same shifts fill a frame that is lighter', () => {
    const { filled } = fill(marked(pattern(30)), marked(pattern()));
    expect(error(filled, pattern(30))).toBeLessThan(60);
  });

  it('leaves what is visible as it is, and is the same each time', () => {
    const rgb = marked(pattern());
    const { filled } = fill(rgb);
    for (let k = 0; k < 3 * N; k++) if (!mask[Math.floor(k / 3)]) expect(filled[k]).toBe(rgb[k]);
    expect(Buffer.compare(fill(rgb).filled, filled)).toBe(0);
  });

  it('is not taken from what has changed since', () => {
    const rgb = marked(pattern());
    // A dark thing has come between all that is visible and the camera, but for a corner.
    const covered = rgb.map((v, k) => (mask[Math.floor(k / 3)] || Math.floor(k / 3) % WIDTH < 30 ? v : v >> 2));
    const { smooth, filled } = fill(covered, rgb);
    expect(error(filled, smooth)).toBeLessThan(error(fill(rgb).filled, fill(rgb).smooth) / 4);
  });

  it('is not looked for on an even ground, nor where nothing is hidden or too little visible', () => {
    const even = new Uint8Array(3 * N).fill(120);
    const window = { frames: 1, width: WIDTH, height: HEIGHT };
    expect(learnTexture({ ...window, rgb: even, mask })).toBeUndefined();
    expect(learnTexture({ ...window, rgb: pattern(), mask: new Uint8Array(N) })).toBeUndefined();
    expect(learnTexture({ ...window, rgb: pattern(), mask: new Uint8Array(N).fill(255) })).toBeUndefined();
  });
});
