import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewJob } from '../../src/service/ledger/job.js';
import { Ledger } from '../../src/service/ledger/ledger.js';
import { LEDGER_VERSION } from '../../src/service/ledger/schema.js';
import { IllegalTransition, LIVE, STATES, TRANSITIONS, type State } from '../../src/service/ledger/states.js';
import { temporaryFolder } from '../fixtures/programmes.js';

const folder = temporaryFolder('ledger');
let n = 0;
const fresh = (): string => path.join(folder, `${n++}`, 'ledger.sqlite');
const file = (name: string, more: Partial<NewJob> = {}): NewJob => ({
  ...{ folder: 'nova', name, source: `/in/${name}`, size: 10, mtime: 1, inode: '1', pipeline: 'clean-feed', priority: 0 },
  ...more,
});

describe('the ledger', () => {
  it('lets a job go only where the table leads, whatever is tried, and tells every step', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STATES), { maxLength: 30 }), (wishes) => {
        const ledger = Ledger.open(fresh());
        const { id } = ledger.add(file('a.ts'))!;
        let state: State = 'queued';
        let steps = 1;
        for (const to of wishes) {
          if (TRANSITIONS[state].includes(to)) {
            expect(ledger.move(id, to).state).toBe(to);
            state = to;
            steps++;
          } else expect(() => ledger.move(id, to)).toThrow(IllegalTransition);
          expect(ledger.job(id)!.state).toBe(state);
        }
        const events = ledger.events(id);
        expect(events).toHaveLength(steps);
        events.forEach((e, k) => expect(e.from).toBe(k ? events[k - 1].to : null));
        ledger.close();
      }),
      { numRuns: 25 },
    );
  });

  it('reaches an end from every state', () => {
    const ends = STATES.filter((s) => !LIVE.includes(s));
    for (const from of STATES) {
      const seen = new Set<State>([from]);
      for (const s of seen) for (const next of TRANSITIONS[s]) seen.add(next);
      expect(ends.some((e) => seen.has(e))).toBe(true);
    }
  });

  it('takes a file in once while its job is alive, and again afterwards', () => {
    const ledger = Ledger.open(fresh());
    const job = ledger.add(file('a.ts'))!;
    expect(ledger.add(file('a.ts'))).toBeUndefined();
    ledger.move(job.id, 'cancelled');
    expect(ledger.add(file('a.ts'))!.id).not.toBe(job.id);
    ledger.close();
  });

  it('gives out what is queued by priority, then as it came, and nothing before its time', () => {
    let now = 1000;
    const ledger = Ledger.open(fresh(), { now: () => now });
    const [a, b, c] = [file('a.ts'), file('b.ts', { priority: 5 }), file('c.ts')].map((f) => ledger.add(f)!.id);
    expect(ledger.next(9).map((j) => j.id)).toEqual([b, a, c]);
    ledger.move(b, 'working');
    ledger.move(b, 'queued', { not_before: 5000 });
    expect(ledger.next(9).map((j) => j.id)).toEqual([a, c]);
    now = 5000;
    expect(ledger.next(9)[0].id).toBe(b);
    ledger.close();
  });

  it('never changes an event', () => {
    const at = fresh();
    const ledger = Ledger.open(at);
    ledger.add(file('a.ts'));
    ledger.close();
    const db = new Database(at);
    expect(() => db.exec("UPDATE event SET detail = 'other'")).toThrow(/only added/);
    db.close();
  });

  it('is read by another process while it is written', () => {
    const at = fresh();
    const ledger = Ledger.open(at);
    const { id } = ledger.add(file('a.ts'))!;
    ledger.move(id, 'working');
    const other = Ledger.open(at);
    expect(other.job(id)!.state).toBe('working');
    ledger.move(id, 'held');
    expect(other.job(id)!.state).toBe('held');
    other.close();
    ledger.close();
  });
});

describe('case 31: a process that is killed', () => {
  it.each([1, 2, 3, 4, 5, 6])('between two calls (%i) leaves a ledger with every step that was told', (steps) => {
    const at = fresh();
    const script = `
      const { Ledger } = await import(${JSON.stringify(path.resolve('src/service/ledger/ledger.ts'))});
      const ledger = Ledger.open(${JSON.stringify(at)});
      const way = ['working', 'delivering', 'delivered', 'done', 'queued', 'working'];
      const { id } = ledger.add(${JSON.stringify(file('a.ts'))});
      for (const to of way.slice(0, ${steps})) ledger.move(id, to);
      process.kill(process.pid, 'SIGKILL');`;
    const run = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script]);
    expect(run.signal).toBe('SIGKILL');
    const ledger = Ledger.open(at);
    expect(ledger.damaged).toBeUndefined();
    expect(ledger.events(1)).toHaveLength(steps + 1);
    expect(ledger.job(1)!.state).toBe(ledger.events(1).at(-1)!.to);
    ledger.close();
  });
});

describe('case 32: a damaged ledger', () => {
  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ['no database at all', () => Buffer.from('these are not the tables that you look for')],
    ['cut short', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2))],
    ['overwritten in the middle', (bytes) => bytes.fill(0xaa, 4096, Math.min(bytes.length, 40_000))],
  ];
  it.each(damages)('%s: is put aside, and a new one begins', (_, damage) => {
    const at = fresh();
    const ledger = Ledger.open(at);
    for (let k = 0; k < 200; k++) ledger.add(file(`${k}.ts`));
    ledger.close();
    writeFileSync(at, damage(readFileSync(at)));
    const next = Ledger.open(at);
    expect(next.damaged).toBeDefined();
    expect(readdirSync(path.dirname(at)).some((name) => name.includes('damaged'))).toBe(true);
    expect(next.in(STATES)).toEqual([]);
    next.add(file('a.ts'));
    next.close();
  });
});

describe('case 58: an upgrade', () => {
  it('keeps the jobs of a ledger of this version', () => {
    const at = fresh();
    const ledger = Ledger.open(at);
    ledger.add(file('a.ts'));
    ledger.close();
    const again = Ledger.open(at);
    expect(again.in(['queued'])).toHaveLength(1);
    again.close();
  });

  it('refuses a ledger of a later version and leaves it as it was', () => {
    const at = fresh();
    Ledger.open(at).close();
    const db = new Database(at);
    db.exec(`PRAGMA user_version = ${LEDGER_VERSION + 1}`);
    db.close();
    expect(() => Ledger.open(at)).toThrow(/later version/);
    const same = new Database(at);
    expect(same.pragma('user_version')).toMatchObject([{ user_version: LEDGER_VERSION + 1 }]);
    same.close();
  });
});
