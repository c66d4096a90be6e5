import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Ledger } from '../../src/service/ledger/ledger.js';
import { ffmpeg } from '../fixtures/programmes.js';
import { fillDisk } from './full-disk.js';

export interface CrashOptions {
  /** An empty folder for everything. */
  readonly folder: string;
  readonly programmes: number;
  readonly kills: number;
  /** Share of the writes that fail. */
  readonly faults: number;
  /** The out-folder of the disturbed run, for another file system. */
  readonly out?: string | undefined;
  readonly seed: number;
  /** Seconds that the service lives at most before it is killed. */
  readonly longest: number;
  /** Whether the file system that `folder` is on, which must be small and nobody else's, is filled to its end in every third life, at some moment. */
  readonly full?: boolean;
  readonly say?: (line: string) => void;
}

export interface CrashReport {
  readonly programmes: number;
  readonly kills: number;
  /** Those of the kills before which not everything had been delivered. */
  readonly early: number;
  readonly delivered: number;
  /** Chunks restored, and those of them that had been restored before. */
  readonly chunks: number;
  readonly again: number;
  readonly seconds: { readonly undisturbed: number; readonly disturbed: number };
  /** Everything that must not be: a sentence each. */
  readonly wrong: readonly string[];
}

/** Numbers 0 … 1 that are the same in every run (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So different that everybody sees a cut. */
const LOOKS = ['', ',negate', ',hflip,hue=h=150:b=-2'] as const;

/** Three shots of a second under a test card in the corner; each programme shows other parts of the same picture. */
export function threeShots(file: string, n: number): void {
  const shot = (k: number): string =>
    `mandelbrot=s=320x180:r=25:start_scale=${(3 - 0.6 * k) * 0.97 ** n}:end_scale=0.05,trim=end_frame=20,setpts=PTS-STARTPTS${LOOKS[k]}[v${k}]`;
  const graph = `${[0, 1, 2].map(shot).join(';')};[v0][v1][v2]concat=n=3[v];smptebars=s=48x32:r=25[l];[v][l]overlay=W-w-16:12:shortest=1,format=yuv420p`;
  ffmpeg('-f', 'lavfi', '-i', graph, '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '14', '-threads', '1', file);
}

const PIPELINE = `version: 1
name: crash
description: Wipes a logo without asking anybody.
marks:
  logo: { action: wipe, minConfidence: 0, holdConfidence: 0 }
  score-bar: { action: wipe, minConfidence: 0, holdConfidence: 0 }
limits: { maxArea: 1, maxTogether: 1 }
restore: { network: false }
library: { use: false }
`;

/** A watch folder of its own. */
export function makeWatch(base: string, out = 'out', extra = ''): string {
  mkdirSync(path.join(base, 'in'), { recursive: true });
  writeFileSync(path.join(base, 'crash.yaml'), PIPELINE);
  const file = path.join(base, 'watch.yaml');
  const folder = `{ name: all, in: in, out: ${JSON.stringify(out)}, pipeline: ./crash.yaml, ready: { every: 0.2s, quiet: 0.6s, stale: 5s }, existing: refuse }`;
  writeFileSync(
    file,
    `version: 1\nfolders:\n  - ${folder}\njobs: { together: 2, pause: 0.2s, stall: 60s, grace: 5s, attempts: 20 }\ndisk: { reserve: 0 }\n${extra}`,
  );
  return file;
}

/** Starts the service, as it was built, as a person would. */
export function startWatch(
  config: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): ChildProcess & { words: () => string } {
  const argv = [path.resolve('dist/cli/main.js'), 'watch', '-c', config, '--log-level', 'debug', ...args];
  const child = spawn(process.execPath, argv, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TEXTLESS_CHUNK_FRAMES: '10', ...env },
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  return Object.assign(child, { words: () => words });
}

const over = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => (child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('close', () => resolve())));

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
const programmesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((n) => n.endsWith('.mp4') && !n.startsWith('.')) : [];

/** What is in the out-folder and should not be, against the undisturbed run. */
function faultsIn(out: string, expected: ReadonlyMap<string, string>): string[] {
  return programmesIn(out).flatMap((name) => {
    if (!expected.has(name)) return [`${name} was delivered and should not be there`];
    return digest(path.join(out, name)) === expected.get(name) ? [] : [`${name} differs from the undisturbed run`];
  });
}

/** See scripts/crash.ts. */
export async function crashRun(options: CrashOptions): Promise<CrashReport> {
  const { folder, programmes, kills, faults, seed, longest, full, say } = options;
  const random = dice(seed);
  const made = path.join(folder, 'made');
  mkdirSync(made);
  const names = Array.from({ length: programmes }, (_, n) => `programme-${n}.mp4`);
  names.forEach((name, n) => threeShots(path.join(made, name), n));
  const drop = (base: string): void => names.forEach((name) => copyFileSync(path.join(made, name), path.join(base, 'in', name)));

  const calm = path.join(folder, 'calm');
  const calmConfig = makeWatch(calm);
  drop(calm);
  let began = performance.now();
  const calmRun = startWatch(calmConfig, ['--once']);
  await over(calmRun);
  const undisturbed = (performance.now() - began) / 1000;
  const expected = new Map(programmesIn(path.join(calm, 'out')).map((n) => [n, digest(path.join(calm, 'out', n))]));
  const wrong: string[] = [];
  if (expected.size !== programmes)
    wrong.push(`the undisturbed run delivered ${expected.size} of ${programmes}: ${calmRun.words().slice(-2000)}`);
  if (new Set(expected.values()).size !== expected.size) wrong.push('two programmes have the same result: the trial proves nothing');
  say?.(`undisturbed: ${programmes} programmes in ${undisturbed.toFixed(0)} s`);

  const base = path.join(folder, 'killed');
  const out = options.out ?? path.join(base, 'out');
  const config = makeWatch(base, out);
  drop(base);
  const preload = new URL('./write-faults.mjs', import.meta.url).href;
  const env = (n: number): Record<string, string> =>
    faults ? { NODE_OPTIONS: `--import ${preload}`, TEXTLESS_TEST_FAULTS: `${faults} ${seed + n}` } : {};
  let words = '';
  let early = 0;
  began = performance.now();
  for (let n = 0; n < kills; n++) {
    const child = startWatch(config, [], env(n));
    const life = 1000 * (0.4 + random() * longest);
    const calmPart = full && n % 3 === 2 ? life * random() : life;
    await Promise.race([wait(calmPart), over(child)]);
    const free = calmPart < life ? fillDisk(folder) : undefined;
    if (free) await Promise.race([wait(life - calmPart), over(child)]);
    child.kill('SIGKILL');
    await over(child);
    free?.();
    words += child.words();
    if (programmesIn(out).length < programmes) early++;
    wrong.push(...faultsIn(out, expected));
    if (n % 10 === 9) say?.(`${n + 1} kills, ${programmesIn(out).length} delivered`);
  }
  const last = startWatch(config, ['--once']);
  await over(last);
  words += last.words();
  const disturbed = (performance.now() - began) / 1000;
  wrong.push(...faultsIn(out, expected), ...endFaults(base, out, names));
  const chunks = [...words.matchAll(/"job":(\d+),"chunk":(\d+)/g)].map((m) => `${m[1]} ${m[2]}`);
  const delivered = programmesIn(out).length;
  const again = chunks.length - new Set(chunks).size;
  return {
    programmes,
    kills,
    early,
    delivered,
    chunks: chunks.length,
    again,
    seconds: { undisturbed, disturbed },
    wrong: [...new Set(wrong)],
  };
}

/** What is not as it should be when everything is done. */
function endFaults(base: string, out: string, names: readonly string[]): string[] {
  const wrong: string[] = [];
  const ledger = Ledger.open(path.join(base, 'work', 'ledger.sqlite'));
  try {
    for (const name of names) {
      const jobs = ledger.find(name);
      const times = jobs.flatMap((j) => ledger.events(j.id)).filter((e) => e.to === 'delivered').length;
      if (times !== 1) wrong.push(`${name} was delivered ${times} times: ${jobs.map((j) => `${j.id} ${j.state} ${j.reason}`).join('; ')}`);
      if (!existsSync(path.join(base, 'archive', 'all', name))) wrong.push(`the source ${name} is not in the archive`);
    }
  } finally {
    ledger.close();
  }
  const left = readdirSync(out).filter((n) => n.includes('.partial'));
  if (left.length) wrong.push(`left in out: ${left.join(', ')}`);
  const work = readdirSync(path.join(base, 'work', 'jobs'));
  if (work.length) wrong.push(`left in work: ${work.join(', ')}`);
  if (programmesIn(path.join(base, 'in')).length) wrong.push('sources are left in in');
  return wrong;
}
