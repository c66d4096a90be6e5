import { describe, expect, it } from 'vitest';
import type { Box, Mask } from '../../../src/core/area.js';
import { colouredFindings } from '../../../src/detect/logos/coloured.js';
import type { ColourFrame } from '../../../src/detect/survey/crops.js';
import type { Finding } from '../../../src/plan/plan.js';

const WIDTH = 96;
const HEIGHT = 64;
const isRing = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 40, y - 30) - 12) < 2.5;
const RED = { luma: 120, cb: 100, cr: 190 };

/** A red ring, as light as the scene, which drifts; `tint` is the scene's colour. */
function frame(index: number, tint: { cb: number; cr: number }): ColourFrame {
  const planes = { luma: new Uint8Array(WIDTH * HEIGHT), cb: new Uint8Array(WIDTH * HEIGHT), cr: new Uint8Array(WIDTH * HEIGHT) };
  for (let p = 0; p < WIDTH * HEIGHT; p++) {
    const [x, y] = [p % WIDTH, Math.floor(p / WIDTH)];
    const scene = { luma: 110 + 20 * Math.sin((x + 3 * index) / 9), ...tint };
    const { luma, cb, cr } = isRing(x, y) ? RED : scene;
    planes.luma[p] = luma + ((p + index) % 3);
    planes.cb[p] = cb + ((p + index) % 2);
    planes.cr[p] = cr + ((p * 7 + index) % 2);
  }
  return planes;
}

function cut(planes: ColourFrame, { x, y, width, height }: Box): ColourFrame {
  const part = (plane: Uint8Array): Uint8Array =>
    Uint8Array.from({ length: width * height }, (_, p) => plane[(y + Math.floor(p / width)) * WIDTH + x + (p % width)]);
  return { luma: part(planes.luma), cb: part(planes.cb), cr: part(planes.cr) };
}

/** Half of the ring, as luma alone may find it. */
const half: Mask = {
  box: { x: 0, y: 0, width: WIDTH, height: HEIGHT },
  data: Uint8Array.from({ length: WIDTH * HEIGHT }, (_, p) => (isRing(p % WIDTH, Math.floor(p / WIDTH)) && p < 30 * WIDTH ? 255 : 0)),
};
const whole: Box = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
const logo: Finding = { kind: 'logo', confidence: 0.9, why: '', mask: { ...half }, spans: [{ first: 0, last: 99 }] };

function masked(finding: Finding, tint: { cb: number; cr: number }, seen = whole): { own: number; else: number } {
  const frames = Array.from({ length: 12 }, (_, i) => cut(frame(8 * i, tint), seen));
  const [{ mask }] = colouredFindings([finding], [{ mask: half, colours: { box: seen, frames } }]);
  let [own, other, all] = [0, 0, 0];
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const { box, data } = mask;
      const set = x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height && data[(y - box.y) * box.width + x - box.x];
      if (isRing(x, y)) all++;
      if (set && isRing(x, y)) own++;
      else if (set) other++;
    }
  return { own: own / all, else: other };
}

describe('parts of a mark that only their colour tells', () => {
  it('are added where nothing around has the colour', () => {
    const found = masked(logo, { cb: 128, cr: 128 });
    expect(found.own).toBeGreaterThan(0.98);
    expect(found.else).toBe(0);
  });

  it('are left alone where the scene has it too', () => {
    const found = masked(logo, { cb: 102, cr: 186 });
    expect(found.own).toBeLessThan(0.6);
    expect(found.else).toBe(0);
  });

  it('are looked for where colours were seen, and the rest of the mark stays', () => {
    const upper = { x: 20, y: 10, width: 40, height: 26 };
    const found = masked(logo, { cb: 128, cr: 128 }, upper);
    expect(found.own).toBeGreaterThan(0.5);
    expect(found.else).toBe(0);
  });

  it('concern marks that stand, not cues', () => {
    expect(masked({ ...logo, kind: 'subtitle' }, { cb: 128, cr: 128 }).own).toBeLessThan(0.6);
  });
});
