import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dateOf } from '../../src/marks/dates.js';
import { keepMarks, type Lesson, type Origin } from '../../src/marks/keep.js';
import { knownMattes } from '../../src/marks/known.js';
import { forgetMark, listMarks, readMark } from '../../src/marks/library.js';
import { placeOf, type Mark } from '../../src/marks/mark.js';
import type { Learnt, Matte } from '../../src/restore/matte/matte.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { probe } from '../../src/media/probe.js';
import { badge, maskOf } from '../restore/matte-scene.js';
import { geometryOf, track } from '../restore/scene.js';

const root = temporaryFolder('library');
let count = 0;
/** A folder that is not there yet. */
const fresh = (): string => path.join(root, `library-${count++}`, 'marks');

const geometry = geometryOf(320, 180, '420', 8);
const picture = { width: 320, height: 180, sar: '1/1', matrix: 'bt709', range: 'limited' } as const;
const place = { x: 190, y: 120, width: 96, height: 36 };
const logo = { ...track('logo-1', maskOf(badge(place, 0.5, [235, 128, 128])), [0, 99]), kind: 'logo' as const };
const sha = (n: number): string => n.toString(16).padStart(64, '0');

const origin = (n: number, date = '2026-01-05T20:00:00.000Z'): Origin => ({
  channel: 'Nova',
  picture,
  geometry,
  source: { sha256: sha(n), date, dated: 'broadcast', format: 'yuv420p' },
});

/** What a programme may have told about a mark. */
function learnt(opacity = 0.5, error = 0.02): Learnt {
  const { alpha } = badge(place, opacity, [235, 128, 128]);
  const planes = [235, 130, 126].map((colour) => ({ box: place, alpha, colour }));
  const matte: Matte = { planes, opacity, fades: true };
  return { matte, known: new Uint8Array(alpha.length).fill(1), error, seen: 0.05, pixel: error, ghost: 1, frames: 80 };
}

const lesson = (what: Learnt, more: Partial<Lesson> = {}): Lesson => ({ track: logo, learnt: what, refused: [], ...more });

const only = async (folder: string): Promise<Mark> => {
  const { marks, damaged } = await listMarks(folder);
  expect(damaged).toEqual([]);
  expect(marks).toHaveLength(1);
  return marks[0];
};

describe('a mark library', () => {
  it('gives back what it was given, and is empty where there is none', async () => {
    const folder = fresh();
    expect(await listMarks(folder)).toEqual({ marks: [], damaged: [] });
    await keepMarks(folder, [lesson(learnt())], origin(1));
    const mark = await only(folder);
    expect(mark).toMatchObject({ channel: 'Nova', kind: 'logo', picture, opacity: 0.5, levels: [235, 130, 126] });
    expect(mark).toMatchObject({ dates: { first: '2026-01-05T20:00:00.000Z', last: '2026-01-05T20:00:00.000Z', closed: false } });
    const { alpha } = badge(place, 0.5, [235, 128, 128]);
    mark.alpha.forEach((a, i) => expect(Math.abs(a - alpha[i])).toBeLessThan(1e-5));
    expect(readdirSync(path.join(folder, mark.id)).every((name) => /^(mark\.json|(alpha|seen)-[0-9a-f]{16}\.png)$/.test(name))).toBe(true);
  });

  it('refines a mark by another programme, each by what it knew, and counts a programme once', async () => {
    const folder = fresh();
    await keepMarks(folder, [lesson(learnt(0.5, 0.01))], origin(1));
    const { id } = await only(folder);
    await keepMarks(folder, [lesson(learnt(0.53, 0.02), { mark: id })], origin(2, '2026-02-01T20:00:00.000Z'));
    const [again] = await keepMarks(folder, [lesson(learnt(0.53, 0.02), { mark: id })], origin(2));
    const mark = await only(folder);
    expect(mark.id).toBe(id);
    expect(mark.opacity).toBeCloseTo(0.506, 3);
    expect(mark.learnt).toMatchObject({ programmes: 2, frames: 160 });
    expect(mark.dates).toEqual({ first: '2026-01-05T20:00:00.000Z', last: '2026-02-01T20:00:00.000Z', closed: false });
    expect(mark.error).toBeLessThan(0.01);
    expect(again.says).toContain('knew this programme already');
  });

  it('takes a mark that differs beyond error for a new one, and closes the dates of the older', async () => {
    const folder = fresh();
    await keepMarks(folder, [lesson(learnt(0.5))], origin(1));
    const { id } = await only(folder);
    const [kept] = await keepMarks(folder, [lesson(learnt(0.7), { refused: [id] })], origin(2, '2026-03-01T20:00:00.000Z'));
    expect(kept.mark).not.toBe(id);
    const { marks } = await listMarks(folder);
    expect(marks.map((m) => [m.id === id, m.dates.closed])).toEqual([[false, false], [true, true]]); // prettier-ignore
    const known = knownMattes(marks, [logo], { geometry, picture, date: '2026-04-01T00:00:00.000Z' }).get('logo-1')!;
    expect(known.map((k) => k.id)).toEqual([kept.mark, id]);
  });

  it('keeps nothing that is not sure, and makes no folder for it', async () => {
    const folder = fresh();
    const doubtful: Learnt[] = [
      learnt(0.5, 0.1),
      { ...learnt(), frames: 8 } as Learnt,
      { ...learnt(), ghost: 2.5 } as Learnt,
      { why: 'it changes its look' },
    ];
    for (const one of doubtful) {
      const [{ mark, says }] = await keepMarks(folder, [lesson(one)], origin(1));
      expect(mark).toBeUndefined();
      expect(says).toMatch(/^not kept: .{10}/);
    }
    expect(existsSync(folder)).toBe(false);
  });

  it('loses nothing when several write at once', async () => {
    const folder = fresh();
    const all = Array.from({ length: 8 }, (_, n) => keepMarks(folder, [lesson(learnt(0.5 + n / 1000))], origin(n + 1)));
    await Promise.all(all);
    const mark = await only(folder);
    expect(mark.learnt.programmes).toBe(8);
    expect(mark.sources.map((s) => s.sha256).sort()).toEqual(Array.from({ length: 8 }, (_, n) => sha(n + 1)));
    expect(readdirSync(folder)).toEqual([mark.id]);
  });

  it('takes over the lock of a process that has died', async () => {
    const folder = fresh();
    await keepMarks(folder, [lesson(learnt())], origin(1));
    writeFileSync(path.join(folder, '.lock'), `4194305 ${(await import('node:os')).hostname()} dead`);
    await keepMarks(folder, [lesson(learnt())], origin(2));
    expect((await only(folder)).learnt.programmes).toBe(2);
    expect(existsSync(path.join(folder, '.lock'))).toBe(false);
  });

  it('forgets', async () => {
    const folder = fresh();
    await keepMarks(folder, [lesson(learnt())], origin(1));
    const { id } = await only(folder);
    await forgetMark(folder, id);
    expect(readdirSync(folder)).toEqual([]);
    await expect(forgetMark(folder, id)).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND' });
    await expect(forgetMark(folder, '../marks')).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND' });
    await expect(readMark(folder, id)).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND' });
  });
});

describe('a damaged entry', () => {
  const picturesOf = (folder: string, id: string): string =>
    path.join(
      folder,
      id,
      readdirSync(path.join(folder, id)).find((n) => n.startsWith('alpha'))!,
    );
  it.each<[string, (folder: string, id: string) => void, RegExp]>([
    ['without a record', (folder) => mkdirSync(path.join(folder, 'empty')), /^it has no mark\.json/],
    ['that is a foreign file', (folder) => writeFileSync(path.join(folder, 'notes.txt'), 'hello'), /mark\.json/],
    ['whose record is cut off', (folder, id) => truncateSync(path.join(folder, id, 'mark.json'), 40), /not valid JSON/],
    ['of a later version', (folder, id) => edit(folder, id, { version: 2 }), /version must be 1/],
    [
      'that leaves its picture',
      (folder, id) => edit(folder, id, { picture: { ...picture, width: 200 } }),
      /box must lie inside the picture/,
    ],
    ['whose picture is cut off', (folder, id) => truncateSync(picturesOf(folder, id), 100), /./],
    [
      'whose picture was changed',
      (folder, id) =>
        ffmpeg(
          '-f',
          'lavfi',
          '-i',
          `color=gray:s=${place.width}x${place.height}`,
          '-frames:v',
          '1',
          '-pix_fmt',
          'gray16be',
          picturesOf(folder, id),
        ),
      /not those that were written/,
    ],
  ])('%s is named and left out', async (_, harm, why) => {
    // prettier-ignore
    const folder = fresh();
    await keepMarks(folder, [lesson(learnt())], origin(1));
    const { id } = await only(folder);
    await keepMarks(folder, [lesson(learnt(0.8), { refused: [id] })], origin(2));
    harm(folder, id);
    const { marks, damaged } = await listMarks(folder);
    expect(marks.length).toBeGreaterThan(0);
    expect(damaged).toHaveLength(1);
    expect(damaged[0].why).toMatch(why);
    await forgetMark(folder, damaged[0].entry);
    expect((await listMarks(folder)).damaged).toEqual([]);
  });

  function edit(folder: string, id: string, change: object): void {
    const file = path.join(folder, id, 'mark.json');
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change }));
  }
});

describe('the marks that are tried on a programme', () => {
  const at = (marks: readonly Mark[], of = geometry, to: Parameters<typeof knownMattes>[2]['picture'] = picture, tracks = [logo]) =>
    knownMattes(marks, tracks, { geometry: of, picture: to, date: '2026-01-05T20:00:00.000Z' });

  it('are those of the same picture and about the same place', async () => {
    const folder = fresh();
    await keepMarks(folder, [lesson(learnt())], origin(1));
    const { marks } = await listMarks(folder);
    const aside = { ...logo, mask: { ...logo.mask, box: { ...place, x: 20 } } };
    expect([...at(marks).keys()]).toEqual(['logo-1']);
    expect(at(marks, geometry, { ...picture, sar: '16/15' }).size).toBe(0);
    expect(at(marks, geometry, { ...picture, range: 'full' }).size).toBe(0);
    expect(at(marks, geometry, picture, [aside]).size).toBe(0);
    expect(at(marks, geometry, picture, [{ ...logo, action: 'keep' }]).size).toBe(0);
  });

  it('come in the samples of the programme, whatever its depth and subsampling', async () => {
    const folder = fresh();
    await keepMarks(folder, [lesson(learnt())], origin(1));
    const { marks } = await listMarks(folder);
    const [luma, blue] = at(marks, geometryOf(320, 180, '422', 10)).get('logo-1')![0].matte.planes;
    expect(luma.colour).toBeCloseTo(4 * 235, 3);
    expect(blue.colour).toBeCloseTo(4 * 130, 3);
    expect([blue.box.width, blue.box.height]).toEqual([48, 36]);
    expect(blue.alpha[18 * 48 + 8]).toBeCloseTo((luma.alpha[18 * 96 + 16] + luma.alpha[18 * 96 + 17]) / 2, 5);
  });

  it('are given part by part to the tracks in which a mark was found', async () => {
    const folder = fresh();
    await keepMarks(folder, [lesson(learnt())], origin(1));
    const [mark] = (await listMarks(folder)).marks;
    const half = (id: string, x: number) => ({
      ...logo,
      id,
      mask: { box: { ...place, x, width: 48 }, data: new Uint8Array(48 * 36).fill(255) },
    });
    const known = at([mark], geometry, picture, [half('logo-1', place.x), half('logo-2', place.x + 48)]);
    const [left, right] = ['logo-1', 'logo-2'].map((id) => known.get(id)![0].matte.planes[0].alpha);
    mark.alpha.forEach((a, i) => expect([left[i], right[i]]).toEqual(i % 96 < 48 ? [a, 0] : [0, a]));
    expect(placeOf(mark).width).toBeGreaterThan(80);
  });
});

it('dates a programme by its air date, then by its creation time, then by its file', async () => {
  const file = (name: string, ...tags: string[]): string => {
    const to = path.join(root, name);
    ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=64x64:d=0.2', ...tags.flatMap((t) => ['-metadata', t]), to);
    return to;
  };
  const dated = async (to: string): Promise<object> => dateOf(await probe(to));
  expect(await dated(file('aired.mkv', 'DATE_RELEASED=2024-05-06', 'creation_time=2025-01-01T00:00:00Z'))).toEqual({ date: '2024-05-06T00:00:00.000Z', dated: 'broadcast' }); // prettier-ignore
  expect(await dated(file('made.mp4', 'creation_time=2025-01-01T00:00:00Z'))).toEqual({
    date: '2025-01-01T00:00:00.000Z',
    dated: 'creation',
  });
  expect(await dated(file('plain.mkv'))).toMatchObject({ dated: 'file' });
});
