import { appendFileSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../fixtures/programmes.js';
import { installationWith, marked, program, realFfmpeg, trials, WIPE, type Trial, type TrialOptions } from './trial.js';

const { folder, good, other, begin: next } = trials('service');
let trial: Trial;
const begin = (options?: TrialOptions): Trial => (trial = next(options));
const drop = (name: string, from = good): void => trial.drop(name, from);

describe('a programme that is dropped', () => {
  it('case 46: without any mark comes out byte for byte, with a report, and its source is archived', async () => {
    begin();
    await trial.start();
    drop('a.mp4');
    const job = await trial.until('a.mp4', 'done');
    expect(trial.names('out')).toEqual(['a.textless.mp4', 'a.textless.mp4.report.json']);
    expect(sha256(trial.path('out', 'a.textless.mp4'))).toBe(sha256(good));
    expect(trial.names('in')).toEqual([]);
    expect(sha256(trial.path('archive', 'a.mp4'))).toBe(sha256(good));
    await trial.when('nothing left in work', () => trial.names('work', 'jobs').length === 0);
    const report = JSON.parse(readFileSync(trial.path('out', 'a.textless.mp4.report.json'), 'utf8')) as Record<string, unknown>;
    expect(report).toMatchObject({
      status: 'clean',
      input: 'a.mp4',
      output: 'a.textless.mp4',
      job: job.id,
      sha256: { source: sha256(good), output: sha256(good) },
    });
    // Case 64: what a report says is the same on every system.
    expect(JSON.stringify(report)).not.toContain(folder);
  });

  it('with a mark comes out wiped, in its folder, with what the sidecar says', async () => {
    begin({ pipeline: './wipe.yaml' });
    writeFileSync(trial.path('wipe.yaml'), WIPE);
    mkdirSync(trial.path('in', 'monday'));
    marked(trial.path('in', 'monday', 'a.mp4'));
    marked(trial.path('in', 'kept.mp4'));
    appendFileSync(trial.path('in', 'kept.mp4'), Buffer.from('\0\0\0\x08free', 'latin1'));
    writeFileSync(trial.path('in', 'kept.textless.yaml'), 'version: 1\nmarks: { logo: { action: keep }, score-bar: { action: keep } }\n');
    await trial.start();
    await trial.until('monday/a.mp4', 'done');
    await trial.until('kept.mp4', 'done');
    expect(trial.names('out', 'monday')).toContain('a.textless.mp4');
    const wiped = JSON.parse(readFileSync(trial.path('out', 'monday', 'a.textless.mp4.report.json'), 'utf8')) as { status: string };
    expect(wiped.status).toBe('wiped');
    expect(sha256(trial.path('out', 'kept.textless.mp4'))).toBe(sha256(trial.path('archive', 'kept.mp4')));
    expect(trial.names('archive')).toEqual(['kept.mp4', 'kept.textless.yaml', 'monday']);
  });

  it('case 33: twice, or under two names, is worked on once', async () => {
    begin();
    drop('a.mp4');
    drop('b.mp4');
    await trial.start();
    const jobs = [await trial.until('a.mp4', 'done'), await trial.until('b.mp4', 'done')];
    expect(jobs.filter((j) => j.same_as !== null)).toHaveLength(1);
    expect(trial.names('out').filter((name) => name.endsWith('.mp4'))).toEqual(['a.textless.mp4', 'b.textless.mp4']);
    drop('a.mp4'); // the same file once more: its name is taken
    const again = await trial.when('a third job', () => trial.jobs().find((j) => j.id > 2 && j.state === 'done'));
    expect(again.same_as).not.toBeNull();
    expect(path.basename(again.target!)).toBe('a.textless-2.mp4');
    expect(trial.words.filter((w) => w.includes('work begins'))).toHaveLength(1);
  });

  it('stays where it is, or goes, as the folder says; and is not taken in again', async () => {
    begin({ folder: ', source: keep' });
    drop('a.mp4');
    await trial.start();
    await trial.until('a.mp4', 'done');
    await trial.stop();
    await trial.start();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(trial.jobs()).toHaveLength(1);
    expect(trial.names('in')).toEqual(['a.mp4']);
    await trial.stop();
    trial.configure({ folder: ', source: delete' });
    drop('b.mp4', other);
    await trial.start();
    await trial.until('b.mp4', 'done');
    expect(trial.names('in')).toEqual(['a.mp4']);
    expect(trial.names('archive')).toEqual([]);
  });
});

describe('case 22 and 35: a name that is taken', () => {
  it.each([
    ['suffix', 'a.textless-2.mp4', 'done'],
    ['refuse', undefined, 'rejected'],
    ['replace', 'a.textless.mp4', 'done'],
  ] as const)('%s: %s', async (existing, name, state) => {
    begin({ folder: `, existing: ${existing}` });
    mkdirSync(trial.path('out'));
    writeFileSync(trial.path('out', 'a.textless.mp4'), 'of somebody else');
    drop('a.mp4');
    await trial.start();
    const job = await trial.until('a.mp4', state);
    if (name) expect(path.basename(job.target!)).toBe(name);
    const kept = readFileSync(trial.path('out', 'a.textless.mp4'), 'latin1') === 'of somebody else';
    expect(kept).toBe(existing !== 'replace');
    if (state === 'rejected') await trial.when('the source put away', () => trial.names('failed').join() === 'a.mp4,a.mp4.reason.json');
  });

  it('names that differ by case or Unicode form only do not meet on a system that does not tell them apart', async () => {
    begin();
    const names = ['News.mp4', 'news.mp4', 'caf\u00e9.mp4', 'cafe\u0301.mp4'];
    names.forEach((name, k) => {
      drop(name);
      appendFileSync(trial.path('in', name), Buffer.concat([Buffer.from([0, 0, 0, 9]), Buffer.from('free'), Buffer.from([k])]));
    });
    await trial.start();
    for (const name of names) await trial.until(name, 'done');
    const out = trial.names('out').filter((name) => name.endsWith('.mp4'));
    expect(out).toHaveLength(4);
    expect(new Set(out.map((name) => name.normalize('NFC').toLowerCase())).size).toBe(4);
  });
});

describe('case 25: a sidecar that is wrong', () => {
  it('holds its programme instead of wiping it by default', async () => {
    begin();
    drop('a.mp4');
    writeFileSync(trial.path('in', 'a.textless.yaml'), 'version: 1\nmarcs: {}\n');
    await trial.start();
    const job = await trial.until('a.mp4', 'held');
    expect(job.reason).toContain('did you mean marks');
    expect(trial.names('hold')).toEqual(['a.mp4.reason.json']);
    expect(trial.names('out')).toEqual([]);
  });
});

describe('case 34: a source that changes while it is worked on', () => {
  const slow = (): string => program(trial.path('slow'), `[[ " $* " == *rawvideo* ]] && sleep 3\nexec ${realFfmpeg} "$@"`);

  it('is not delivered as it was; the new content is taken in instead', async () => {
    begin({ installation: {} });
    const at = slow();
    drop('a.mp4');
    await trial.start({ installation: installationWith(at, trial.path('marks')) });
    await trial.until('a.mp4', 'working');
    copyFileSync(other, trial.path('in', 'a.mp4'));
    await trial.until('a.mp4', 'cancelled');
    await trial.until('a.mp4', 'done');
    expect(sha256(trial.path('out', 'a.textless.mp4'))).toBe(sha256(other));
  });

  it('is cancelled when it is taken away', async () => {
    begin();
    const at = slow();
    drop('a.mp4');
    await trial.start({ installation: installationWith(at, trial.path('marks')) });
    await trial.until('a.mp4', 'working');
    unlinkSync(trial.path('in', 'a.mp4'));
    expect((await trial.until('a.mp4', 'cancelled')).reason).toContain('taken away');
    expect(trial.names('out')).toEqual([]);
  });
});

describe('case 27: a share', () => {
  it('that is unmounted is told, loses no job, and is taken up again', async () => {
    begin({ folder: ', source: keep' });
    drop('a.mp4');
    await trial.start();
    await trial.until('a.mp4', 'done');
    renameSync(trial.path('in'), trial.path('away'));
    const problem = await trial.when('a problem', () => trial.service!.intake()[0].problem);
    expect(problem).toContain('ENOENT');
    renameSync(trial.path('away'), trial.path('in'));
    await trial.when('no problem', () => trial.service!.intake()[0].problem === undefined);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(trial.jobs()).toHaveLength(1);
  });
});

describe('case 28: a folder that may not be written', () => {
  it('keeps the result, tries again, and delivers once it may; others go on', async () => {
    begin();
    writeFileSync(trial.path('out-file'), ''); // no folder can be made below a file: also root is refused
    await trial.stop();
    trial.configure({ out: 'out-file/out', more: '' });
    const text = readFileSync(trial.path('watch.yaml'), 'utf8').replace(
      'jobs:',
      '  - { name: fine, in: in2, out: out2, pipeline: ./quick.yaml, ready: { every: 0.1s, quiet: 0.3s } }\njobs:',
    );
    writeFileSync(trial.path('watch.yaml'), text);
    await expect(trial.start()).rejects.toThrow(); // it is found out at the start, where the folder is ours to make
    rmSync(trial.path('out-file'));
    await trial.start();
    rmSync(trial.path('out-file'), { recursive: true });
    writeFileSync(trial.path('out-file'), '');
    drop('a.mp4');
    copyFileSync(other, trial.path('in2', 'b.mp4'));
    await trial.until('b.mp4', 'done');
    await trial.when('a reason', () => trial.service!.engine.lacks ?? trial.service!.ledger.find('a.mp4')[0]?.code);
    expect(trial.names('in')).toEqual(['a.mp4']);
    rmSync(trial.path('out-file'));
    await trial.until('a.mp4', 'done');
  });
});
