import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelFolder } from '../../src/cli/installation.js';
import { WorkerProcess } from '../../src/service/engine/worker-process.js';
import { sha256 } from '../fixtures/programmes.js';
import { installationWith, marked, program, realFfmpeg, trials, WIPE, type Trial, type TrialOptions } from './trial.js';

const { folder, good, other, begin: next } = trials('faults');
const logo = path.join(folder, 'logo.mp4');
let trial: Trial;
const begin = (options?: TrialOptions): Trial => (trial = next(options));
const drop = (name: string, from = good): void => trial.drop(name, from);
/** An ffmpeg that is told by a shell script what to do with some calls, and else is the real one. */
const meddled = (script: string): string => program(trial.path('meddled'), `${script}\nexec ${realFfmpeg} "$@"`);
const ENCODES = '[[ " $* " == *" -fps_mode:0 "* ]]';
const DECODES = '[[ " $* " == *rawvideo* ]]';
/** Processes, of this machine, that were started by a name. */
const running = (name: string): string[] => execFileSync('ps', ['axww', '-o', 'args']).toString().split('\n').filter((line) => line.includes(name)); // prettier-ignore

beforeAll(() => marked(logo));

/** Wipes the logo with an ffmpeg that misbehaves. */
async function wiping(script: string, more = ''): Promise<void> {
  begin({ pipeline: './wipe.yaml' });
  if (more) {
    const text = readFileSync(trial.path('watch.yaml'), 'utf8');
    writeFileSync(trial.path('watch.yaml'), text.replace('jobs: {', `jobs: { ${more},`));
  }
  writeFileSync(trial.path('wipe.yaml'), WIPE);
  const at = meddled(script);
  drop('a.mp4', logo);
  await trial.start({ installation: installationWith(at, trial.path('marks')) });
}

describe('an ffmpeg', () => {
  it('case 37: that hangs is ended with all it has started, tried again, and given up after the attempts that are set', async () => {
    await wiping(`${DECODES} && { sleep 1000 & sleep 1000; }`, 'attempts: 2');
    const text = readFileSync(trial.path('watch.yaml'), 'utf8').replace('stall: 60s', 'stall: 2s');
    writeFileSync(trial.path('watch.yaml'), text);
    await trial.service!.reload();
    const job = await trial.until('a.mp4', 'failed');
    expect(job).toMatchObject({ code: 'TEXTLESS_STALLED', attempt: 2 });
    expect(running(trial.path('meddled'))).toEqual([]);
    expect(trial.names('out')).toEqual([]);
    await trial.when('the source put away', () => trial.names('failed').length === 2);
    expect(sha256(trial.path('failed', 'a.mp4'))).toBe(sha256(logo));
  });

  it('case 38: that ends short with success is noticed, and nothing is delivered', async () => {
    await wiping(
      `${ENCODES} && { for last; do :; done; ${realFfmpeg} -v error -y -i ${logo} -frames:v 20 -c:v libx264 -f mp4 "$last"; cat >/dev/null; exit 0; }`,
      'attempts: 2',
    );
    const job = await trial.until('a.mp4', 'failed', 'held');
    expect(['TEXTLESS_ENCODE', 'TEXTLESS_GATE']).toContain(job.code);
    expect(trial.names('out')).toEqual([]);
    expect(
      trial
        .names('work', 'jobs')
        .flatMap((name) => trial.names('work', 'jobs', name))
        .filter((name) => name.endsWith('.mp4')),
    ).toEqual([]);
  });

  it.each([
    ['without the sound', `exec ${realFfmpeg} "\${@:1:$#-1}" -an "\${@: -1}"`],
    [
      'with less sound',
      `${realFfmpeg} "$@"; for last; do :; done; cp "$last" "$last.mp4"; ${realFfmpeg} -v error -y -i "$last.mp4" -map 0 -c copy -frames:a 20 -f mp4 "$last"; rm "$last.mp4"; exit 0`,
    ],
  ])('case 60: that writes the programme %s is found out, and a person is asked', async (_, script) => {
    await wiping(`${ENCODES} && { ${script}; }`, 'attempts: 1');
    const job = await trial.until('a.mp4', 'held', 'failed');
    expect(['TEXTLESS_GATE', 'TEXTLESS_ENCODE']).toContain(job.code);
    expect(trial.names('out')).toEqual([]);
  });

  it('case 40: that floods stderr does not fill the memory of the service', async () => {
    await wiping(
      `${ENCODES} && { yes 'this is a very long complaint about nothing at all, again and again' | head -c 300000000 >&2; }`,
      'attempts: 1',
    );
    const before = process.memoryUsage().rss;
    await trial.until('a.mp4', 'done', 'failed', 'held');
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20);
  });

  it('case 55: that fails each time costs the attempts and a place in failed, and starves nobody', async () => {
    begin();
    const at = meddled(`[[ " $* " == *poison* && " $* " == *rawvideo* ]] && exit 1`);
    drop('poison.mp4', other);
    drop('b.mp4');
    await trial.start({ installation: installationWith(at, trial.path('marks')) });
    await trial.until('b.mp4', 'done');
    const job = await trial.until('poison.mp4', 'failed');
    expect(job.attempt).toBe(3);
    await trial.when('the reason written', () => trial.names('failed').includes('poison.mp4.reason.json'));
    expect(JSON.parse(readFileSync(trial.path('failed', 'poison.mp4.reason.json'), 'utf8'))).toMatchObject({
      code: 'TEXTLESS_DECODE',
      attempts: 3,
    });
  });
});

describe('case 26: a full disk', () => {
  it('in the middle of the work is no fault of the file: it waits, without an attempt lost, and nothing half is seen', async () => {
    await wiping(`${ENCODES} && [[ ! -e ${folder}/room ]] && { cat >/dev/null; echo 'No space left on device' >&2; exit 1; }`);
    const job = await trial.when('a full disk told', () => trial.jobs().find((j) => j.code === 'TEXTLESS_NO_SPACE'));
    expect(job).toMatchObject({ state: 'queued', attempt: 0 });
    expect(trial.names('out')).toEqual([]);
    writeFileSync(path.join(folder, 'room'), '');
    trial.service!.ledger.change(job.id, { not_before: 0 });
    await trial.until('a.mp4', 'done');
  });

  it('before the work keeps it from beginning, and it begins when there is room', async () => {
    begin();
    const { bavail, blocks } = statfsSync(trial.base);
    const free = bavail / blocks;
    writeFileSync(
      trial.path('watch.yaml'),
      readFileSync(trial.path('watch.yaml'), 'utf8').replace('reserve: 0', `reserve: ${Math.min(0.9, free + 0.05).toFixed(3)}`),
    );
    drop('a.mp4');
    await trial.start();
    await trial.when('the lack told', () => trial.service!.engine.lacks?.includes('too little room'));
    expect(trial.jobs()[0].state).toBe('queued');
    writeFileSync(trial.path('watch.yaml'), readFileSync(trial.path('watch.yaml'), 'utf8').replace(/reserve: [\d.]+/, 'reserve: 0'));
    await trial.service!.reload();
    await trial.until('a.mp4', 'done');
  });
});

describe('a delivery to another file system', () => {
  it('is seen whole or not at all', async (context) => {
    if (!existsSync('/dev/shm') || statfsSync('/dev/shm').type === statfsSync(folder).type)
      return context.skip('there is no second file system');
    const out = `/dev/shm/textless-test-${process.pid}`;
    begin({ out });
    try {
      drop('a.mp4');
      const seen = new Set<string>();
      await trial.start();
      await trial.when('delivery', () => {
        for (const name of existsSync(out) ? readdirSync(out) : []) {
          if (name.endsWith('.mp4') && !name.startsWith('.')) seen.add(sha256(path.join(out, name)));
        }
        return seen.size > 0;
      });
      await trial.until('a.mp4', 'done');
      expect([...seen]).toEqual([sha256(good)]);
      expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(existsSync(trial.path('archive', 'a.mp4'))).toBe(true);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});

describe('an in-folder on another file system, without events', () => {
  it('is looked at at intervals; its sources cross over whole', async (context) => {
    if (!existsSync('/dev/shm') || statfsSync('/dev/shm').type === statfsSync(folder).type)
      return context.skip('there is no second file system');
    const input = `/dev/shm/textless-test-in-${process.pid}`;
    mkdirSync(input);
    begin({ input, folder: ', polling: always' });
    try {
      await trial.start();
      copyFileSync(good, path.join(input, 'a.mp4'));
      await trial.until('a.mp4', 'done');
      expect(readdirSync(input)).toEqual([]);
      expect(trial.names('archive')).toEqual(['a.mp4']);
      expect(sha256(trial.path('archive', 'a.mp4'))).toBe(sha256(good));
    } finally {
      rmSync(input, { recursive: true, force: true });
    }
  });
});

describe('a working process', () => {
  const task = (at: string, name: string) => ({
    ...{
      installation: installationWith(realFfmpeg, path.join(folder, 'marks')),
      input: logo,
      output: path.join(at, `${name}.mp4`),
      sheet: path.join(at, `${name}.png`),
    },
    ...{ checkpoint: path.join(at, 'kept'), channel: undefined, plan: undefined, held: undefined, accept: [], workers: 1, chunkFrames: 10 },
  });

  it('case 41: that is killed, as by a system without memory, is tried again with less, then held', async () => {
    begin({ pipeline: './wipe.yaml' });
    writeFileSync(trial.path('wipe.yaml'), WIPE);
    drop('a.mp4', logo);
    await trial.start();
    for (let k = 0; k < 3; k++) {
      const job = await trial.when('a working process', () =>
        trial.jobs().find((j) => j.state === 'working' && j.worker && j.attempt === k),
      );
      process.kill(-Number(job.worker!.split('@')[0]), 'SIGKILL');
      await trial.when('the attempt counted', () => trial.jobs()[0].attempt === k + 1);
    }
    const job = await trial.until('a.mp4', 'held');
    expect(job).toMatchObject({ code: 'TEXTLESS_KILLED', attempt: 3 });
    const workers = trial.words.filter((w) => w.includes('work begins')).map((w) => (JSON.parse(w) as { workers?: number }).workers);
    expect(workers).toEqual([undefined, 1, 1]);
    expect(trial.names('hold')).toEqual(['a.mp4.reason.json']);
  });

  it('case 53: beside another one at the same work gives the same bytes', async () => {
    begin();
    mkdirSync(trial.path('kept'));
    const { parsePipeline } = await import('../../src/plan/pipeline.js');
    const pipeline = parsePipeline(WIPE, 'wipe.yaml');
    const chunks: string[][] = [[], []];
    const both = ['one', 'two'].map((name, k) => new WorkerProcess({ ...task(trial.base, name), pipeline }, { stall: 60, onLosses: () => undefined, onProgress: () => undefined, onChunk: (c) => chunks[k].push(c.sha256) })); // prettier-ignore
    const endings = await Promise.all(both.map((p) => p.ended));
    expect(endings.map((e) => e.kind)).toEqual(['finished', 'finished']);
    expect(sha256(trial.path('one.mp4'))).toBe(sha256(trial.path('two.mp4')));
    for (const name of trial.names('kept').filter((f) => f.endsWith('.partial'))) expect(name).toBe('no half file');
  });

  it('case 43: without the network it needs, or with another one, waits for it instead of failing the file', async () => {
    begin();
    const broken = trial.path('model');
    mkdirSync(broken);
    for (const name of readdirSync(modelFolder))
      if (name !== 'model.onnx') copyFileSync(path.join(modelFolder, name), path.join(broken, name));
    writeFileSync(path.join(broken, 'model.onnx'), 'other weights');
    drop('a.mp4');
    await trial.start({ installation: { ...installationWith(realFfmpeg, trial.path('marks')), modelFolder: broken } });
    const job = await trial.when('the model told', () => trial.jobs().find((j) => j.code === 'TEXTLESS_MODEL'));
    expect(job).toMatchObject({ state: 'queued', attempt: 0 });
    copyFileSync(path.join(modelFolder, 'model.onnx'), path.join(broken, 'model.onnx'));
    trial.service!.ledger.change(job.id, { not_before: 0 });
    await trial.until('a.mp4', 'done');
  });
});

describe('case 30: a service that is told to stop', () => {
  it('keeps what has been restored, ends its processes in time, and goes on from there', async () => {
    begin({ pipeline: './wipe.yaml' });
    writeFileSync(trial.path('wipe.yaml'), WIPE);
    const at = meddled(`${ENCODES} && [[ ! -e ${trial.path('fast')} ]] && { exec ${realFfmpeg} -readrate 0.02 "$@"; }`);
    drop('a.mp4', logo);
    await trial.start({ installation: installationWith(at, trial.path('marks')), chunkFrames: 10 });
    const job = await trial.when('work', () => trial.jobs().find((j) => j.state === 'working' && j.stage === 'wipe'));
    const began = performance.now();
    await trial.stop();
    expect(performance.now() - began).toBeLessThan(40_000);
    expect(running(trial.path('meddled'))).toEqual([]);
    writeFileSync(trial.path('fast'), '');
    await trial.start({ chunkFrames: 10 });
    const done = await trial.until('a.mp4', 'done');
    expect(done).toMatchObject({ id: job.id, attempt: 0 });
  });
});

describe('what was to be done', () => {
  it.each([
    [
      'case 32: is known without the ledger, when that is damaged: it is put aside',
      (ledger: string) => writeFileSync(ledger, 'x'.repeat(5000)),
    ],
    // There is no queue but the ledger, on this machine: losing it is the whole of the case.
    ['case 54: is known without the ledger, when that was removed', (ledger: string) => rmSync(ledger)],
  ])('%s', async (_, lose) => {
    begin({ folder: ', source: keep, existing: refuse' });
    drop('a.mp4');
    await trial.start();
    await trial.until('a.mp4', 'done');
    await trial.stop();
    drop('b.mp4', other);
    for (const end of ['-wal', '-shm']) rmSync(trial.path('work', `ledger.sqlite${end}`), { force: true });
    lose(trial.path('work', 'ledger.sqlite'));
    await trial.start();
    await trial.until('b.mp4', 'done');
    await trial.until('a.mp4', 'done');
    // What was delivered is not delivered again, and what was not is done.
    expect(trial.names('out').filter((name) => name.endsWith('.mp4'))).toEqual(['a.textless.mp4', 'b.textless.mp4']);
  });
});
