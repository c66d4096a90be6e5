import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LearnReport } from '../../src/job/learn-marks.js';
import type { WipeReport } from '../../src/job/outcome.js';
import { hashFile } from '../../src/plan/subject.js';
import { writePlan } from '../../src/plan/write.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { badge, marked, maskOf, scene, writeProgramme, type DrawnMark } from '../restore/matte-scene.js';
import { geometryOf, track } from '../restore/scene.js';

const folder = temporaryFolder('marks');
const main = path.resolve('dist/cli/main.js');
const geometry = geometryOf(320, 180, '420', 8);
const place = { x: 190, y: 20, width: 96, height: 36 };
const FRAMES = 80;
const mark = badge(place, 0.45, [235, 128, 128]);
const moved = badge({ ...place, x: place.x + 2 }, 0.45, [235, 128, 128]);

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a person with a home of their own would. */
function textless(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  const unset = { TEXTLESS_MARKS: undefined, XDG_DATA_HOME: undefined };
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, ...unset, HOME: path.join(folder, 'home'), ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (d: Buffer) => (stdout += d.toString()));
  child.stderr.on('data', (d: Buffer) => (stderr += d.toString()));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
}

const listed = async (library: string): Promise<{ id: string; learnt: { programmes: number } }[]> =>
  (
    JSON.parse((await textless(['marks', 'list', '--json', '--library', library])).stdout) as {
      marks: { id: string; learnt: { programmes: number } }[];
    }
  ).marks;

/** A programme with a mark, and the plan that names it. */
async function programme(name: string, seed: number, drawn: DrawnMark): Promise<void> {
  const file = path.join(folder, `${name}.mkv`);
  writeProgramme(file, marked(scene(geometry, FRAMES, seed), geometry, drawn), geometry, [
    '-metadata',
    `DATE_RELEASED=2026-01-0${seed % 9}`,
  ]);
  const span = { first: 0, last: FRAMES - 1 };
  const logo = { ...track('logo-1', maskOf(drawn), [0, span.last]), kind: 'logo' as const };
  const subject = { name: `${name}.mkv`, sha256: await hashFile(file), width: 320, height: 180, frames: FRAMES };
  await writePlan(path.join(folder, `${name}.json`), {
    version: 1,
    programme: subject,
    pipeline: 'station-logo',
    shots: [span],
    tracks: [logo],
  });
}

beforeAll(async () => {
  mkdirSync(path.join(folder, 'home'));
  await programme('monday', 1, mark);
  await programme('tuesday', 302, mark);
  await programme('moved', 603, moved);
});

const wipe = async (name: string, ...more: string[]): Promise<WipeReport> => {
  const { status, stdout, stderr } = await textless([
    'wipe',
    `${name}.mkv`,
    '-t',
    `${name}.json`,
    '-o',
    `${name}.out.mkv`,
    '--overwrite',
    '--json',
    ...more,
  ]);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as WipeReport;
};

describe('wipe', () => {
  it('writes nothing to a library when no channel is named', async () => {
    const report = await wipe('monday');
    expect(report.library).toEqual({ refused: [], kept: [], damaged: [] });
    expect(report.tracks[0]).not.toHaveProperty('mark');
    expect(readdirSync(path.join(folder, 'home'))).toEqual([]);
  });

  it('keeps a mark for its channel, uses it on the next programme, and refuses it where it has moved', async () => {
    const library = path.join(folder, 'kept');
    const first = await wipe('monday', '--channel', 'nova', '--library', library);
    const [{ mark: id }] = first.library!.kept;
    expect(id).toMatch(/^nova-[0-9a-f]{8}$/);
    const second = await wipe('tuesday', '--library', library);
    expect(second.tracks[0]).toMatchObject({ restored: 'unblended', mark: id });
    expect((await listed(library)).map((m) => m.learnt.programmes)).toEqual([1]);
    const third = await wipe('moved', '--library', library);
    expect(third.tracks[0]).toMatchObject({ restored: 'unblended' });
    expect(third.tracks[0]).not.toHaveProperty('mark');
    expect(third.library!.refused).toEqual([{ track: 'logo-1', mark: id, reason: 'stands 2 samples farther right here' }]);
    expect((await wipe('tuesday', '--library', library, '--channel', 'arte')).tracks[0]).not.toHaveProperty('mark', id);
    expect((await wipe('tuesday', '--no-library')).library).toBeNull();
  });
});

describe('marks', () => {
  const learn = (name: string, library: string) =>
    textless(['marks', 'learn', `${name}.mkv`, '--plan', `${name}.json`, '--channel', 'nova', '--json', '--library', library]);

  it('learn: two processes at once lose nothing; list, show and forget tell and take what is there', async () => {
    const library = path.join(folder, 'two');
    const reports = await Promise.all([learn('monday', library), learn('tuesday', library)]);
    expect(reports.map((r) => r.status)).toEqual([0, 0]);
    const ids = reports.map((r) => (JSON.parse(r.stdout) as LearnReport).kept[0].mark);
    expect(new Set(ids).size).toBe(1);
    const marks = await listed(library);
    expect(marks.map((m) => m.learnt.programmes)).toEqual([2]);
    const { stdout } = await textless(['marks', 'list'], { TEXTLESS_MARKS: library });
    expect(stdout).toMatch(/nova-[0-9a-f]{8} +nova +logo +320×180 +\d+×\d+ at \d+,\d+ +4\d % +2026-01-0\d – 2026-01-0\d +2\n$/);
    const shown = await textless(['marks', 'show', marks[0].id, '-o', 'mark.png', '--library', library]);
    expect(shown.stdout).toMatch(/2 programmes, 1\d\d frames/);
    expect(statSync(path.join(folder, 'mark.png')).size).toBeGreaterThan(1000);
    expect((await textless(['marks', 'forget', marks[0].id, '--library', library])).status).toBe(0);
    expect(await listed(library)).toEqual([]);
  });

  it('learn: says why a mark is not kept', async () => {
    const library = path.join(folder, 'none');
    const opaque = badge(place, 1, [235, 128, 128]);
    await programme('opaque', 4, opaque);
    const { status, stdout } = await learn('opaque', library);
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as LearnReport).kept[0]).toEqual({ track: 'logo-1', says: expect.stringMatching(/^not kept: /) as string });
    expect(existsSync(library)).toBe(false);
  });

  it('lie where XDG says; what is asked for wrongly is refused with its status', async () => {
    const { stdout } = await textless(['marks', 'list'], { XDG_DATA_HOME: path.join(folder, 'data') });
    expect(stdout).toContain(path.join(folder, 'data', 'textless', 'marks'));
    expect((await textless(['marks', 'learn', 'monday.mkv'])).status).toBe(2);
    expect((await textless(['marks', 'learn', 'monday.mkv', '--channel', ' '])).status).toBe(2);
    const unknown = await textless(['marks', 'forget', 'nova-00000000']);
    expect([unknown.status, unknown.stderr]).toEqual([3, expect.stringContaining('[TEXTLESS_NOT_FOUND]')]);
    expect((await textless(['marks', '--help'])).stdout).toContain('Examples:');
  });
});
