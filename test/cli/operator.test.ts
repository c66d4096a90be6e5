import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { HookMessage } from '../../src/operator/hooks/message.js';
import { readPlan } from '../../src/plan/read.js';
import { hashFile } from '../../src/plan/subject.js';
import { writePlan } from '../../src/plan/write.js';
import type { Job } from '../../src/service/ledger/job.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { along, arrived, HELD, place, receiver, until, type Place } from '../operator/support.js';

const folder = temporaryFolder('operator-cli');
const main = path.resolve('dist/cli/main.js');
const children = new Set<ChildProcess>();
const open: Place[] = [];
afterEach(() => {
  for (const { ledger } of open.splice(0)) ledger.close();
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function started(args: readonly string[], env: Record<string, string> = {}): { child: ChildProcess; ended: Promise<Result> } {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, HOME: folder, ...env },
  });
  children.add(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (d: Buffer) => (stdout += d.toString()));
  child.stderr.on('data', (d: Buffer) => (stderr += d.toString()));
  const ended = new Promise<Result>((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
  void ended.then(() => children.delete(child));
  return { child, ended };
}

const textless = (...args: string[]): Promise<Result> => started(args).ended;

let places = 0;
async function made(more: object = {}, ready: object = {}): Promise<Place & { at: readonly string[] }> {
  const folders = [
    { name: 'news', in: 'news', out: 'out/news', ready },
    { name: 'sport', in: 'sport', out: 'out/sport' },
  ];
  const one = await place(path.join(folder, String(++places)), more, folders);
  open.push(one);
  return { ...one, at: ['-c', one.config] };
}

const held = (at: Place, name = 'a.ts', where = 'news'): Job =>
  along(at.ledger, arrived(at, name, 'a programme', where), ['working', 'held'], HELD);

async function planOf(file: string, action: 'wipe' | 'hold'): Promise<string> {
  const mask = { box: { x: 0, y: 0, width: 4, height: 4 }, data: new Uint8Array(16).fill(255) };
  const track = {
    id: 'logo-1',
    kind: 'logo',
    action,
    confidence: 0.5,
    why: 'it stands still',
    spans: [{ first: 0, last: 9 }],
    mask,
  } as const;
  const programme = { name: 'a.ts', sha256: await hashFile(file), width: 64, height: 48, frames: 10 };
  const to = path.join(path.dirname(file), '..', `${action}.json`);
  await writePlan(to, { version: 1, programme, pipeline: 'clean-feed', shots: [{ first: 0, last: 9 }], tracks: [track] });
  return to;
}

describe('without a service', () => {
  it('status shows folders, reasons and that nothing runs', async () => {
    const at = await made();
    held(at);
    along(at.ledger, arrived(at, 'evil\x1b[2J\u202e.ts', 'x', 'sport'), ['working', 'failed'], { code: 'TEXTLESS_DECODE', reason: 'ffmpeg could not decode the picture.' }); // prettier-ignore
    const { status, stdout } = await textless('status', ...at.at);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^no service runs$/m);
    expect(stdout).toMatch(/^folder +waiting +queued +working +held +failed +rejected +done$/m);
    expect(stdout).toMatch(/^news +– +0 +0 +1 +0 +0 +0$/m);
    expect(stdout).toMatch(/1 +held .* news\/a\.ts +1 of 2 marks need a decision: logo\. \[TEXTLESS_HELD\]$/m);
    expect(stdout).toMatch(/ffmpeg could not decode the picture\. \[TEXTLESS_DECODE\]$/m);
    expect(stdout).not.toMatch(/[\x1b\u202e]/); // eslint-disable-line no-control-regex
    const { stdout: json } = await textless('status', '--json', ...at.at);
    expect(JSON.parse(json)).toMatchObject({
      service: null,
      folders: [
        { folder: 'news', waiting: null, jobs: { held: 1 } },
        { folder: 'sport', jobs: { failed: 1 } },
      ],
      held: [{ id: 1, name: 'a.ts', code: 'TEXTLESS_HELD' }],
    });
    expect((await textless('status', '--watch', ...at.at)).status).toBe(2); // no terminal
  });

  it('a ledger that is not there is said to be missing, and none is made', async () => {
    const base = path.join(folder, 'none');
    mkdirSync(base);
    const config = path.join(base, 'watch.yaml');
    copyFileSync(path.resolve('watch/watch.yaml'), config);
    const { status, stderr } = await textless('jobs', 'list', '-c', config);
    expect([status, stderr]).toEqual([3, `textless: There is no ledger ${path.join(base, 'work', 'ledger.sqlite')}: the service has not run yet. [TEXTLESS_NOT_FOUND]\n`]); // prettier-ignore
    expect(existsSync(path.join(base, 'work'))).toBe(false);
  });

  it('jobs lists by state and shows one with its steps', async () => {
    const at = await made();
    const job = held(at);
    arrived(at, 'b.ts');
    at.ledger.addChunk(job.id, { first: 0, last: 499, bytes: 10, sha256: 'a' });
    const list = await textless('jobs', 'list', '--state', 'queued', '--state', 'failed', '--json', ...at.at);
    expect((JSON.parse(list.stdout) as { jobs: Job[] }).jobs.map((j) => j.name)).toEqual(['b.ts']);
    const { stdout } = await textless('jobs', 'show', 'a.ts', ...at.at);
    expect(stdout).toMatch(/^job +1, held$/m);
    expect(stdout).toMatch(/^detail +logo-1: it stands still$/m);
    expect(stdout).toMatch(/^restored +500 frames in 1 chunk$/m);
    expect(stdout).toMatch(/queued → working/);
    const json = JSON.parse((await textless('jobs', 'show', '1', '--json', ...at.at)).stdout) as { events: unknown[]; chunks: unknown[] };
    expect(json.events).toHaveLength(3);
    expect(json.chunks).toHaveLength(1);
    expect((await textless('jobs', 'list', '--state', 'lost', ...at.at)).status).toBe(2);
  });

  it('a name of two jobs is refused with their list, and a number is taken', async () => {
    const at = await made();
    held(at);
    held(at, 'a.ts', 'sport');
    const { status, stderr } = await textless('release', 'a.ts', ...at.at);
    expect([status, stderr]).toEqual([2, 'textless: a.ts may mean 2 jobs: say its number. [TEXTLESS_USAGE]\n  2  sport/a.ts  held\n  1  news/a.ts  held\n']); // prettier-ignore
    const said = await textless('release', '2', ...at.at);
    expect([said.status, said.stdout]).toEqual([0, 'job 2 (a.ts) is queued; no service runs: it is done when it runs next\n']);
    expect(at.ledger.in(['queued']).map((j) => [j.id, j.held])).toEqual([[2, 'wipe']]);
  });

  it('release takes an edited plan, and refuses one that decides too little', async () => {
    const at = await made();
    const job = held(at);
    const open = await planOf(job.source, 'hold');
    const refused = await textless('release', 'a.ts', '--plan', open, ...at.at, '--json');
    expect(refused.status).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'TEXTLESS_PLAN', detail: 'logo-1' } });
    const decided = await planOf(job.source, 'wipe');
    const { status, stdout } = await textless('release', 'a.ts', '--plan', decided, ...at.at, '--json');
    expect(status).toBe(0);
    const { plan } = JSON.parse(stdout) as Job;
    expect((await readPlan(plan!)).tracks.map((t) => t.action)).toEqual(['wipe']);
    expect(at.ledger.job(job.id)).toMatchObject({ state: 'queued', plan, held: null });
  });

  it('reject and cancel are kept for the service', async () => {
    const at = await made();
    held(at);
    arrived(at, 'b.ts');
    expect((await textless('reject', 'a.ts', ...at.at)).stdout).toBe('job 1 (a.ts) is being rejected; no service runs: it is done when it runs next\n'); // prettier-ignore
    expect((await textless('jobs', 'cancel', 'b.ts', ...at.at)).status).toBe(0);
    expect(at.ledger.wishes().map((j) => [j.id, j.wish])).toEqual([[1, 'reject'], [2, 'cancel']]); // prettier-ignore
    const wrong = await textless('reject', 'b.ts', ...at.at);
    expect(wrong.stderr).toMatch(/^textless: Job 2 \(b\.ts\) is queued and cannot be rejected\. \[TEXTLESS_USAGE\]/);
  });

  it('hooks without their secret are a wrong configuration: the service does not start', async () => {
    const at = await made({ hooks: [{ url: 'https://mam.example.org/x', secret: 'NOT_SET_AT_ALL' }] });
    const { status, stderr } = await textless('watch', ...at.at);
    expect([status, stderr]).toEqual([2, 'textless: The environment variable NOT_SET_AT_ALL is not set, with which messages to mam.example.org are to be signed. [TEXTLESS_CONFIG]\n']); // prettier-ignore
  });

  it('doctor looks at the whole set-up', async () => {
    const at = await made();
    const good = await textless('doctor', ...at.at);
    expect(good.status).toBe(0);
    expect(good.stdout).toMatch(/^ok +watch +.*2 folders, pipelines readable, in and out apart$/m);
    expect(good.stdout).toMatch(/^ok +ffprobe +\S+ \(.*\)$/m);
    const nested = path.join(path.dirname(at.config), 'nested.yaml');
    writeFileSync(nested, 'version: 1\nfolders: [{ name: a, in: in, out: in/out }]\n');
    const bad = await textless('doctor', '-c', nested, '--json');
    expect(bad.status).toBe(4);
    const { checks } = JSON.parse(bad.stdout) as { checks: { name: string; ok: boolean; says: string }[] };
    expect(checks.filter((c) => !c.ok)).toEqual([{ name: 'watch', ok: false, says: expect.stringContaining('would be taken in again') as string }]); // prettier-ignore
  });

  it('case 65: doctor names an ffprobe that is not of the same version as ffmpeg', async () => {
    const other = path.join(folder, 'ffprobe');
    writeFileSync(other, '#!/bin/sh\necho "ffprobe version 99.1-other Copyright"\n', { mode: 0o755 });
    const { status, stdout } = await started(['doctor', '--json'], { FFPROBE_PATH: other }).ended;
    expect(status).toBe(0);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; advice?: boolean; says: string }[] };
    expect(checks.find((c) => c.name === 'ffprobe')).toMatchObject({ advice: true, says: expect.stringMatching(/is version 99\.1-other, but ffmpeg is /) as string }); // prettier-ignore
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('while a service runs: status, metrics and messages tell, wishes are granted, a refused file survives a second attempt', async () => {
  const to = await receiver();
  const port = await freePort();
  const at = await made({ metrics: { port }, hooks: [{ url: to.url, secret: 'HOOK_KEY' }] }, { every: 0.2, quiet: 0.4, stale: 1 });
  held(at, 'doubtful.ts');
  const told = (event: string): HookMessage[] => to.got.map((g) => JSON.parse(g.body) as HookMessage).filter((m) => m.event === event);
  const { child, ended } = started(['watch', ...at.at], { HOOK_KEY: 'a key' });
  try {
    await until(() => at.ledger.fact('intake') !== undefined);
    const { stdout } = await textless('status', ...at.at);
    expect(stdout).toMatch(new RegExp(`^service runs: process ${child.pid} on `, 'm'));
    expect(stdout).toMatch(/^news +0 +0 +0 +1 +0 +0 +0$/m);
    const second = await started(['watch', ...at.at], { HOOK_KEY: 'a key' }).ended;
    expect([second.status, second.stderr]).toEqual([2, expect.stringMatching(/These folders are watched already.*\[TEXTLESS_RUNNING\]/)]);

    expect((await textless('reject', 'doubtful.ts', ...at.at)).stdout).toBe('job 1 (doubtful.ts) is being rejected\n');
    await until(() => told('job.rejected').length === 1);
    await until(() => existsSync(path.join(at.watch.folders[0].failed, 'doubtful.ts')));

    writeFileSync(path.join(at.watch.folders[0].in, 'text.mp4'), 'this is no programme');
    await until(() => told('job.rejected').length === 2);
    const put = path.join(at.watch.folders[0].failed, 'text.mp4');
    await until(() => at.ledger.job(2)?.source === put);
    expect((await textless('jobs', 'retry', 'text.mp4', ...at.at)).stdout).toBe('job 2 (text.mp4) is queued again\n');
    await until(() => told('job.rejected').length === 3);
    await until(() => at.ledger.job(2)?.source === put);
    expect(readFileSync(put, 'utf8')).toBe('this is no programme');
    expect(to.got.every((g) => /^sha256=[0-9a-f]{64}$/.test(String(g.headers['x-textless-signature'])))).toBe(true);

    const metrics = await fetch(`http://127.0.0.1:${port}/metrics`).then((r) => r.text());
    expect(metrics).toMatch(/^textless_up 1$/m);
    expect(metrics).toMatch(/^textless_jobs\{folder="news",state="rejected"\} 2$/m);
    expect(metrics).toMatch(/^textless_jobs_finished_total\{folder="news",outcome="rejected"\} 3$/m);
    child.kill('SIGTERM');
    expect((await ended).status).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
    expect((await textless('status', ...at.at)).stdout).toMatch(/^no service runs$/m);
  } finally {
    child.kill('SIGKILL');
    await to.close();
  }
});
