import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inSpans } from '../../src/core/area.js';
import { runBenchmark } from '../../src/evaluate/benchmark.js';
import { dice } from '../../src/evaluate/dice.js';
import { MAKERS } from '../../src/evaluate/marks/makers.js';
import { GROUPS } from '../../src/evaluate/marks/mark.js';
import { compose, FAINTEST, shows, stamp, type Sprite } from '../../src/evaluate/marks/sprite.js';
import { hasScript } from '../../src/evaluate/marks/text.js';
import { assemble } from '../../src/evaluate/programmes/assemble.js';
import { cutsOf, DISSOLVE, FADE, framesOf, type Case } from '../../src/evaluate/programmes/case.js';
import { marksOf } from '../../src/evaluate/programmes/make.js';
import { h264, rawInput, withWriters } from '../../src/evaluate/programmes/pictures.js';
import { planCases, type Clip } from '../../src/evaluate/programmes/plan-cases.js';
import { RATE, TAKES } from '../../src/evaluate/scenes/takes.js';
import { liveChildren } from '../../src/media/children.js';
import { loadPipeline } from '../../src/plan/pipeline.js';

const CLIPS: Clip[] = Array.from({ length: 8 }, (_, i) => ({ path: `/clips/${i}.mp4`, width: 960, height: 540, frames: 60 + 20 * i }));

describe('the list of programmes', () => {
  const own = planCases({ seed: '1', clips: [] });
  const both = planCases({ seed: '1', clips: CLIPS });

  it('is the same for the same seed, and another for another', () => {
    expect(planCases({ seed: '1', clips: CLIPS })).toEqual(both);
    expect(planCases({ seed: '2', clips: CLIPS })).not.toEqual(both);
  });

  it('lets every group meet every motion, one shot and many, both qualities; and holds 20 programmes without marks', () => {
    for (const group of GROUPS) {
      const of = own.filter((c) => c.group === group);
      expect(new Set(of.map((c) => `${c.motion} ${c.shots.length > 1}`)).size).toBe(6);
      expect(new Set(of.map((c) => c.crf)).size).toBe(2);
    }
    expect(own.filter((c) => c.group === 'clean' || c.group === 'scene-text').length).toBeGreaterThanOrEqual(20);
    expect(own.some((c) => c.group === 'scene-text' && c.motion === 'still')).toBe(true);
    expect(own.length - own.filter((c) => c.group === 'clean').length).toBeGreaterThanOrEqual(40);
  });

  it('has every group among its first programmes', () => {
    for (const list of [own, both])
      expect(new Set(list.slice(0, 24).map((c) => c.group))).toEqual(new Set([...GROUPS, 'clean', 'scene-text']));
  });

  it('makes programmes of twelve shots from clips, where there are so many', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ ...CLIPS[i % 8], path: `/more/${i}.mp4` }));
    const long = planCases({ seed: '1', clips: many }).filter((c) => c.name.includes('-long-'));
    expect(long.map((c) => c.shots.length)).toEqual(Array(5).fill(12));
    expect(new Set(long[0].shots.map(({ source }) => ('clip' in source ? source.clip : ''))).size).toBe(12);
    expect(own.filter((c) => c.name.includes('-long-'))).toEqual([]);
  });

  it('names each programme once, and asks only for frames that there are', () => {
    expect(new Set(both.map((c) => c.name)).size).toBe(both.length);
    for (const { shots } of both) {
      for (const { source, first, frames } of shots) {
        const length = 'take' in source ? 150 : CLIPS.find((c) => c.path === source.clip)!.frames;
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first + frames).toBeLessThanOrEqual(length);
        if ('take' in source) expect(TAKES.map((t) => t.name)).toContain(source.take);
      }
    }
  });
});

const STAGE = { width: 320, height: 180, frames: 80, rate: RATE };

const CLEAN = new Uint8Array(STAGE.width * STAGE.height * 3).map((_, i) => (i * 7919) % 251);

/** Samples that differ from the clean picture where the mask is 0. Plain loops: there are millions of samples. */
function changedOutside(marked: Uint8Array, mask: Uint8Array): number {
  let changed = 0;
  for (let i = 0; i < marked.length; i++) if (marked[i] !== CLEAN[i] && !mask[Math.floor(i / 3)]) changed++;
  return changed;
}

function faintest({ data }: Sprite): number {
  let least = 255;
  for (let i = 3; i < data.length; i += 4) if (data[i] && data[i] < least) least = data[i];
  return least;
}

const sameSprite = (a: Sprite, b: Sprite): boolean =>
  JSON.stringify(a.box) === JSON.stringify(b.box) && Buffer.compare(a.data, b.data) === 0;

describe.each(GROUPS)('marks of the group %s', (group) => {
  it('show in all their frames, change the picture only where their mask says so, and are the same again', async () => {
    for (const seed of [1, 2, 3]) {
      const marks = await MAKERS[group](STAGE, dice(seed, group));
      const again = await MAKERS[group](STAGE, dice(seed, group));
      expect(again.map(({ look, text, spans }) => [look, text, spans])).toEqual(marks.map(({ look, text, spans }) => [look, text, spans]));
      expect(marks.length).toBeGreaterThan(0);
      for (const [n, mark] of marks.entries()) {
        for (let frame = 0; frame < STAGE.frames; frame++) {
          if (!inSpans(mark.spans, frame)) continue;
          const sprite = mark.at(frame);
          expect(shows(sprite, STAGE.width, STAGE.height)).toBe(true);
          if (frame % 9) continue;
          expect(sameSprite(again[n].at(frame), sprite)).toBe(true);
          const marked = CLEAN.slice();
          const mask = new Uint8Array(STAGE.width * STAGE.height);
          compose(marked, STAGE.width, sprite);
          stamp(mask, STAGE.width, sprite);
          expect(changedOutside(marked, mask)).toBe(0);
          expect(faintest(sprite)).toBeGreaterThanOrEqual(FAINTEST);
        }
      }
    }
  });

  it('lie inside the programme, one span after the other', async () => {
    for (const mark of await MAKERS[group](STAGE, dice('spans', group))) {
      let before = -2;
      for (const { first, last } of mark.spans) {
        expect(first).toBeGreaterThan(before + 1);
        expect(last).toBeGreaterThanOrEqual(first);
        before = last;
      }
      expect(before).toBeLessThan(STAGE.frames);
    }
  });
});

it('sees whether a script can be drawn', async () => {
  expect(await hasScript('latin')).toBe(true);
});

describe('programmes', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'textless-evaluate-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A clip of a moving pattern whose mean brightness tells which clip it is. */
  async function makeClip(name: string, level: number, frames: number): Promise<string> {
    const file = path.join(folder, name);
    const [width, height] = [426, 240];
    await withWriters([[...rawInput('rgb24', width, height, RATE), ...h264('veryfast', 12), file]], undefined, async ([writer]) => {
      for (let frame = 0; frame < frames; frame++) {
        const picture = new Uint8Array(width * height * 3);
        for (let y = 0, i = 0; y < height; y++) {
          for (let x = 0; x < width; x++, i += 3)
            picture.fill(level + 24 * Math.sin((x + 3 * frame) / 9) + 16 * Math.sin((y + frame) / 7), i, i + 3);
        }
        await writer.write(picture);
      }
    });
    return file;
  }

  const shot = (clip: string, frames: number, join: Case['shots'][number]['join']): Case['shots'][number] => ({
    source: { clip },
    first: 0,
    frames,
    join,
  });

  it('are cut, dissolved and faded together as their truth says', async () => {
    const [dark, bright] = [await makeClip('dark.mp4', 60, 45), await makeClip('bright.mp4', 180, 30)];
    const shots = [shot(dark, 40, 'cut'), shot(bright, 40, 'dissolve'), shot(dark, 30, 'fade')];
    const programme: Case = { name: 'x', seed: '1', group: 'clean', motion: 'footage', shots, crf: 16, width: 320, height: 180 };
    const means: number[] = [];
    for await (const picture of assemble(programme, folder)) means.push(picture.reduce((sum, v) => sum + v, 0) / picture.length);
    expect(means.length).toBe(framesOf(programme));
    expect(framesOf(programme)).toBe(110 - DISSOLVE);
    expect(cutsOf(programme)).toEqual([40 - DISSOLVE, 80 - DISSOLVE]);
    const near = (frame: number, value: number): void =>
      expect(Math.abs(means[frame] - value), `frame ${frame}: ${means[frame]}`).toBeLessThan(8);
    near(29, 60);
    near(35, 60 + (6 / 11) * 120);
    near(40, 180);
    // The bright clip has only 30 frames: its last picture stands until the shot is over, but for the fade.
    near(69 - FADE, 180);
    near(69, 0);
    near(70, 0);
    near(85, 60);
  });

  it('carry the same marks at every making', async () => {
    const [programme] = planCases({ seed: '1', clips: CLIPS });
    const [a, b] = [await marksOf(programme), await marksOf(programme)];
    expect(a.map((m) => [m.look, m.spans])).toEqual(b.map((m) => [m.look, m.spans]));
    a.forEach((m, i) => expect(sameSprite(m.at(m.spans[0].first), b[i].at(m.spans[0].first))).toBe(true));
  });

  it('are made, scanned, scored and removed, and are kept when asked', async () => {
    const clips = path.join(folder, 'clips');
    await mkdir(clips);
    for (const [i, level] of [70, 110, 150].entries()) await makeClip(path.join('clips', `${i}.mp4`), level, 60);
    const pipeline = await loadPipeline('clean-feed', { builtInFolder: 'pipelines' });
    const keep = path.join(folder, 'kept');
    const told: string[] = [];
    const only = 'bug-footage-many-28';
    const options = {
      pipeline,
      seed: '1',
      clips,
      only,
      takes: path.join(folder, 'takes'),
      onCase: (r: { name: string }) => told.push(r.name),
    };
    const [kept] = await runBenchmark({ ...options, keep });
    expect(told).toEqual([only]);
    expect(kept).toMatchObject({ name: only, group: 'bug', motion: 'footage', crf: 28 });
    expect(kept.marks.map((m) => m.group)).toEqual(['bug']);
    expect((await readdir(path.join(keep, only))).sort()).toEqual(['clean.mp4', 'marked.mp4', 'mask.mkv', 'truth.json']);
    const truth = JSON.parse(await readFile(path.join(keep, only, 'truth.json'), 'utf8')) as { frames: number; tracks: unknown[] };
    expect([truth.frames, truth.tracks.length]).toEqual([kept.frames, 1]);
    await expect(runBenchmark({ ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    const stop = new AbortController();
    const stopped = path.join(folder, 'stopped');
    const cancelling = runBenchmark({ ...options, keep: stopped, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(cancelling).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    expect(await readdir(stopped)).toEqual([]);
    expect(liveChildren()).toBe(0);
    await expect(runBenchmark({ ...options, only: 'nothing-like-it' })).rejects.toMatchObject({ code: 'TEXTLESS_USAGE' });
  });
});
