import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  confidenceOf,
  NAMES,
  readFusion,
  SIGNS,
  STATISTICS_ALONE,
  STATISTICS_NAMES,
  type Fusion,
} from '../../../src/detect/logos/fusion.js';
import { windowOf } from '../../../src/detect/perception/glance-frames.js';
import { logosInStretch } from '../../../src/detect/logos/candidates.js';
import type { Evidence } from '../../../src/detect/logos/suspects.js';
import type { PerceptionMaps } from '../../../src/detect/perception/perception.js';
import { CLASSES, readPerceptionManifest, type PerceptionClass } from '../../../src/detect/perception/manifest.js';
import { placesSeen, seenAt } from '../../../src/detect/perception/perceived.js';
import type { StretchStatistics } from '../../../src/detect/survey/stretch-statistics.js';

const folder = path.resolve(import.meta.dirname, '../../../models/perceive');
const shipped = async (): Promise<Fusion> => {
  const fusion = await readFusion(folder, (await readPerceptionManifest(folder)).sha256);
  if (!fusion) throw new Error('fusion.json was fitted for another network: run scripts/fit-logos.ts again');
  return fusion;
};

const WIDTH = 480;
const HEIGHT = 272;
/** The place that the maps show, in samples of the surveyed picture; theirs are half as fine. */
const PLACE = { x: 400, y: 20, width: 60, height: 24 };

const inPlace = (x: number, y: number): boolean => x >= PLACE.x && x < PLACE.x + PLACE.width && y >= PLACE.y && y < PLACE.y + PLACE.height;

/** Maps that are `level` at the place and 10 elsewhere, for the named classes. */
function mapsOf(level: number, shown: readonly PerceptionClass[]): PerceptionMaps {
  const [width, height] = [WIDTH / 2, HEIGHT / 2];
  const map = (name: PerceptionClass): Uint8Array =>
    Uint8Array.from({ length: width * height }, (_, p) =>
      shown.includes(name) && inPlace(2 * (p % width), 2 * Math.floor(p / width)) ? level : 10,
    );
  return { width, height, maps: Object.fromEntries(CLASSES.map((c) => [c, map(c)])) as PerceptionMaps['maps'] };
}

/** Vertical strokes at the place, every fourth column; `moving` of the rest changes. */
function statisticsOf(moving: boolean, strokes = true): StretchStatistics {
  const n = WIDTH * HEIGHT;
  const strength = Float32Array.from({ length: n }, (_, p) =>
    strokes && inPlace(p % WIDTH, Math.floor(p / WIDTH)) && p % 4 === 0 ? 40 : 1,
  );
  const deviation = Float32Array.from({ length: n }, (_, p) => (moving && !inPlace(p % WIDTH, Math.floor(p / WIDTH)) ? 20 : 1));
  const still = new Float32Array(n).fill(12);
  const mean = strength.map((v) => 60 + 3 * v);
  return { width: WIDTH, height: HEIGHT, mean, strength, deviation, persistence: still, gx: strength, gy: new Float32Array(n), frames: 40 };
}

describe('the evidence of a region', () => {
  it('is the means of the maps inside it', () => {
    const seen = seenAt(mapsOf(204, ['mark', 'text']), PLACE, { width: WIDTH, height: HEIGHT });
    expect(seen.mark).toBeCloseTo(0.8, 5);
    expect(seen.text).toBeCloseTo(0.8, 5);
    expect(seen.band).toBeCloseTo(10 / 255, 5);
  });

  it('is taken where the network sees a mark and edges stand, and nowhere else', () => {
    const places = placesSeen(mapsOf(240, ['mark']), 0.673, statisticsOf(false));
    expect(places.length).toBeGreaterThan(0);
    for (const pixel of places) for (const p of pixel) expect(inPlace(p % WIDTH, Math.floor(p / WIDTH))).toBe(true);
    expect(placesSeen(mapsOf(240, ['mark']), 0.673, statisticsOf(false, false))).toEqual([]);
    expect(placesSeen(mapsOf(60, ['mark']), 0.673, statisticsOf(false))).toEqual([]);
  });
});

describe('logosInStretch', () => {
  const span = { first: 0, last: 99 };
  const look = async (maps: PerceptionMaps, statistics: StretchStatistics) =>
    logosInStretch(statistics, span, await shipped(), { maps, threshold: 0.673 });

  it('suspects once what the network surely sees on a still picture, with its edges; only as a bar with figures is it sure of it', async () => {
    const found = await look(mapsOf(250, ['mark', 'text', 'logo', 'band']), statisticsOf(false));
    expect(found).toHaveLength(1);
    const [{ box, confidence, asBar, seen, pixel, gx }] = found;
    expect(box.x).toBeLessThanOrEqual(400);
    expect([confidence, asBar > 0.65]).toEqual([0.6, true]);
    expect(seen).toEqual([span]);
    expect([pixel.length, gx.every((g) => g === 40)]).toEqual([15 * 24, true]);
  });

  it('is sure of nothing on a still picture of which the network is not, and suspects nothing where no edges stand', async () => {
    for (const one of await look(mapsOf(190, ['mark', 'text', 'logo', 'band']), statisticsOf(false))) expect(one.confidence).toBe(0.6);
    for (const one of await look(mapsOf(10, []), statisticsOf(false))) expect(one.confidence).toBeLessThan(0.5);
    expect((await look(mapsOf(250, ['mark', 'text', 'logo', 'band']), statisticsOf(false, false))).length).toBe(0);
  });

  it("takes what the network sees of a still picture, not the scene's edges beside it that stand as still", async () => {
    const beside = { x: PLACE.x - 10, y: PLACE.y + PLACE.height, width: PLACE.width + 20, height: 40 };
    const bare = statisticsOf(false);
    const isBeside = (p: number): boolean => {
      const [x, y] = [p % WIDTH, Math.floor(p / WIDTH)];
      return x >= beside.x && x < beside.x + beside.width && y >= beside.y && y < beside.y + beside.height;
    };
    const strength = bare.strength.map((v, p) => (isBeside(p) && p % 4 === 0 ? 40 : v));
    const persistence = bare.persistence.map((v, p) => (isBeside(p) ? 6 : v));
    const found = await look(mapsOf(220, ['mark', 'text', 'logo']), {
      ...bare,
      strength,
      gx: strength,
      persistence,
      mean: strength.map((v) => 60 + 3 * v),
    });
    expect(found).toHaveLength(1);
    expect(found[0].box.y + found[0].box.height).toBeLessThanOrEqual(beside.y + 4);
  });

  it('is surer of what the network sees too, and less sure of what it does not', async () => {
    const statistics = statisticsOf(true);
    const [alone] = logosInStretch(statistics, span);
    const [surer] = await look(mapsOf(250, ['mark', 'text', 'logo', 'band']), statistics);
    const [weaker] = await look(mapsOf(10, []), statistics);
    expect(surer.confidence).toBeGreaterThan(0.95);
    expect(weaker?.confidence ?? 0).toBeLessThan(surer.confidence);
    expect(alone.confidence).toBeGreaterThan(0.65);
    expect(await look(mapsOf(190, ['mark', 'text', 'logo', 'band']), statisticsOf(false))).not.toEqual([]);
  });
});

describe('confidenceOf', () => {
  it('never falls when a piece of evidence speaks more for a mark', async () => {
    const evidence = fc.record(Object.fromEntries(NAMES.map((n) => [n, fc.double({ min: -4, max: 4, noNaN: true })])));
    const more = fc.double({ min: 0, max: 1, noNaN: true });
    for (const odds of [await shipped(), STATISTICS_ALONE]) {
      for (const name of NAMES) expect((odds.weights[name] ?? 0) * SIGNS[name]).toBeGreaterThanOrEqual(0);
      fc.assert(
        fc.property(evidence, fc.constantFrom(...NAMES), more, (values, name, by) => {
          const before = values as unknown as Evidence;
          const after = { ...before, [name]: (before[name] ?? 0) + SIGNS[name] * by };
          expect(confidenceOf(odds, after)).toBeGreaterThanOrEqual(confidenceOf(odds, before));
        }),
      );
    }
  });

  it('asks no network where there is none', () => {
    expect(Object.keys(STATISTICS_ALONE.weights)).toEqual(STATISTICS_NAMES);
  });
});

describe('readFusion', () => {
  it('gives nothing for another network, and refuses what it cannot read', async () => {
    expect(await readFusion(folder, 'f'.repeat(64))).toBeUndefined();
    const other = await mkdtemp(path.join(tmpdir(), 'textless-fusion-'));
    await expect(readFusion(other, '')).rejects.toMatchObject({ code: 'TEXTLESS_MODEL' });
    const { weights } = JSON.parse(await readFile(path.join(folder, 'fusion.json'), 'utf8')) as Fusion;
    await writeFile(path.join(other, 'fusion.json'), JSON.stringify({ sha256: '', weights }));
    await expect(readFusion(other, '')).rejects.toMatchObject({ code: 'TEXTLESS_MODEL' });
  });
});

describe('windowOf', () => {
  const keys = (count: number, apart: number) =>
    Array.from({ length: count }, (_, i) => ({ frame: 7 + i * apart, luma: new Uint8Array(0), width: 0, height: 0 }));

  it('takes the latest five frames, as far apart as the network was trained on', () => {
    expect(windowOf(keys(33, 2))?.map((k) => k.frame)).toEqual([15, 29, 43, 57, 71]);
    expect(windowOf(keys(10, 2))?.map((k) => k.frame)).toEqual([9, 13, 17, 21, 25]);
  });

  it('takes none of a stretch that is too short', () => {
    expect([keys(8, 2), keys(4, 4), keys(1, 2), []].map(windowOf)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
