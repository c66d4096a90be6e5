import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTEXT, planRegions } from '../../src/restore/regions.js';
import { planWindows } from '../../src/restore/windows.js';
import { bars, geometryOf, track } from './scene.js';

const geometry = geometryOf(1920, 1080, '420', 8);
const subtitle = (x: number, width = 600) => bars({ x, y: 930, width, height: 60 });
const logo = bars({ x: 1700, y: 60, width: 120, height: 80 });

describe('planRegions', () => {
  it('keeps marks apart that are far from each other, and joins those that are close, while they are there together', () => {
    const plan = { shots: [{ first: 0, last: 99 }], tracks: [track('logo', logo, [0, 99]), track('a', subtitle(300), [10, 49]), track('b', subtitle(910), [30, 70])] }; // prettier-ignore
    const regions = planRegions(plan, geometry).map((r) => [
      r.tracks.map((t) => t.id).join('+'),
      r.spans.map((s) => `${s.first}-${s.last}`).join(' '),
    ]);
    expect(regions.sort()).toEqual([['a', '10-29'], ['a+b', '30-49'], ['a+b', '30-49'], ['b', '50-70'], ['logo', '0-99']].sort()); // prettier-ignore
  });

  it('ends regions at cuts and leaves alone what is not wiped', () => {
    const kept = { ...track('kept', subtitle(300), [0, 99]), action: 'keep' as const };
    const plan = { shots: [{ first: 0, last: 39 }, { first: 40, last: 99 }], tracks: [track('logo', logo, [20, 80]), kept] }; // prettier-ignore
    expect(planRegions(plan, geometry).map((r) => [r.shot.first, r.spans])).toEqual([
      [0, [{ first: 20, last: 39 }]],
      [40, [{ first: 40, last: 80 }]],
    ]);
  });

  it('writes every masked sample once, with context around, from even coordinates, inside the picture', () => {
    const size = (most: number) => fc.integer({ min: 1, max: most });
    fc.assert(
      fc.property(size(1920), size(1080), size(1920), size(1080), (x, y, width, height) => {
        const place = { x: x - 1, y: y - 1, width: Math.min(width, 1921 - x), height: Math.min(height, 1081 - y) };
        const mark = { box: place, data: new Uint8Array(place.width * place.height).fill(255) };
        const regions = planRegions({ shots: [{ first: 0, last: 9 }], tracks: [track('m', mark, [0, 9])] }, geometry);
        const inside = regions.map(({ core }) => {
          const w = Math.min(core.x + core.width, place.x + place.width) - Math.max(core.x, place.x);
          const h = Math.min(core.y + core.height, place.y + place.height) - Math.max(core.y, place.y);
          return Math.max(0, w) * Math.max(0, h);
        });
        expect(inside.reduce((a, b) => a + b, 0)).toBe(place.width * place.height);
        for (const { box, core } of regions) {
          expect([box.x % 2, box.y % 2]).toEqual([0, 0]);
          expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1920 && box.y + box.height <= 1080).toBe(true);
          expect(core.x - box.x).toBeGreaterThanOrEqual(Math.min(core.x, CONTEXT));
          expect(box.x + box.width).toBeGreaterThanOrEqual(Math.min(1920, core.x + core.width + CONTEXT));
          expect(box.width * box.height).toBeLessThan(500_000);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('planWindows', () => {
  const shots = [{ first: 0, last: 39 }, { first: 40, last: 299 }]; // prettier-ignore
  const cue = track('cue', subtitle(300), [100, 160]);
  const windowsOf = (...tracks: ReturnType<typeof track>[]) => {
    const plan = { shots, tracks };
    return planRegions(plan, geometry).flatMap((r) => planWindows(r, plan, 32));
  };

  it('restores each frame once', () => {
    expect(windowsOf(cue).flatMap((w) => w.targets)).toEqual(Array.from({ length: 61 }, (_, k) => 100 + k));
  });

  it('looks first at the frames in which the place is not hidden, before the cue and after it', () => {
    const [first, ...later] = windowsOf(cue);
    expect(first.references[0]).toBe(99);
    expect(later.every((w) => w.references.includes(99))).toBe(true);
    expect(later.at(-1)!.references.slice(0, 2)).toEqual([99, 161]);
  });

  it('is blind only where no frame of the shot shows the place', () => {
    expect(windowsOf(cue).some((w) => w.blind)).toBe(false);
    const throughout = track('logo', logo, [0, 299]);
    expect(windowsOf(throughout).every((w) => w.blind)).toBe(true);
    const secondShot = windowsOf(track('late', logo, [60, 299])).map((w) => w.blind);
    expect(secondShot.includes(true)).toBe(false);
  });

  it('takes more references where letters travel through a place, and is not blind there', () => {
    const strip = { box: { x: 0, y: 0, width: 4000, height: 60 }, data: new Uint8Array(4000 * 60).fill(255) };
    const ticker = { ...track('ticker', subtitle(300), [40, 299]), crawl: { strip, path: [{ frame: 40, x: 1920, y: 930 }] } };
    const windows = windowsOf(ticker);
    expect(windows.some((w) => w.blind)).toBe(false);
    const [middle] = windows.filter((w) => w.targets[0] === 160);
    expect(new Set(middle.references).size).toBeGreaterThan(30);
    expect(middle.references.length).toBeLessThanOrEqual(36);
    expect(middle.references.every((f) => f >= 40 && f <= 163 + 32)).toBe(true);
  });

  it('does not take another cue at the same place for a free view', () => {
    const windows = windowsOf(cue, track('before', subtitle(320), [80, 99]));
    expect(windows.find((w) => w.targets[0] === 100)!.references[0]).toBe(79);
  });

  it('has references on both sides, inside the shot and within reach, and none twice, for a mark that never goes', () => {
    for (const { targets, references, last } of windowsOf(track('logo', logo, [0, 299]))) {
      const [a, b] = [targets[0], targets.at(-1)!];
      const shot = a < 40 ? shots[0] : shots[1];
      expect(references.length).toBeGreaterThanOrEqual(6);
      expect(new Set([...references, ...targets]).size).toBe(references.length + targets.length);
      for (const f of references) expect(f >= shot.first && f <= Math.min(shot.last, b + 32)).toBe(true);
      if (a - shot.first > 8) expect(references.some((f) => f < a)).toBe(true);
      if (shot.last - b > 8) expect(references.some((f) => f > b)).toBe(true);
      expect(last).toBe(Math.max(b, ...references));
    }
  });
});
