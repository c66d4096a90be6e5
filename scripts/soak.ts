/**
 * Drops many small programmes into one watched folder at once, and goes on dropping some into it and into a second one for a while; prints memory and open
 * handles of the service over that time, how long the second folder's files waited, and what was lost. Or fills a folder with entries that are done already and
 * measures how long a new one takes to be seen.
 *
 *   npm run build && npx tsx scripts/soak.ts --files 500 --minutes 30
 *   npm run build && npx tsx scripts/soak.ts --entries 100000
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Database from 'libsql';
import { Ledger } from '../src/service/ledger/ledger.js';

const { values } = parseArgs({
  options: { files: { type: 'string', default: '500' }, minutes: { type: 'string', default: '30' }, entries: { type: 'string' } },
});
const base = mkdtempSync(path.join(tmpdir(), 'textless-soak-'));
const seed = path.join(base, 'seed.mp4');
const ledgerFile = path.join(base, 'work', 'ledger.sqlite');
execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', seed]);
writeFileSync(path.join(base, 'quick.yaml'), 'version: 1\nname: quick\ndescription: Looks for no mark.\nmarks: {}\n');
const folder = (name: string): string =>
  `  - { name: ${name}, in: in-${name}, out: out-${name}, pipeline: ./quick.yaml, ready: { every: 2s, quiet: 4s } }\n`;
writeFileSync(
  path.join(base, 'watch.yaml'),
  `version: 1\nfolders:\n${folder('a')}${folder('b')}jobs: { together: 2 }\ndisk: { reserve: 0 }\n`,
);
for (const name of ['a', 'b']) mkdirSync(path.join(base, `in-${name}`));

/** A programme like the others with content of its own: an empty box at its end. */
function drop(name: string, file: string): void {
  const hidden = path.join(base, `in-${name}`, `.${file}.part`);
  copyFileSync(seed, hidden);
  const words = Buffer.from(`${name} ${file}`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + words.length);
  head.write('free', 4);
  appendFileSync(hidden, Buffer.concat([head, words]));
  execFileSync('mv', [hidden, path.join(base, `in-${name}`, file)]);
}

function start(): ChildProcess {
  return spawn(process.execPath, ['dist/cli/main.js', 'watch', '-c', path.join(base, 'watch.yaml'), '--log-level', 'warn'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Resident memory in MiB and open handles. */
function vitals({ pid }: ChildProcess): { mib: number; handles: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { mib: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024), handles: readdirSync(`/proc/${pid}/fd`).length };
}

async function soak(files: number, minutes: number): Promise<object> {
  for (let n = 0; n < files; n++) drop('a', `${n}.mp4`);
  const service = start();
  const began = performance.now();
  const samples: { minute: number; mib: number; handles: number; done: number }[] = [];
  let dropped = 0;
  for (;;) {
    await wait(15_000);
    const minute = (performance.now() - began) / 60_000;
    if (minute < minutes) {
      drop('a', `late-${dropped}.mp4`);
      drop('b', `late-${dropped++}.mp4`);
    }
    const done = readdirSync(path.join(base, 'archive', 'a')).length + readdirSync(path.join(base, 'archive', 'b')).length;
    samples.push({ minute: Math.round(10 * minute) / 10, ...vitals(service), done });
    if (minute >= minutes && done >= files + 2 * dropped) break;
    if (minute > minutes + 120) break;
  }
  service.kill('SIGTERM');
  await new Promise((resolve) => service.once('close', resolve));
  const ledger = Ledger.open(ledgerFile);
  const jobs = ledger.in(['done']);
  const waited = (name: string): number[] => jobs.filter((j) => j.folder === name && j.name.startsWith('late')).map((j) => (j.finished! - j.created) / 1000).sort((x, y) => x - y); // prettier-ignore
  const middle = (all: number[]): number => Math.round(all[all.length >> 1] ?? 0);
  const every = Math.max(1, Math.floor(samples.length / 12));
  const result = { files: files + 2 * dropped, done: jobs.length, lost: files + 2 * dropped - jobs.length, medianWait: { a: middle(waited('a')), b: middle(waited('b')) }, most: { mib: Math.max(...samples.map((s) => s.mib)), handles: Math.max(...samples.map((s) => s.handles)) }, samples: samples.filter((_, i) => i % every === 0) }; // prettier-ignore
  ledger.close();
  return result;
}

async function manyEntries(entries: number): Promise<object> {
  const at = path.join(base, 'in-a');
  Ledger.open(ledgerFile).close();
  const db = new Database(ledgerFile);
  db.exec('BEGIN');
  const add = db.prepare(
    "INSERT INTO job (folder, name, source, size, mtime, inode, pipeline, state, created, updated) VALUES ('a', ?, ?, ?, ?, '0', 'quick', 'done', 0, 0)",
  );
  for (let n = 0; n < entries; n++) {
    const file = path.join(at, `${n}.mp4`);
    writeFileSync(file, '');
    add.run(`${n}.mp4`, file, 0, statSync(file).mtimeMs);
  }
  db.exec('COMMIT');
  db.close();
  const service = start();
  await wait(30_000);
  const found: number[] = [];
  for (let k = 0; k < 5; k++) {
    drop('a', `new-${k}.mp4`);
    const began = performance.now();
    const ledger = Ledger.open(ledgerFile);
    while (!ledger.find(`new-${k}.mp4`).length && performance.now() - began < 120_000) await wait(50);
    ledger.close();
    found.push(Math.round((performance.now() - began) / 100) / 10);
  }
  const { mib, handles } = vitals(service);
  service.kill('SIGTERM');
  await new Promise((resolve) => service.once('close', resolve));
  return { entries, secondsUntilQueued: found, ofThemQuiet: 4, mib, handles };
}

console.log(
  JSON.stringify(
    values.entries ? await manyEntries(Number(values.entries)) : await soak(Number(values.files), Number(values.minutes)),
    null,
    2,
  ),
);
