import http from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { secondsOfWork } from '../../src/operator/metrics/seconds.js';
import { Operator } from '../../src/operator/operator.js';
import { own } from '../../src/service/ownership.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { along, arrived, HELD, logged, place, type Place } from './support.js';

const folder = temporaryFolder('metrics');
const ending: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let places = 0;
async function watched(): Promise<Place & { port: number; operator: Operator }> {
  const port = await freePort();
  const folders = [
    { name: 'news', in: 'news', out: 'out/news' },
    { name: 'sport', in: 'sport', out: 'out/sport' },
  ];
  const at = await place(path.join(folder, String(++places)), { metrics: { port } }, folders);
  const operator = new Operator(at.watch, { log: logged().log, env: {}, version: '1.2.3' });
  at.ledger.onStep = operator.onStep;
  await operator.start(at.ledger, () => at.watch);
  ending.push(() => at.ledger.close(), () => operator.close()); // prettier-ignore
  return { ...at, port, operator };
}

const asked = (port: number, { method = 'GET', url = '/metrics' } = {}): Promise<{ status: number; type: string; text: string }> =>
  new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path: url, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode!, type: String(response.headers['content-type']), text }));
    });
    request.on('error', reject).end();
  });

/** A figure by its name and labels, whatever their order. */
function figure(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  for (const line of text.split('\n')) {
    const parts = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (parts?.[1] !== `textless_${name}`) continue;
    const found = Object.fromEntries([...(parts[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1], m[2]]));
    if (Object.entries(labels).every(([k, v]) => found[k] === v)) return Number(parts[3]);
  }
  return undefined;
}

describe('metrics', () => {
  it('count jobs by folder and state, and what became of them', async () => {
    const at = await watched();
    own(at.ledger);
    const problem = 'EACCES';
    const folders = [{ folder: 'news', waiting: 3 }, { folder: 'sport', waiting: 0, problem }]; // prettier-ignore
    at.ledger.setFact('intake', JSON.stringify({ at: Date.now(), lacks: 'There is too little room.', folders }));
    const news = arrived(at, 'a.ts');
    along(at.ledger, news, ['working']);
    at.ledger.addChunk(news.id, { first: 0, last: 499, bytes: 10, sha256: 'a' });
    at.ledger.addChunk(news.id, { first: 500, last: 749, bytes: 10, sha256: 'b' });
    at.ledger.addChunk(news.id, { first: 500, last: 749, bytes: 10, sha256: 'b' }); // the same, restored once more
    along(at.ledger, news, ['delivering', 'delivered', 'done']);
    along(at.ledger, arrived(at, 'b.ts', 'x', 'sport'), ['working', 'held'], HELD);
    arrived(at, 'c.ts', 'x', 'sport');
    const { status, type, text } = await asked(at.port);
    expect(status).toBe(200);
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(figure(text, 'up')).toBe(1);
    expect(figure(text, 'build_info', { version: '1.2.3' })).toBe(1);
    expect(figure(text, 'jobs', { folder: 'news', state: 'done' })).toBe(1);
    expect(figure(text, 'jobs', { folder: 'sport', state: 'held' })).toBe(1);
    expect(figure(text, 'jobs', { folder: 'sport', state: 'queued' })).toBe(1);
    expect(figure(text, 'jobs', { folder: 'news', state: 'failed' })).toBe(0);
    expect(figure(text, 'jobs_finished_total', { folder: 'news', outcome: 'done' })).toBe(1);
    expect(figure(text, 'jobs_finished_total', { folder: 'sport', outcome: 'held' })).toBe(1);
    expect(figure(text, 'jobs_finished_total', { folder: 'sport', outcome: 'failed' })).toBe(0);
    expect(figure(text, 'job_seconds_count', { folder: 'news' })).toBe(1);
    expect(figure(text, 'waiting_files', { folder: 'news' })).toBe(3);
    expect(figure(text, 'folder_problem', { folder: 'news' })).toBe(0);
    expect(figure(text, 'folder_problem', { folder: 'sport' })).toBe(1);
    expect(figure(text, 'blocked')).toBe(1);
    expect(figure(text, 'chunks_restored_total')).toBe(2);
    expect(figure(text, 'frames_restored_total')).toBe(750);
    expect(figure(text, 'disk_free_bytes', { place: 'work' })).toBeGreaterThan(0);
    expect(figure(text, 'disk_free_bytes', { place: 'out', folder: 'sport' })).toBeGreaterThan(0);
    expect(figure(text, 'event_loop_lag_seconds', { quantile: '0.99' })).toBeGreaterThanOrEqual(0);
    expect(figure((await asked(at.port)).text, 'frames_restored_total')).toBe(750);
  });

  it('say how long the oldest job waits: attempts in between do not make it younger, a person does', async () => {
    const at = await watched();
    const oldest = async (): Promise<number> => figure((await asked(at.port)).text, 'oldest_queued_seconds')!;
    expect(await oldest()).toBe(0);
    const job = arrived(at, 'a.ts');
    await new Promise((resolve) => setTimeout(resolve, 600));
    along(at.ledger, job, ['working', 'queued']);
    expect(await oldest()).toBeGreaterThanOrEqual(0.6);
    along(at.ledger, job, ['working', 'failed', 'queued']);
    expect(await oldest()).toBeLessThan(0.5);
  });

  it('are given on this machine alone, at one address, for one method', async () => {
    const { port } = await watched();
    for (const [method, url] of [
      ['POST', '/metrics'],
      ['GET', '/'],
      ['GET', '/metrics/x'],
      ['GET', '/../etc/passwd'],
      ['DELETE', '/metrics'],
    ])
      // prettier-ignore
      expect((await asked(port, { method: method, url: url })).status).toBe(404);
    expect((await asked(port, { url: '/metrics?x=1' })).status).toBe(200);
    const connected = new Promise((resolve) => http.get({ host: '127.0.0.2', port, path: '/metrics' }, () => resolve('answered')).on('error', () => resolve('refused'))); // prettier-ignore
    expect(await connected).toBe('refused');
  });

  it('on a port that is taken are a wrong configuration', async () => {
    const { watch, ledger } = await watched();
    const second = new Operator(watch, { log: logged().log, env: {}, version: '1' });
    await expect(second.start(ledger, () => watch)).rejects.toMatchObject({ code: 'TEXTLESS_CONFIG', message: `Port ${watch.metrics!.port} of 127.0.0.1 cannot be had for metrics.` }); // prettier-ignore
    await second.close();
  });
});

it('the time of a job is that of its work: not of the queue, nor of waiting for a person', () => {
  const row = (['queued', 'working', 'queued', 'working', 'held', 'queued', 'working', 'delivering', 'delivered', 'done'] as const).map(
    (to, i) => ({ id: i, job: 1, at: [0, 10, 13, 100, 105, 1000, 1010, 1030, 1031, 1032][i] * 1000, from: null, to, detail: null }),
  );
  expect(secondsOfWork(row)).toBe(3 + 5 + 20 + 1 + 1);
});
