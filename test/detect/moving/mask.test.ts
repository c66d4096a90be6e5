import { describe, expect, it } from 'vitest';
import { movingMask } from '../../../src/detect/moving/mask.js';
import { TravellingWindow, type Picture, type WindowStatistics } from '../../../src/detect/moving/travelling-window.js';

const WIDTH = 150;
const HEIGHT = 100;

/** A badge, as bright as the scene, and bars of a name beside it. */
const isBadge = (x: number, y: number): boolean => Math.hypot(x - 50, y - 50) < 12;
const isBar = (x: number, y: number): boolean => x >= 66 && x < 101 && y >= 44 && y < 57 && (x - 66) % 7 < 4;

/** What a window has seen of it: the name has edges, the badge has none; `scene` is the deviation of what is under the way. */
function seen(scene: (x: number, y: number) => number): WindowStatistics {
  const maps = Array.from({ length: 6 }, () => new Float32Array(WIDTH * HEIGHT));
  const [mean, deviation, gx, gy, strength, unrest] = maps;
  for (let y = 1; y < HEIGHT - 1; y++)
    for (let x = 1; x < WIDTH - 1; x++) {
      const p = y * WIDTH + x;
      const at = (u: number, v: number): number => (isBar(u, v) ? 220 : 120);
      const own = isBadge(x, y) || isBar(x, y);
      mean[p] = at(x, y);
      deviation[p] = own ? 1 + (p % 3) * 0.3 : scene(x, y);
      gx[p] = (at(x + 1, y) - at(x - 1, y)) / 2;
      gy[p] = (at(x, y + 1) - at(x, y - 1)) / 2;
      strength[p] = Math.hypot(gx[p], gy[p]);
      unrest[p] = own ? 1 : 4;
    }
  return { mean, deviation, gx, gy, strength, unrest, width: WIDTH, height: HEIGHT };
}

/** Share of the mark that is hidden, and the mask's size over the mark's. */
function judged(mask: Uint8Array): { readonly hidden: number; readonly size: number } {
  let [own, both] = [0, 0];
  for (let p = 0; p < mask.length; p++) {
    const [x, y] = [p % WIDTH, Math.floor(p / WIDTH)];
    if (!isBadge(x, y) && !isBar(x, y)) continue;
    own++;
    if (mask[p]) both++;
  }
  return { hidden: both / own, size: mask.filter((v) => v).length / own };
}

describe('the mask of a mark that travels', () => {
  it('takes a badge without edges by its calm', () => {
    const { hidden, size } = judged(movingMask(seen(() => 30)));
    expect(hidden).toBeGreaterThan(0.98);
    expect(size).toBeLessThan(1.6);
  });

  it('leaves a calm part of the scene that borders on it', () => {
    const { hidden, size } = judged(movingMask(seen((x, y) => (y < 44 && x < 62 ? 2.8 : 30))));
    expect(hidden).toBeGreaterThan(0.98);
    expect(size).toBeLessThan(1.6);
  });
});

describe('a travelling window', () => {
  /** Bars over a scene of one level, some of their edges hardly there when it is as bright as they. */
  const shot = (level: number, x: number): Picture => {
    const luma = new Uint8Array(200 * 120).fill(level);
    for (let v = 0; v < 120; v++)
      for (let u = 0; u < 200; u++) {
        const [s, t] = [u - x, v - 40];
        if (s < 0 || t < 0 || s >= 60 || t >= 20) continue;
        if (s % 12 < 8) luma[v * 200 + u] = s < 22 && s % 12 > 1 && s % 12 < 6 && t > 2 && t < 17 ? 20 : 230;
      }
    return { luma, width: 200, height: 120 };
  };

  it('tells where it is when the scene has changed most of its edges', () => {
    const window = new TravellingWindow(80, 40);
    for (let i = 0; i < 6; i++) window.add(shot(60, 40 + 3 * i), 30 + 3 * i, 30);
    window.learn();
    const bright = shot(225, 60);
    const there = window.find(bright, 50, 30, 0);
    expect(there?.match).toBeLessThan(0.5);
    expect(there && window.standsOut(bright, there)).toBe(true);
    const elsewhere = window.find(bright, 90, 50, 0);
    expect(elsewhere && window.standsOut(bright, elsewhere)).toBe(false);
  });
});
