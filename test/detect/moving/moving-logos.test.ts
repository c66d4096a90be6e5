import { describe, expect, it } from 'vitest';
import { detectIn } from '../../../src/detect/detect.js';
import type { LumaSource } from '../../../src/detect/survey/luma-source.js';
import type { Finding } from '../../../src/plan/plan.js';
import { boxAt } from '../../../src/plan/travel.js';

const WIDTH = 320;
const HEIGHT = 240;

/** Value noise between 60 and 190, wide enough for a camera to pan over. */
function texture(width: number, height: number, seed: number): Float32Array {
  const out = new Float32Array(width * height).fill(125);
  const at = (i: number, j: number): number => {
    const h = Math.imul(i * 374761393 + j * 668265263 + seed * 974711, 1274126177);
    return ((h ^ (h >>> 15)) >>> 8) / 2 ** 24 - 0.5;
  };
  for (const [cell, levels] of [[31, 70], [11, 50], [5, 30]] as const)
    for (let y = 0, k = 0; y < height; y++)
      for (let x = 0; x < width; x++, k++) {
        const [i, j, u, v] = [Math.floor(x / cell), Math.floor(y / cell), (x % cell) / cell, (y % cell) / cell];
        const top = at(i, j) * (1 - u) + at(i + 1, j) * u;
        out[k] += (top * (1 - v) + (at(i, j + 1) * (1 - u) + at(i + 1, j + 1) * u) * v) * levels;
      }
  return out;
} // prettier-ignore

const scenes = [texture(700, HEIGHT, 1), texture(700, HEIGHT, 2)];

/** A bright disc with a dark letter, and a bar beside it: 48 x 24 samples; undefined where the scene shows. */
function badge(x: number, y: number): number | undefined {
  if (x < 0 || y < 0 || x >= 48 || y >= 24) return undefined;
  if (Math.hypot(x - 12, y - 12) < 11) return Math.abs(x - 8) < 2 || (Math.abs(y - x) < 2 && x > 7) || Math.abs(x - 17) < 2 ? 30 : 215;
  return x > 27 && y > 6 && y < 18 && (x - 27) % 7 < 4 ? 235 : undefined;
}

interface Way {
  readonly at: (t: number) => { readonly x: number; readonly y: number };
  readonly first: number;
  readonly last: number;
}

/** A camera that pans, or stands, over a scene, a cut in the middle, and the badge on its way over it. */
function programme(frames: number, speed: number, way?: Way, opacity = 1): LumaSource {
  const size = { width: WIDTH, height: HEIGHT };
  return {
    ...size,
    rate: 25,
    size: () => size,
    async *frames() {
      for (let index = 0; index < frames; index++) {
        const scene = scenes[index * 2 < frames ? 0 : 1];
        const corner = way && index >= way.first && index <= way.last ? way.at(index) : undefined;
        const luma = new Uint8Array(WIDTH * HEIGHT);
        for (let y = 0, k = 0; y < HEIGHT; y++)
          for (let x = 0; x < WIDTH; x++, k++) {
            const under = scene[y * 700 + x + Math.round(index * speed)];
            const mark = corner && badge(x - corner.x, y - corner.y);
            luma[k] = (mark === undefined ? under : under + (mark - under) * opacity) + (((k * 7919 + index * 104729) % 5) - 2);
          }
        await Promise.resolve();
        yield { index, luma };
      }
    },
  };
}

const look = async (source: LumaSource): Promise<readonly Finding[]> =>
  (await detectIn(source, { kinds: ['moving-logo'] })).findings.filter((f) => f.kind === 'moving-logo');

/** Worst share, over frames, of the badge's samples that the mask hides where it lies; and the mask's size over the badge's. */
function covered(found: Finding, way: Way): { least: number; size: number } {
  let least = 1;
  const { data } = found.mask;
  let own = 0;
  for (let t = way.first; t <= way.last; t++) {
    const box = boxAt(found, t);
    const corner = way.at(t);
    let hidden = 0;
    own = 0;
    for (let y = 0; y < 24; y++)
      for (let x = 0; x < 48; x++) {
        if (badge(x, y) === undefined) continue;
        own++;
        const [u, v] = [corner.x + x - box.x, corner.y + y - box.y];
        if (u >= 0 && v >= 0 && u < box.width && v < box.height && data[v * box.width + u]) hidden++;
      }
    least = Math.min(least, hidden / own);
  }
  return { least, size: data.filter((v) => v).length / own };
}

/** Straight on, turned round at the picture's borders. */
const bouncing = (vx: number, vy: number): Way['at'] => {
  const mirrored = (way: number, length: number): number =>
    way % (2 * length) > length ? 2 * length - (way % (2 * length)) : way % (2 * length);
  return (t) => ({ x: Math.round(mirrored(150 + vx * t, WIDTH - 52)) + 2, y: Math.round(mirrored(60 + vy * t, HEIGHT - 28)) + 2 });
};

describe('moving logos', () => {
  it('follows one that bounces off the borders, over a pan and a cut', async () => {
    const way = { at: bouncing(2.3, 1.4), first: 0, last: 119 };
    const found = await look(programme(120, 1.5, way));
    expect(found).toHaveLength(1);
    expect(found[0].spans).toEqual([{ first: 0, last: 119 }]);
    expect(found[0].confidence).toBeGreaterThan(0.8);
    const { least, size } = covered(found[0], way);
    expect(least).toBeGreaterThan(0.95);
    expect(size).toBeLessThan(3);
  });

  it('follows one that circles over a still picture', async () => {
    const at = (t: number): { x: number; y: number } => ({
      x: Math.round(130 + 90 * Math.cos(t / 22)),
      y: Math.round(100 + 60 * Math.sin(t / 22)),
    });
    const way = { at, first: 0, last: 99 };
    const found = await look(programme(100, 0, way));
    expect(found).toHaveLength(1);
    expect(found[0].confidence).toBeGreaterThan(0.5);
    expect(covered(found[0], { at, first: found[0].spans[0].first, last: found[0].spans[0].last }).least).toBeGreaterThan(0.9);
    expect(found[0].spans[0].last - found[0].spans[0].first).toBeGreaterThan(90);
  });

  it('says when one comes and goes', async () => {
    const way = { at: bouncing(1.2, 0.8), first: 20, last: 89 };
    const [found] = await look(programme(110, 0, way));
    expect(Math.abs(found.spans[0].first - 20)).toBeLessThanOrEqual(2);
    expect(Math.abs(found.spans[0].last - 89)).toBeLessThanOrEqual(1);
    const [always] = await look(programme(110, 0, { ...way, first: 0, last: 109 }));
    expect(found.confidence).toBeLessThan(always.confidence); // things in a scene come and go
  });

  it('finds nothing in a picture that only pans', async () => {
    expect(await look(programme(80, 2))).toEqual([]);
  });
});
