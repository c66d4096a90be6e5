import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { release } from '../../src/operator/decisions.js';
import { HOLD, installationWith, marked, program, realFfmpeg, trials, WIPE, type Trial, type TrialOptions } from './trial.js';

const { good, other, begin: next } = trials('decisions');
let trial: Trial;
const begin = (options?: TrialOptions): Trial => (trial = next(options));
const drop = (name: string, from = good): void => trial.drop(name, from);

describe('people', () => {
  it('hold, release with a plan, and get what they decided; reject puts the source away', async () => {
    begin({ pipeline: './hold.yaml' });
    writeFileSync(trial.path('hold.yaml'), HOLD);
    marked(trial.path('in', 'a.mp4'));
    marked(trial.path('in', 'b.mp4'));
    appendFileSync(trial.path('in', 'b.mp4'), Buffer.from('\0\0\0\x08free', 'latin1'));
    await trial.start();
    const [a, b] = [await trial.until('a.mp4', 'held'), await trial.until('b.mp4', 'held')];
    expect(a.reason).toMatch(/need a decision/);
    expect(trial.names('hold').filter((name) => name.startsWith('a.mp4'))).toEqual([
      'a.mp4.plan.json',
      'a.mp4.plan.masks',
      'a.mp4.reason.json',
      'a.mp4.sheet.png',
    ]);
    const { ledger } = trial.service!;
    ledger.change(a.id, { held: 'wipe' });
    ledger.move(a.id, 'queued');
    ledger.change(b.id, { wish: 'reject' });
    await trial.until('a.mp4', 'done');
    await trial.until('b.mp4', 'rejected');
    const report = JSON.parse(readFileSync(trial.path('out', 'a.textless.mp4.report.json'), 'utf8')) as { status: string };
    expect(report).toMatchObject({ status: 'wiped' });
    // What was found the first time is not looked for again.
    expect((report as { seconds?: { scan: number } }).seconds!.scan).toBeLessThan(1.5);
    await trial.when('the source put away', () => trial.names('failed').includes('b.mp4'));
    await trial.when('nothing left in hold', () => trial.names('hold').length === 0);
    expect(trial.names('in')).toEqual([]);
  });

  it('release what did not pass a gate: it is held with picture, reason and report, and then delivered from what was restored', async () => {
    begin({ pipeline: './strict.yaml' });
    writeFileSync(trial.path('strict.yaml'), `${WIPE}deliver: { gates: { encode-quality: { limit: 0.9999 } } }\n`);
    marked(trial.path('in', 'a.mp4'));
    await trial.start();
    const job = (state: string) => () => trial.service!.ledger.find('a.mp4').find((j) => j.state === state);
    const held = await trial.when('a.mp4 is held', job('held'), 200);
    expect(held).toMatchObject({ code: 'TEXTLESS_GATE', gates: 'encode-quality' });
    expect(held.reason).toMatch(/did not pass encode-quality: Outside of the masks/);
    expect(trial.names('out')).toEqual([]);
    expect(trial.names('hold')).toEqual([
      'a.mp4.plan.json',
      'a.mp4.plan.masks',
      'a.mp4.reason.json',
      'a.mp4.report.json',
      'a.mp4.sheet.png',
    ]);
    const told = JSON.parse(readFileSync(trial.path('hold', 'a.mp4.report.json'), 'utf8')) as {
      gates: { gate: string; verdict: string }[];
    };
    expect(told.gates.filter((g) => g.verdict === 'fail').map((g) => g.gate)).toEqual(['encode-quality']);
    const { ledger } = trial.service!;
    const restored = ledger.chunks(held.id);
    expect(restored.length).toBeGreaterThan(0);
    await release(ledger, held, trial.service!.watch, {});
    expect(ledger.job(held.id)!.accepted).toBe('encode-quality');
    await trial.when('a.mp4 is done', job('done'), 200);
    const report = JSON.parse(readFileSync(trial.path('out', 'a.textless.mp4.report.json'), 'utf8')) as typeof told;
    expect(report.gates.filter((g) => g.verdict === 'accepted').map((g) => g.gate)).toEqual(['encode-quality']);
    expect(ledger.chunks(held.id)).toEqual(restored); // nothing was restored a second time
    await trial.when('nothing left in hold', () => trial.names('hold').length === 0);
  }, 450_000);

  it('cancel a job that runs; its file stays and is not taken in again', async () => {
    begin();
    const at = program(trial.path('slow'), `[[ " $* " == *rawvideo* ]] && sleep 30\nexec ${realFfmpeg} "$@"`);
    drop('a.mp4');
    await trial.start({ installation: installationWith(at, trial.path('marks')) });
    const job = await trial.until('a.mp4', 'working');
    trial.service!.ledger.change(job.id, { wish: 'cancel' });
    await trial.until('a.mp4', 'cancelled');
    expect(execFileSync('ps', ['ax']).toString()).not.toContain(trial.path('slow'));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(trial.jobs()).toHaveLength(1);
    expect(existsSync(trial.path('in', 'a.mp4'))).toBe(true);
  });
});

describe('case 57: a configuration that is read again', () => {
  it('with an error changes nothing and says what is wrong; a good one counts', async () => {
    begin();
    const service = await trial.start();
    const before = service.watch;
    writeFileSync(trial.path('watch.yaml'), 'version: 1\nfolders: []\n');
    await expect(service.reload()).rejects.toMatchObject({ code: 'TEXTLESS_CONFIG' });
    expect(service.watch).toBe(before);
    drop('a.mp4');
    await trial.until('a.mp4', 'done');
    trial.configure({ out: 'out3', folder: ', priority: 3' });
    await service.reload();
    drop('b.mp4', other);
    expect((await trial.until('b.mp4', 'done')).priority).toBe(3);
    expect(trial.names('out3')).toContain('b.textless.mp4');
  });
});

describe('a second service', () => {
  it('on the same folders is refused', async () => {
    begin();
    await trial.start();
    const text = `import { Ledger } from ${JSON.stringify(path.resolve('src/service/ledger/ledger.ts'))}; import { own } from ${JSON.stringify(path.resolve('src/service/ownership.ts'))};
      try { own(Ledger.open(${JSON.stringify(trial.path('work', 'ledger.sqlite'))})); console.log('owned'); } catch (error) { console.log(error.code); }`;
    expect(
      execFileSync(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', text])
        .toString()
        .trim(),
    ).toBe('TEXTLESS_RUNNING');
    expect(statSync(trial.path('work', 'ledger.sqlite')).size).toBeGreaterThan(0);
  });
});
