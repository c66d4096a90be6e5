import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Check } from '../../src/operator/setup/check.js';
import { fileSystemOf } from '../../src/operator/setup/file-system.js';
import { lookAtEvents } from '../../src/operator/setup/places.js';
import { examineSetUp } from '../../src/operator/setup/set-up.js';
import type { Watch } from '../../src/service/configuration/watch.js';
import { own } from '../../src/service/ownership.js';
import { ledgerFile } from '../../src/service/service.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { place } from './support.js';

const folder = temporaryFolder('set-up');
let places = 0;
const made = (more: object = {}): ReturnType<typeof place> => place(path.join(folder, String(++places)), more);

const answers = async (watch: Watch, env: Record<string, string> = {}): Promise<Record<string, Check>> =>
  Object.fromEntries((await examineSetUp(watch, env)).map((c) => [c.name, c]));

it('a set-up in order says so, and nothing is left behind', async () => {
  const { watch, ledger } = await made();
  ledger.close();
  const found = await answers(watch);
  expect(Object.values(found).filter((c) => !c.ok)).toEqual([]);
  expect(found['ledger'].says).toBe('version 2, whole, 0 jobs');
  expect(found['service']).toMatchObject({ ok: true, advice: true, says: 'does not run: textless watch' });
  expect(found['folder main'].says).toMatch(/^in: .+, out: .+, hold: .+, failed: .+, archive: /);
  for (const f of [watch.folders[0].in, watch.folders[0].out]) expect(readdirSync(f)).toEqual([]);
});

it('folders beside the configuration will be made, others that are missing may be shares that are not mounted', async () => {
  const away = path.join(folder, 'away');
  const { watch, ledger } = await place(path.join(folder, 'shares'), {}, [{ name: 'main', in: 'in', out: away }]);
  ledger.close();
  rmSync(watch.folders[0].in, { recursive: true });
  rmSync(away, { recursive: true });
  expect((await answers(watch))['folder main']).toEqual({
    name: 'folder main',
    ok: false,
    says: `${away} is not there: is the share mounted?`,
  });
  mkdirSync(away);
  expect((await answers(watch))['folder main']).toMatchObject({
    ok: true,
    says: expect.stringMatching(/^in: will be made, out: /) as string,
  });
  rmSync(away, { recursive: true });
  writeFileSync(away, '');
  expect((await answers(watch))['folder main']).toMatchObject({ ok: false, says: `${away} is not a folder.` });
});

it('a place on which nobody can write is named', async () => {
  const { watch, ledger } = await made();
  ledger.close();
  const [one] = watch.folders;
  const unwritable = { ...watch, folders: [{ ...one, out: '/proc' }] };
  expect((await answers(unwritable))['folder main']).toMatchObject({ ok: false, says: expect.stringMatching(/^\/proc cannot be written/) as string }); // prettier-ignore
});

it('file systems are told by their numbers, signed or not', () => {
  expect(fileSystemOf(0x6969)).toEqual({ name: 'NFS', network: true, fleeting: false });
  expect(fileSystemOf(0xff534d42)).toMatchObject({ name: 'CIFS', network: true });
  expect(fileSystemOf(0xff534d42 | 0)).toMatchObject({ name: 'CIFS', network: true });
  expect(fileSystemOf(0xef53)).toMatchObject({ name: 'ext4', network: false });
  expect(fileSystemOf(0x01021994)).toMatchObject({ fleeting: true });
  expect(fileSystemOf(12)).toBeUndefined();
});

it('a damaged ledger, one of another version, and one that was put aside are told apart', async () => {
  const { watch, ledger } = await made();
  ledger.close();
  const file = ledgerFile(watch);
  writeFileSync(`${file}.damaged-123`, '');
  expect((await answers(watch))['ledger']).toMatchObject({ ok: true, advice: true, says: 'version 2, whole, 0 jobs; put aside as damaged: ledger.sqlite.damaged-123' }); // prettier-ignore
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  expect((await answers(watch))['ledger'].says).toMatch(/^none yet: the service makes it/);
  writeFileSync(file, 'not a ledger at all, '.repeat(500));
  expect((await answers(watch))['ledger']).toMatchObject({ ok: false, says: `The ledger ${file} is damaged; the service puts it aside when it starts next.` }); // prettier-ignore
});

it('a disk that has less than its reserve stops work, and is named', async () => {
  const { watch, ledger } = await made();
  ledger.close();
  expect((await answers({ ...watch, disk: { reserve: 0.9999999 } }))['room']).toMatchObject({
    ok: false,
    says: expect.stringMatching(/less than the reserve of .* no work begins/) as string,
  });
});

it('the port of the metrics is free, taken, or given by the service that runs', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { watch, ledger } = await made({ metrics: { port } });
  expect((await answers(watch))['metrics']).toMatchObject({ ok: false, says: `Port ${port} of 127.0.0.1 cannot be had (EADDRINUSE).` });
  await new Promise((resolve) => server.close(resolve));
  expect((await answers(watch))['metrics']).toMatchObject({ ok: true, says: `port ${port} is free` });
  own(ledger);
  expect((await answers(watch))['metrics']).toMatchObject({ ok: true, advice: true });
  const metrics = http.createServer((_, response) => response.end('textless_up 1\n'));
  await new Promise<void>((resolve) => metrics.listen(port, '127.0.0.1', resolve));
  expect((await answers(watch))['metrics']).toEqual({ name: 'metrics', ok: true, says: `given on port ${port}` });
  metrics.closeAllConnections();
  metrics.close();
  ledger.close();
});

it('a service that runs is named, and one that has gone silent is wrong', async () => {
  const { watch, ledger } = await made();
  own(ledger);
  ledger.setFact('intake', JSON.stringify({ at: Date.now(), lacks: null, folders: [] }));
  expect((await answers(watch))['service']).toMatchObject({ ok: true, says: expect.stringContaining(`process ${process.pid}`) as string });
  ledger.setFact('intake', JSON.stringify({ at: Date.now() - 90_000, lacks: null, folders: [] }));
  expect((await answers(watch))['service']).toMatchObject({ ok: false, says: expect.stringMatching(/said nothing for (89|9\d) seconds/) as string }); // prettier-ignore
  ledger.close();
});

it('hooks want their secrets', async () => {
  const { watch, ledger } = await made({ hooks: [{ url: 'https://mam.example.org/a', secret: 'HOOK_KEY' }] });
  ledger.close();
  expect((await answers(watch))['hooks']).toMatchObject({ ok: false, says: expect.stringContaining('HOOK_KEY is not set') as string });
  expect((await answers(watch, { HOOK_KEY: 'x' }))['hooks']).toMatchObject({ ok: true, says: '1 with their secrets' });
});

it('too few watches of the system are an advice', async () => {
  const { watch, ledger } = await made();
  ledger.close();
  const limits = path.join(folder, 'limits');
  mkdirSync(limits);
  const set = (watches: number): void => {
    writeFileSync(path.join(limits, 'max_user_watches'), `${watches}\n`);
    writeFileSync(path.join(limits, 'max_user_instances'), '128\n');
  };
  set(20);
  expect(await lookAtEvents(watch, limits)).toMatchObject({ says: expect.stringMatching(/^20 watches .*polling: always/) as string });
  set(524_288);
  expect(await lookAtEvents(watch, limits)).toMatch(/^524288 watches and 128 instances of inotify, about 1 wanted$/);
});
