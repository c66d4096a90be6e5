import { createHmac } from 'node:crypto';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Hooks, type HooksOptions } from '../../src/operator/hooks/hooks.js';
import { withoutPaths, type HookMessage } from '../../src/operator/hooks/message.js';
import { Operator } from '../../src/operator/operator.js';
import type { Watch } from '../../src/service/configuration/watch.js';
import { Ledger } from '../../src/service/ledger/ledger.js';
import { ledgerFile } from '../../src/service/service.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { along, arrived, HELD, logged, place, receiver, until, type Place, type Receiver } from './support.js';

const folder = temporaryFolder('hooks');
const env = { TEXTLESS_HOOK_SECRET: 'a key' };
const ending: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

let places = 0;
async function placeWith(...hooks: object[]): Promise<Place> {
  const made = await place(path.join(folder, String(++places)), { hooks });
  ending.push(() => made.ledger.close());
  return made;
}

async function receiving(): Promise<Receiver> {
  const made = await receiver();
  ending.push(() => made.close());
  return made;
}

function sending({ ledger, watch }: Place, more: Partial<HooksOptions> = {}): { hooks: Hooks; lines: ReturnType<typeof logged>['lines'] } {
  const { log, lines } = logged();
  const hooks = new Hooks({ ledger, log, watch: () => watch, env, ...more });
  ending.push(() => hooks.stop(0));
  return { hooks, lines };
}

const messages = ({ got }: Receiver): HookMessage[] => got.map(({ body }) => JSON.parse(body) as HookMessage);

describe('messages to receivers', () => {
  it('tell what became of a job: its facts, no path of this machine', async () => {
    const to = await receiving();
    const at = await placeWith({ url: to.url, secret: 'TEXTLESS_HOOK_SECRET' });
    const { hooks } = sending(at);
    const job = along(at.ledger, arrived(at, 'monday/news.ts'), ['working', 'delivering', 'delivered', 'done'], {
      target: path.join(at.watch.folders[0].out, 'monday', 'news.textless.ts'),
      result: 'f'.repeat(64),
    });
    const refused = along(at.ledger, arrived(at, 'bad.ts'), ['working', 'failed'], {
      code: 'TEXTLESS_OUTPUT',
      reason: `${path.join(at.watch.work, 'jobs', 'x')} cannot be made.`,
    });
    hooks.kick();
    await until(() => to.got.length === 2);
    const [done, failed] = messages(to);
    expect(done).toMatchObject({ version: 1, event: 'job.done', job: { id: job.id, folder: 'main', name: 'monday/news.ts', delivered: 'news.textless.ts', deliveredSha256: 'f'.repeat(64) } }); // prettier-ignore
    expect(failed).toMatchObject({ event: 'job.failed', job: { id: refused.id, code: 'TEXTLESS_OUTPUT', reason: 'jobs/x cannot be made.', delivered: null } }); // prettier-ignore
    for (const { body } of to.got) expect(body).not.toContain(folder);
    await until(() => at.ledger.hooksWaiting() === 0);
  });

  it('are signed over time and body, and each has a delivery of its own', async () => {
    const to = await receiving();
    const at = await placeWith({ url: to.url, secret: 'TEXTLESS_HOOK_SECRET' });
    const { hooks } = sending(at);
    for (const name of ['a.ts', 'b.ts']) along(at.ledger, arrived(at, name), ['working', 'held'], HELD);
    hooks.kick();
    await until(() => to.got.length === 2);
    for (const { body, headers } of to.got) {
      const time = String(headers['x-textless-timestamp']);
      expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(10);
      const signed = (key: string, text: string): string => `sha256=${createHmac('sha256', key).update(`${time}.${text}`).digest('hex')}`;
      expect(headers['x-textless-signature']).toBe(signed('a key', body));
      expect(headers['x-textless-signature']).not.toBe(signed('a key', body.replace('main', 'evil')));
      expect(headers['x-textless-delivery']).toBe((JSON.parse(body) as HookMessage).delivery);
      expect(headers['content-type']).toBe('application/json');
    }
    expect(new Set(messages(to).map((m) => m.delivery)).size).toBe(2);
  });

  it('are only those that a receiver wants, and none of what was before there was one', async () => {
    const to = await receiving();
    const at = await placeWith({ url: to.url, on: ['failed'] });
    along(at.ledger, arrived(at, 'old.ts'), ['working', 'failed']);
    const { hooks } = sending(at);
    along(at.ledger, arrived(at, 'held.ts'), ['working', 'held'], HELD);
    along(at.ledger, arrived(at, 'new.ts'), ['working', 'failed']);
    hooks.kick();
    await until(() => to.got.length > 0 && at.ledger.hooksWaiting() === 0);
    expect(messages(to).map((m) => m.job.name)).toEqual(['new.ts']);
  });

  it('are sent again with growing pauses, the same ones, then dropped with a line in the log', async () => {
    const to = await receiving();
    to.answer = (response) => response.writeHead(500).end('x'.repeat(100_000));
    const at = await placeWith({ url: to.url });
    const { hooks, lines } = sending(at, { pauses: [0, 0.05, 0.1] });
    along(at.ledger, arrived(at, 'a.ts'), ['working', 'held'], HELD);
    const begun = Date.now();
    const kicking = setInterval(() => hooks.kick(), 20);
    await until(() => at.ledger.hooksWaiting() === 0 && to.got.length === 4).finally(() => clearInterval(kicking));
    expect(Date.now() - begun).toBeGreaterThanOrEqual(150);
    expect(new Set(to.got.map((g) => g.body)).size).toBe(1);
    expect(new Set(to.got.map((g) => g.headers['x-textless-delivery'])).size).toBe(1);
    expect(lines.at(-1)).toMatchObject({ level: 50, attempt: 4, says: 'status 500' });
  });

  it('are tried eight times over some hours', async () => {
    const to = await receiving();
    to.answer = (response) => response.writeHead(503).end();
    const made = await placeWith({ url: to.url });
    made.ledger.close();
    let now = Date.now();
    const ledger = Ledger.open(ledgerFile(made.watch), { now: () => now });
    const at = { ...made, ledger };
    const times: number[] = [];
    const real = Date.now;
    Date.now = () => now;
    try {
      const { hooks } = sending(at);
      along(ledger, arrived(at, 'a.ts'), ['working', 'held'], HELD);
      for (let n = 1; n <= 8; n++) {
        hooks.kick();
        for (let i = 0; i < 500 && to.got.length < n; i++) await new Promise((resolve) => setTimeout(resolve, 10));
        await new Promise((resolve) => setTimeout(resolve, 30)); // until its answer is written down
        times.push(now);
        expect(to.got).toHaveLength(n);
        while (ledger.hooksWaiting() && !ledger.hooks(1).length) now += 1000;
      }
      expect(ledger.hooksWaiting()).toBe(0);
      await hooks.stop();
    } finally {
      Date.now = real;
      ledger.close();
    }
    const pauses = times.slice(1).map((t, i) => t - times[i]);
    for (const [i, pause] of pauses.slice(1).entries()) expect(pause).toBeGreaterThan(pauses[i]);
    expect(times.at(-1)! - times[0]).toBeGreaterThan(2 * 3_600_000);
    expect(times.at(-1)! - times[0]).toBeLessThan(12 * 3_600_000);
  });

  it('case 56: never wait for one another: a receiver that does not answer holds up no other, nor the one who works', async () => {
    const [slow, quick] = [await receiving(), await receiving()];
    slow.answer = () => undefined;
    const at = await placeWith({ url: slow.url }, { url: 'http://127.0.0.1:1/nobody' }, { url: quick.url });
    const { hooks } = sending(at, { patience: 2000 });
    const begun = performance.now();
    for (let n = 0; n < 20; n++) {
      along(at.ledger, arrived(at, `${n}.ts`), ['working', 'held'], HELD);
      hooks.kick();
    }
    expect(performance.now() - begun).toBeLessThan(20_000); // twenty unanswered messages of 2 s each would be 40 s
    await until(() => quick.got.length === 20);
    expect(slow.got.length).toBeLessThan(20);
    await until(() => at.ledger.hooks(100).some((h) => h.url === slow.url && h.attempt === 0) || slow.got.length > 1);
  });

  it('do not follow a redirection', async () => {
    const [one, other] = [await receiving(), await receiving()];
    one.answer = (response) => response.writeHead(307, { location: other.url }).end();
    const at = await placeWith({ url: one.url });
    const { hooks, lines } = sending(at);
    along(at.ledger, arrived(at, 'a.ts'), ['working', 'held'], HELD);
    hooks.kick();
    await until(() => lines.some((l) => l['says'] === 'status 307'));
    expect(other.got).toEqual([]);
    expect(at.ledger.hooksWaiting()).toBe(1);
  });

  it('are bounded: of a receiver that stays away the latest thousand are kept', async () => {
    const at = await placeWith({ url: 'http://127.0.0.1:1/nobody' });
    const { url } = at.watch.hooks[0];
    for (let n = 0; n < 1000; n++) at.ledger.addHook(url, JSON.stringify({ delivery: String(n), event: 'job.held' }), 1000);
    for (const { id } of at.ledger.hooks(1000)) at.ledger.delayHook(id, 1, Date.now() + 60_000);
    const { hooks } = sending(at);
    for (let n = 0; n < 40; n++) along(at.ledger, arrived(at, `${n}.ts`), ['working', 'held'], HELD);
    hooks.kick();
    await until(() => at.ledger.fact('told') === String(at.ledger.lastEvent()));
    expect(at.ledger.hooksWaiting()).toBe(1000);
    await until(() => at.ledger.hooksTo(url, 1).length === 0); // the new ones have been tried
    for (let id = 1; id <= 2000; id++) at.ledger.delayHook(id, 0, 0);
    const kept = at.ledger.hooksTo(url, 2000).map((m) => JSON.parse(m.body) as HookMessage);
    expect(kept.filter((m) => m.job as unknown)).toHaveLength(40);
    expect(kept[0].delivery).toBe('40');
  });

  it('outlive the process: what was not taken, and steps that were not told, come with the next run', async () => {
    const to = await receiving();
    const at = await placeWith({ url: to.url });
    to.answer = (response) => response.destroy();
    const first = sending(at);
    along(at.ledger, arrived(at, 'a.ts'), ['working', 'held'], HELD);
    first.hooks.kick();
    await until(() => first.lines.some((l) => l.msg.includes('sent again')));
    await first.hooks.stop(0);
    along(at.ledger, arrived(at, 'b.ts'), ['working', 'held'], HELD); // nobody looked
    to.answer = (response) => response.writeHead(200).end();
    to.got.length = 0;
    for (const { id, attempt } of [{ id: 1, attempt: 1 }]) at.ledger.delayHook(id, attempt, 0);
    sending(at);
    await until(() => at.ledger.hooksWaiting() === 0);
    expect(messages(to).map((m) => m.job.name).sort()).toEqual(['a.ts', 'b.ts']); // prettier-ignore
  });

  it('under way when the service stops are given a moment, not more', async () => {
    const [quick, slow] = [await receiving(), await receiving()];
    quick.answer = (response) => void setTimeout(() => response.writeHead(200).end(), 200);
    slow.answer = () => undefined;
    const at = await placeWith({ url: quick.url }, { url: slow.url });
    const { hooks } = sending(at);
    await new Promise((resolve) => setImmediate(resolve));
    along(at.ledger, arrived(at, 'a.ts'), ['working', 'held'], HELD);
    const begun = performance.now();
    await hooks.stop(1000); // it has not been told of the step before
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(quick.got).toHaveLength(1);
    expect(at.ledger.hooks(10).map((h) => [h.url, h.attempt])).toEqual([[slow.url, 0]]);
  });

  it('to a receiver that is no longer in the configuration are dropped', async () => {
    const at = await placeWith({ url: 'http://127.0.0.1:1/nobody' });
    let watch: Watch = at.watch;
    const { hooks, lines } = sending(at, { watch: () => watch });
    along(at.ledger, arrived(at, 'a.ts'), ['working', 'held'], HELD);
    hooks.kick();
    await until(() => lines.some((l) => l.msg.includes('sent again')));
    const other = await receiving();
    watch = { ...at.watch, hooks: [{ url: other.url, on: ['held'] }] };
    at.ledger.delayHook(1, 1, 0);
    hooks.kick();
    expect(at.ledger.hooksWaiting()).toBe(0);
    expect(lines.at(-1)!.msg).toMatch(/no longer in the configuration/);
  });
});

describe('hooks of a configuration', () => {
  const refused = async (...hooks: object[]): Promise<string> => {
    const { watch } = await placeWith(...hooks);
    try {
      new Operator(watch, { log: logged().log, env, version: '1' });
    } catch (error) {
      expect(error).toMatchObject({ code: 'TEXTLESS_CONFIG', exitStatus: 2 });
      return (error as Error).message;
    }
    throw new Error('nothing was refused');
  };

  it('are refused at the start when a secret is missing, a place is named twice, or a password stands in the address', async () => {
    expect(await refused({ url: 'https://mam.example.org/a', secret: 'NOT_SET' })).toBe(
      'The environment variable NOT_SET is not set, with which messages to mam.example.org are to be signed.',
    );
    const url = 'https://mam.example.org/a?token=abc';
    expect(await refused({ url }, { url })).toBe('Two hooks post to the same place at mam.example.org: make one of them.');
    expect(await refused({ url: 'https://me:word@mam.example.org/a' })).toMatch(/^The hook to mam\.example\.org has a name or password/);
  });
});

it('a sentence loses its paths and keeps its names', async () => {
  const { watch } = await place(path.join(folder, 'a folder with spaces'));
  const { in: from, out } = watch.folders[0];
  expect(withoutPaths(`${from}/x/my film.ts cannot be put into ${out}.`, watch)).toBe('x/my film.ts cannot be put into out.');
  expect(withoutPaths("ENOENT: no such file, open '/home/anna/films/a.ts' (/etc/passwd)", watch)).toBe(
    // prettier-ignore
    "ENOENT: no such file, open 'a.ts' (passwd)",
  );
  expect(withoutPaths('1 of 2 marks and/or 3/4 of it', watch)).toBe('1 of 2 marks and/or 3/4 of it');
});
