import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { release, retry, wish } from '../../src/operator/decisions.js';
import { namedJob } from '../../src/operator/named-job.js';
import { overviewOf } from '../../src/operator/overview.js';
import { Pace } from '../../src/operator/pace.js';
import { sweepPlans } from '../../src/operator/plans.js';
import type { Action, Plan } from '../../src/plan/plan.js';
import { readPlan } from '../../src/plan/read.js';
import { hashFile } from '../../src/plan/subject.js';
import { masksFolder, writePlan } from '../../src/plan/write.js';
import { putAway } from '../../src/service/delivery/deliver.js';
import type { Job } from '../../src/service/ledger/job.js';
import { own } from '../../src/service/ownership.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { along, arrived, HELD, place, type Place } from './support.js';

const folder = temporaryFolder('decisions');
let places = 0;
let at: Place;
beforeEach(async () => {
  at = await place(path.join(folder, String(++places)), {}, [
    { name: 'news', in: 'news', out: 'out/news' },
    { name: 'sport', in: 'sport', out: 'out/sport' },
  ]);
});
afterEach(() => at.ledger.close());

const held = (name = 'a.ts'): Job => along(at.ledger, arrived(at, name), ['working', 'held'], HELD);

/** A plan of a file with two marks. */
async function planOf(file: string, ...actions: Action[]): Promise<string> {
  const plan: Plan = {
    version: 1,
    programme: { name: path.basename(file), sha256: await hashFile(file), width: 64, height: 48, frames: 10 },
    pipeline: 'clean-feed',
    shots: [{ first: 0, last: 9 }],
    tracks: actions.map((action, i) => ({
      ...{ id: `logo-${i + 1}`, kind: 'logo', action, confidence: 0.5, why: 'it stands still', spans: [{ first: 0, last: 9 }] },
      mask: { box: { x: 8 * i, y: 0, width: 4, height: 4 }, data: new Uint8Array(16).fill(255) },
    })),
  };
  const to = path.join(path.dirname(at.config), 'hold', 'edited.json');
  mkdirSync(path.dirname(to), { recursive: true });
  await writePlan(to, plan);
  return to;
}

describe('a job that a person means', () => {
  it('is found by number, name, last part of its name, and path', () => {
    const job = arrived(at, 'monday/a.ts');
    for (const words of [String(job.id), 'monday/a.ts', 'a.ts', job.source, path.relative('.', job.source)])
      expect(namedJob(at.ledger, words).id).toBe(job.id);
    expect(() => namedJob(at.ledger, 'b.ts')).toThrow(expect.objectContaining({ code: 'TEXTLESS_NOT_FOUND', exitStatus: 3 }));
  });

  it('is never guessed: two files of one name are refused with their list', () => {
    const [one, two] = [held('a.ts'), along(at.ledger, arrived(at, 'a.ts', 'x', 'sport'), ['working', 'held'], HELD)];
    expect(() => namedJob(at.ledger, 'a.ts', ['held'], 'be released')).toThrow(
      expect.objectContaining({
        code: 'TEXTLESS_USAGE',
        message: 'a.ts may mean 2 jobs: say its number.',
        detail: `${two.id}  sport/a.ts  held\n${one.id}  news/a.ts  held`,
      }),
    );
    at.ledger.move(two.id, 'rejected');
    expect(namedJob(at.ledger, 'a.ts', ['held'], 'be released').id).toBe(one.id);
    at.ledger.move(one.id, 'rejected');
    expect(() => namedJob(at.ledger, String(one.id), ['held'], 'be released')).toThrow(
      `Job ${one.id} (a.ts) is rejected and cannot be released.`,
    );
  });

  it('is the latest one of a file that came again', () => {
    const first = along(at.ledger, arrived(at, 'a.ts'), ['working', 'failed']);
    const second = arrived(at, 'a.ts');
    expect(second.id).not.toBe(first.id);
    expect(namedJob(at.ledger, 'a.ts').id).toBe(second.id);
  });
});

describe('release', () => {
  it('wipes what was on hold, or what is said instead', async () => {
    expect(await release(at.ledger, held('a.ts'), at.watch, {})).toMatchObject({ state: 'queued', held: 'wipe', plan: null, code: null, attempt: 0 }); // prettier-ignore
    expect(await release(at.ledger, held('b.ts'), at.watch, { held: 'keep' })).toMatchObject({ state: 'queued', held: 'keep' });
  });

  it('decides nothing about marks that nobody has looked at', async () => {
    const job = along(at.ledger, arrived(at, 'a.ts'), ['working', 'held'], { code: 'TEXTLESS_CONFIG', reason: 'a.ts.textless.yaml is wrong' }); // prettier-ignore
    expect(await release(at.ledger, job, at.watch, {})).toMatchObject({ state: 'queued', held: null });
  });

  it('takes an edited plan, which later edits do not change', async () => {
    const job = held();
    const edited = await planOf(job.source, 'wipe', 'keep');
    const released = await release(at.ledger, job, at.watch, { plan: edited });
    expect(released).toMatchObject({ state: 'queued', held: null });
    expect(path.isAbsolute(released.plan!)).toBe(true);
    expect(released.plan!.startsWith(at.watch.work)).toBe(true);
    writeFileSync(edited, '{}');
    const kept = await readPlan(released.plan!);
    expect(kept.tracks.map((t) => t.action)).toEqual(['wipe', 'keep']);
    expect([...kept.tracks[1].mask.data]).toEqual([...new Uint8Array(16).fill(255)]);
  });

  it('refuses a plan with marks on hold unless it is said what becomes of them', async () => {
    const job = held();
    const plan = await planOf(job.source, 'wipe', 'hold');
    await expect(release(at.ledger, job, at.watch, { plan })).rejects.toMatchObject({
      code: 'TEXTLESS_PLAN',
      message: '1 of 2 marks of the plan are still on hold: decide them, or say --held.',
      detail: 'logo-2',
    });
    expect(at.ledger.job(job.id)!.state).toBe('held');
    expect(await release(at.ledger, job, at.watch, { plan, held: 'keep' })).toMatchObject({ state: 'queued', held: 'keep' });
  });

  it('refuses the plan of another file, a file that has changed, and one that is gone', async () => {
    const [one, other] = [held('a.ts'), along(at.ledger, arrived(at, 'b.ts', 'another'), ['working', 'held'], HELD)];
    const plan = await planOf(other.source, 'wipe');
    await expect(release(at.ledger, one, at.watch, { plan })).rejects.toMatchObject({ code: 'TEXTLESS_PLAN', message: /another file than a\.ts/ }); // prettier-ignore
    at.ledger.change(other.id, { sha256: 'f'.repeat(64) }); // what the ledger has seen of it counts
    await expect(release(at.ledger, at.ledger.job(other.id)!, at.watch, { plan })).rejects.toMatchObject({ code: 'TEXTLESS_PLAN' });
    utimesSync(other.source, 1, 1);
    await expect(release(at.ledger, other, at.watch, { plan })).rejects.toMatchObject({ message: 'b.ts has changed since it was held.' });
    renameSync(other.source, `${other.source}.away`);
    await expect(release(at.ledger, other, at.watch, { plan })).rejects.toMatchObject({ message: 'b.ts is gone since it was held.' });
    expect(at.ledger.in(['held'])).toHaveLength(2);
  });

  it('does nothing, and leaves no copy, when somebody else was faster', async () => {
    const job = held();
    const plan = await planOf(job.source, 'wipe');
    at.ledger.move(job.id, 'rejected');
    await expect(release(at.ledger, job, at.watch, { plan })).rejects.toMatchObject({
      code: 'TEXTLESS_USAGE',
      message: `Job ${job.id} (a.ts) is rejected by now; nothing was changed.`,
    });
    expect(readdirSync(path.join(at.watch.work, 'plans'))).toEqual([]);
  });
});

describe('plans that were given', () => {
  it('are removed when their jobs are done or have others, not while somebody may need them', async () => {
    const [done, waits] = [held('a.ts'), held('b.ts')];
    const copies: string[] = [];
    for (const job of [done, waits])
      copies.push((await release(at.ledger, job, at.watch, { plan: await planOf(job.source, 'wipe') })).plan!);
    along(at.ledger, waits, ['working', 'held'], HELD);
    const newer = (await release(at.ledger, waits, at.watch, { plan: await planOf(waits.source, 'keep') })).plan!;
    along(at.ledger, done, ['working', 'delivering', 'delivered', 'done']);
    await sweepPlans(at.ledger, at.watch);
    expect([...copies, newer].map((file) => existsSync(file))).toEqual([false, false, true]);
    expect([...copies, newer].map((file) => existsSync(masksFolder(file)))).toEqual([false, false, true]);
  });
});

describe('cancel and reject', () => {
  it('are wishes in the ledger, which the service grants', () => {
    expect(wish(at.ledger, arrived(at, 'a.ts'), 'cancel')).toMatchObject({ state: 'queued', wish: 'cancel' });
    expect(wish(at.ledger, held('b.ts'), 'reject')).toMatchObject({ state: 'held', wish: 'reject' });
    expect(at.ledger.wishes()).toHaveLength(2);
  });

  it('that come too late say so and leave nothing behind', () => {
    const job = along(at.ledger, arrived(at, 'a.ts'), ['working', 'delivering']);
    expect(() => wish(at.ledger, job, 'cancel')).toThrow(`Job ${job.id} (a.ts) is delivering by now; nothing was changed.`);
    expect(at.ledger.wishes()).toEqual([]);
  });
});

describe('retry', () => {
  /** As the service refuses a file: it is put away. */
  async function refused(name: string): Promise<Job> {
    const job = along(at.ledger, arrived(at, name), ['working', 'failed'], { code: 'TEXTLESS_DECODE', attempt: 3 });
    writeFileSync(`${job.source}.textless.yaml`, 'version: 1\n');
    const source = (await putAway(job, at.watch.folders[0], 'failed'))!;
    renameSync(`${job.source}.textless.yaml`, `${source}.textless.yaml`);
    writeFileSync(`${source}.reason.json`, '{}');
    at.ledger.change(job.id, { source, kept: 0 });
    return at.ledger.job(job.id)!;
  }

  it('queues a failed job again, with its file and sidecar where they were put away', async () => {
    const job = await refused('monday/a.ts');
    const again = await retry(at.ledger, job);
    expect(again).toMatchObject({ state: 'queued', attempt: 0, code: null, kept: 0, source: job.source });
    expect(readFileSync(again.source, 'utf8')).toBe('a programme');
    expect(existsSync(`${again.source}.textless.yaml`)).toBe(true);
    expect(existsSync(`${job.source}.reason.json`)).toBe(false);
    const failing = along(at.ledger, again, ['working', 'failed']);
    const put = await putAway(failing, at.watch.folders[0], 'failed');
    expect(put).toBe(job.source);
    expect(readFileSync(put!, 'utf8')).toBe('a programme'); // it survives a second failure
  });

  it('knows a file that another disk has given a new time', async () => {
    const job = await refused('a.ts');
    utimesSync(job.source, 1000, 1000);
    const again = await retry(at.ledger, job);
    expect(again.mtime).toBe(statSync(again.source).mtimeMs);
  });

  it('refuses a file that is gone or another one, one that has a job already, and marks that want a decision', async () => {
    const gone = await refused('gone.ts');
    renameSync(gone.source, `${gone.source}.away`);
    await expect(retry(at.ledger, gone)).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND', message: 'gone.ts is gone: drop it in again.' }); // prettier-ignore
    const cancelled = at.ledger.move(arrived(at, 'c.ts').id, 'cancelled');
    const newer = arrived(at, 'c.ts');
    await expect(retry(at.ledger, cancelled)).rejects.toMatchObject({ message: `c.ts is dealt with already, as job ${newer.id} (queued).` }); // prettier-ignore
    await expect(retry(at.ledger, held('h.ts'))).rejects.toMatchObject({ message: /waits for a decision on marks: use release or reject/ });
  });
});

describe('what an operator sees', () => {
  it('is told through the ledger: folders, reasons, and the time until a step ends at the speed of the last minute', () => {
    own(at.ledger);
    const now = Date.now();
    at.ledger.setFact('intake', JSON.stringify({ at: now, lacks: null, folders: [{ folder: 'news', waiting: 2 }] }));
    const job = at.ledger.move(arrived(at, 'a.ts').id, 'working', { stage: 'wipe', total: 1000, lease: now + 3_600_000 });
    const pace = new Pace(at.ledger);
    const look = (seconds: number, done: number): void => {
      at.ledger.change(job.id, { done });
      pace.look(now + 1000 * seconds);
    };
    const left = (seconds: number): number | undefined => overviewOf(at.ledger, at.watch, { now: now + 1000 * seconds }).running[0].left;
    look(0, 0);
    look(2, 20);
    expect(left(2)).toBeUndefined(); // too early to say
    for (let s = 4; s <= 20; s += 2) look(s, 10 * s);
    expect(left(20)).toBeCloseTo(80, 5);
    for (let s = 22; s <= 100; s += 2) look(s, 200 + 2 * (s - 20)); // it has become slower: what was before the last minute is forgotten
    expect(left(100)).toBeCloseTo((1000 - 360) / 2, 5);
    expect(left(130)).toBeUndefined(); // nobody has looked for long
    at.ledger.change(job.id, { stage: 'verify', done: 0 });
    expect(left(100)).toBeUndefined(); // another step
    const seen = overviewOf(at.ledger, at.watch, { now });
    expect(seen.service).toMatchObject({ process: process.pid });
    expect(seen.folders.map((f) => [f.folder, f.waiting, f.jobs.working])).toEqual([['news', 2, 1], ['sport', undefined, 0]]); // prettier-ignore
  });

  it('without a service is not what the last one said', () => {
    at.ledger.setFact('intake', JSON.stringify({ at: 1, lacks: 'no room', folders: [{ folder: 'news', waiting: 2 }] }));
    const seen = overviewOf(at.ledger, at.watch);
    expect([seen.service, seen.lacks, seen.folders[0].waiting]).toEqual([undefined, null, undefined]);
  });

  it('tells a service that has gone silent', () => {
    own(at.ledger);
    at.ledger.setFact('intake', JSON.stringify({ at: Date.now() - 120_000, lacks: null, folders: [] }));
    expect(overviewOf(at.ledger, at.watch).silent).toBeGreaterThanOrEqual(119);
  });
});
