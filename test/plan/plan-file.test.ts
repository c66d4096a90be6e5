import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan, Track } from '../../src/plan/plan.js';
import { readPlan } from '../../src/plan/read.js';
import { checkedPlan } from '../../src/plan/schema.js';
import { assertPlanFits, hashFile } from '../../src/plan/subject.js';
import { writePlan } from '../../src/plan/write.js';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'textless-plan-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const sha256 = 'ab'.repeat(32);

function track(id: string, first: number, last: number, extra: Partial<Track> = {}): Track {
  const box = { x: 3, y: 4, width: 5, height: 2 };
  const mask = { box, data: Uint8Array.from([255, 0, 0, 255, 0, 0, 255, 255, 0, 255]) };
  return { id, kind: 'logo', action: 'wipe', confidence: 0.9, why: 'It does not move.', spans: [{ first, last }], mask, ...extra };
}

function plan(tracks: Track[], extra: Partial<Plan> = {}): Plan {
  const programme = { name: 'news.mp4', sha256, width: 64, height: 36, frames: 100, rate: { num: 25, den: 1 } };
  const shots = [
    { first: 0, last: 39 },
    { first: 40, last: 99 },
  ];
  return { version: 1, programme, pipeline: 'clean-feed', shots, tracks, ...extra };
}

const at = (name = 'news.plan.json'): string => path.join(folder, name);

/** Sets the value at a dotted path of parsed JSON; undefined removes the key. */
function set(content: unknown, where: string, value: unknown): void {
  const keys = where.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce((node, key) => (node as Record<string, unknown>)[key], content) as Record<string, unknown>;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
}

/** Writes a good plan, puts a value into its JSON, and returns the message of reading it. */
async function refusal(where: string, value?: unknown): Promise<string> {
  await writePlan(at(), plan([track('logo-1', 0, 99), track('logo-2', 1, 99)]));
  const content: unknown = JSON.parse(await readFile(at(), 'utf8'));
  if (where) set(content, where, value);
  await writeFile(at(), where ? JSON.stringify(content) : String(value));
  const error: unknown = await readPlan(at()).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toMatchObject({ code: 'TEXTLESS_PLAN' });
  return (error as Error).message.replaceAll(folder, '');
}

describe('a plan written and read', () => {
  it('comes back the same, with tracks in order of their first frame', async () => {
    const late = track('logo-2', 50, 60, { action: 'hold', reason: 'Not sure enough.' });
    const early = track('subtitle-1', 2, 9, { kind: 'subtitle' });
    await writePlan(at(), plan([late, early]));
    expect(await readPlan(at())).toEqual(plan([early, late]));
    expect(await readdir(folder)).toEqual(['news.plan.json', 'news.plan.masks']);
  });

  it('comes back the same with letters that travel, and without them leaves no strip behind', async () => {
    const strip = { box: { x: 0, y: 0, width: 300, height: 2 }, data: Uint8Array.from({ length: 600 }, (_, i) => (i % 7 < 3 ? 255 : 0)) };
    const way = [{ frame: 0, x: 64, y: 4 }, { frame: 90, x: -206.5, y: 4 }]; // prettier-ignore
    const ticker = track('ticker-1', 0, 99, { kind: 'ticker', crawl: { strip, path: way } });
    await writePlan(at(), plan([ticker]));
    expect(await readPlan(at())).toEqual(plan([ticker]));
    const masks = async (): Promise<string[]> => (await readdir(path.join(folder, 'news.plan.masks'))).map((name) => name.slice(0, -13));
    expect(await masks()).toEqual(['ticker-1', 'ticker-1-crawl']);
    await writePlan(at(), plan([track('ticker-1', 0, 99, { kind: 'ticker' })]));
    expect(await masks()).toEqual(['ticker-1']);
  });

  it('comes back the same for any masks and spans', async () => {
    const box = fc.record({ x: fc.nat(20), y: fc.nat(9), width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 25 }) });
    const mask = box.chain((b) =>
      fc
        .array(fc.constantFrom(0, 255), { minLength: b.width * b.height, maxLength: b.width * b.height })
        .map((v) => ({ box: b, data: Uint8Array.from(v) })),
    );
    const spans = fc.uniqueArray(fc.nat(49), { minLength: 2, maxLength: 6 }).map((v) => {
      const cuts = v.map((n) => n * 2).sort((a, b) => a - b);
      return cuts.flatMap((first, i) => (i % 2 || i + 1 === cuts.length ? [] : [{ first, last: cuts[i + 1] }]));
    });
    const tracks = fc.array(
      fc.record({ mask, spans, confidence: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs), why: fc.string() }),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(tracks, async (list) => {
        const given = plan(list.map((extra, i) => track(`logo-${i}`, 0, 0, extra)).sort((a, b) => a.spans[0].first - b.spans[0].first));
        await writePlan(at(), given);
        expect(await readPlan(at())).toEqual(given);
      }),
      { numRuns: 30 },
    );
  });

  it('is readable: clock times, one line a span, masks as gray PNG', async () => {
    await writePlan(at(), plan([track('logo-1', 25, 49)]));
    const text = await readFile(at(), 'utf8');
    expect(text).toContain('"spans": [ { "first": 25, "last": 49, "time": "0:00:01.000 - 0:00:02.000" } ]');
    const [name] = await readdir(at('news.plan.masks'));
    expect(name).toMatch(/^logo-1-[0-9a-f]{8}\.png$/);
    const { width, height, channels, depth, space } = await sharp(at(`news.plan.masks/${name}`)).metadata();
    expect({ width, height, channels, depth, space }).toEqual({ width: 5, height: 2, channels: 1, depth: 'uchar', space: 'b-w' });
  });

  it('has no clock times when the rate is not known', async () => {
    const { rate, ...programme } = plan([]).programme;
    expect(rate).toBeDefined();
    const given = plan([track('logo-1', 25, 49)], { programme });
    await writePlan(at(), given);
    expect(await readFile(at(), 'utf8')).not.toContain('time');
    expect(await readPlan(at())).toEqual(given);
  });

  it('takes an edited action, and a mask drawn in colour with soft edges', async () => {
    await writePlan(at(), plan([track('logo-1', 0, 99)]));
    await writeFile(at(), (await readFile(at(), 'utf8')).replace('"wipe"', '"keep"'));
    const [name] = await readdir(at('news.plan.masks'));
    const pixels = Buffer.alloc(5 * 2 * 3);
    pixels.fill(90, 0, 3).fill(255, 27, 30);
    await sharp(pixels, { raw: { width: 5, height: 2, channels: 3 } })
      .png()
      .toFile(at(`news.plan.masks/${name}`));
    const [read] = (await readPlan(at())).tracks;
    expect(read.action).toBe('keep');
    expect([...read.mask.data]).toEqual([255, 0, 0, 0, 0, 0, 0, 0, 0, 255]);
  });

  it('leaves no mask of an older plan and nothing partial behind', async () => {
    await writePlan(at(), plan([track('logo-1', 0, 99), track('logo-2', 3, 9)]));
    await writeFile(at('news.plan.masks/notes.txt'), 'mine');
    await writePlan(at(), plan([track('logo-2', 3, 9)]));
    const names = await readdir(at('news.plan.masks'));
    expect(names).toHaveLength(2);
    expect(names.filter((n) => n.startsWith('logo-2-') || n === 'notes.txt')).toHaveLength(2);
  });

  it('keeps the old plan whole when the new one cannot be written', async () => {
    await writePlan(at(), plan([track('logo-1', 0, 99)]));
    const before = await readFile(at(), 'utf8');
    const bad = plan([track('logo-1', 0, 100)]);
    await expect(writePlan(at(), bad)).rejects.toMatchObject({ code: 'TEXTLESS_PLAN' });
    expect(await readFile(at(), 'utf8')).toBe(before);
    await mkdir(at('other.json'));
    await expect(writePlan(at('other.json'), plan([]))).rejects.toMatchObject({ code: 'TEXTLESS_OUTPUT' });
    expect((await readdir(folder)).filter((n) => n.includes('partial'))).toEqual([]);
  });
});

describe('a plan that is refused', () => {
  const cases: [string, string, unknown, string][] = [
    ['no JSON', '', '{\n "version": 1,\n oops', '/news.plan.json:3:2 is not valid JSON.'],
    ['another version', 'version', 2, '/news.plan.json: version must be 1, not 2'],
    ['an unknown key', 'track', [], '/news.plan.json: the plan has the unknown key "track"'],
    ['a missing key', 'shots', undefined, '/news.plan.json: shots is missing: it must be a list'],
    ['an unknown action', 'tracks.0.action', 'erase', '/news.plan.json: tracks[0].action must be wipe, keep or hold, not the text "erase"'],
    [
      'a span that runs backwards',
      'tracks.0.spans',
      [{ first: 5, last: 4 }],
      '/news.plan.json: tracks[0].spans[0].last must be 5 or later, the first frame of the span, not 4',
    ],
    [
      'spans that touch',
      'tracks.0.spans',
      [
        { first: 5, last: 9 },
        { first: 10, last: 12 },
      ],
      '/news.plan.json: tracks[0].spans[1].first must be at least 11: spans are in order and do not touch, not 10',
    ],
    [
      'a frame after the end',
      'tracks.0.spans.0.last',
      100,
      '/news.plan.json: tracks[0].spans[0].last must be at most 99, the last frame of the programme, not 100',
    ],
    ['a mask outside', 'tracks.0.mask.x', 60, '/news.plan.json: tracks[0].mask must lie inside the picture of 64 x 36'],
    [
      'letters that travel out of order',
      'tracks.0.crawl',
      { file: 'strip.png', width: 9, height: 2, path: [[8, 1, 1], [8, -5.5, 1]] }, // prettier-ignore
      '/news.plan.json: tracks[0].crawl.path[1][0] must be after frame 8: a path is in order, not 8',
    ],
    [
      'letters on a strip that is too high',
      'tracks.0.crawl',
      { file: 'strip.png', width: 9, height: 37, path: [[8, 1, 1]] },
      '/news.plan.json: tracks[0].crawl.height must be at most that of the picture, 36, not 37',
    ],
    ['two tracks of one name', 'tracks.1.id', 'logo-1', '/news.plan.json: tracks[1].id "logo-1" is already the id of another track'],
    ['a gap between shots', 'shots.1.0', 41, '/news.plan.json: shots[1][0] must be 40: shots follow each other without gaps, not 41'],
    [
      'shots that end early',
      'shots',
      [[0, 39]],
      '/news.plan.json: shots must cover all 100 frames of the programme; they end before frame 40',
    ],
    [
      'a hash in capitals',
      'programme.sha256',
      'AB'.repeat(32),
      '/news.plan.json: programme.sha256 must be 64 hexadecimal digits in lower case',
    ],
  ];
  it.each(cases)('%s', async (_name, where, value, message) => expect(await refusal(where, value)).toBe(message));

  it.each(['../elsewhere.png', '/etc/passwd', 'a/../../b.png', 'C:/b.png', 'a\\b.png', '', './a.png'])('a mask at %j', async (file) => {
    expect(await refusal('tracks.0.mask.file', file)).toMatch(/^\/news\.plan\.json: tracks\[0\]\.mask\.file must be /);
  });

  it('a mask that a link puts outside', async () => {
    const outside = await mkdtemp(path.join(tmpdir(), 'textless-outside-'));
    try {
      await sharp(Buffer.alloc(10), { raw: { width: 5, height: 2, channels: 1 } })
        .png()
        .toFile(path.join(outside, 'm.png'));
      await symlink(path.join(outside, 'm.png'), at('link.png'));
      expect(await refusal('tracks.0.mask.file', 'link.png')).toBe(
        '/news.plan.json: tracks[0].mask.file leads out of the folder of the plan.',
      );
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('a mask that is missing, or of another size', async () => {
    expect(await refusal('tracks.0.mask.file', 'none.png')).toBe(
      '/news.plan.json: tracks[0].mask.file must be a gray PNG of 5 x 2 (/none.png).',
    );
    expect(await refusal('tracks.0.mask.width', 6)).toMatch(/tracks\[0\]\.mask\.file must be a gray PNG of 6 x 2/);
  });

  it('no file', async () => {
    await expect(readPlan(at('none.json'))).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND' });
  });
});

describe('docs/plan-format.md', () => {
  it('shows a plan that is valid', () => {
    const text = readFileSync(new URL('../../docs/plan-format.md', import.meta.url), 'utf8');
    const plan: unknown = JSON.parse(/```json\n([^`]+)```/.exec(text)![1]);
    expect(checkedPlan('plan-format.md', plan).tracks).toHaveLength(1);
  });
});

describe('the programme of a plan', () => {
  const subject = plan([]).programme;
  it('fits by content, whatever the name', () => {
    expect(() => assertPlanFits(plan([]), { ...subject, name: 'other.mp4' })).not.toThrow();
  });
  it.each([
    [{ sha256: 'cd'.repeat(32) }, 'content (SHA-256)'],
    [{ width: 65 }, 'picture size'],
    [{ height: 35 }, 'picture size'],
    [{ frames: 99 }, 'number of frames'],
  ])('is refused with %j', (change, what) => {
    const expected = `The plan was made for another file than news.mp4: the ${what} differs.`;
    expect(() => assertPlanFits(plan([]), { ...subject, ...change })).toThrow(
      expect.objectContaining({ code: 'TEXTLESS_PLAN', message: expected }),
    );
  });

  it('is hashed as sha256sum does, and a wait for it can be cancelled', async () => {
    const bytes = randomBytes(3 * 2 ** 20 + 17);
    await writeFile(at('data'), bytes);
    expect(await hashFile(at('data'))).toBe(createHash('sha256').update(bytes).digest('hex'));
    const stop = new AbortController();
    const waiting = hashFile(at('data'), stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    await expect(hashFile(at('none'))).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND' });
  });
});
