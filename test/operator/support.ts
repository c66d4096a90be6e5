import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { stringify } from 'yaml';
import { loadWatch, type Watch } from '../../src/service/configuration/watch.js';
import { Ledger } from '../../src/service/ledger/ledger.js';
import type { Job, JobChange } from '../../src/service/ledger/job.js';
import type { State } from '../../src/service/ledger/states.js';
import { ledgerFile } from '../../src/service/service.js';

export const builtInFolder = fileURLToPath(new URL('../../pipelines', import.meta.url));

export interface Place {
  readonly watch: Watch;
  readonly ledger: Ledger;
  readonly config: string;
}

/** A configuration in a folder of its own, its folders, and an empty ledger. */
export async function place(base: string, more: object = {}, folders: object[] = [{ name: 'main', in: 'in', out: 'out' }]): Promise<Place> {
  mkdirSync(base, { recursive: true });
  const config = path.join(base, 'watch.yaml');
  writeFileSync(config, stringify({ version: 1, folders, ...more }));
  const watch = await loadWatch(config, { builtInFolder });
  for (const f of watch.folders) for (const at of [f.in, f.out, f.hold, f.failed, f.archive]) mkdirSync(at, { recursive: true });
  return { watch, config, ledger: Ledger.open(ledgerFile(watch)) };
}

/** A file in an in-folder, taken in as a job. */
export function arrived({ watch, ledger }: Place, name: string, content = 'a programme', folder = watch.folders[0].name): Job {
  const source = path.join(watch.folders.find((f) => f.name === folder)!.in, name);
  mkdirSync(path.dirname(source), { recursive: true });
  writeFileSync(source, content);
  const { size, mtimeMs: mtime, ino } = statSync(source);
  return ledger.add({ folder, name, source, size, mtime, inode: String(ino), pipeline: 'clean-feed', priority: 0 })!;
}

/** Leads a job along a row of states. */
export function along(ledger: Ledger, { id }: Job, states: readonly State[], change: JobChange = {}): Job {
  return states.map((state, i) => ledger.move(id, state, i === states.length - 1 ? change : {})).at(-1)!;
}

export const HELD: JobChange = { code: 'TEXTLESS_HELD', reason: '1 of 2 marks need a decision: logo.', detail: 'logo-1: it stands still' };

/** A log whose lines can be read. */
export function logged(): { log: pino.Logger; lines: { level: number; msg: string; [key: string]: unknown }[] } {
  const lines: { level: number; msg: string }[] = [];
  return { log: pino({ level: 'debug', base: null }, { write: (line: string) => lines.push(JSON.parse(line) as never) }), lines };
}

export interface Receiver {
  readonly url: string;
  readonly got: { body: string; headers: IncomingMessage['headers'] }[];
  /** How messages are answered. */
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
}

/** A receiver of messages on this machine. */
export async function receiver(port = 0): Promise<Receiver> {
  const got: Receiver['got'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      got.push({ body, headers: request.headers });
      self.answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const self: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/textless`,
    got,
    answer: (response) => response.writeHead(204).end(),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return self;
}

/** Waits until something is so. */
export async function until(is: () => boolean | Promise<boolean>, patience = 120_000): Promise<void> {
  const end = Date.now() + patience;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`it did not come to be: ${is.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
