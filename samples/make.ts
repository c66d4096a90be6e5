/**
 * Makes the sample programmes with their truth: `npx tsx samples/make.ts [--out DIR] [--only NAME]`.
 * Needs ffmpeg with libx264 on the PATH, and no fonts. Two programmes are made at a time, each in a process of its own.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeProgramme } from './encode.js';
import { lengthOf, PROGRAMMES } from './programmes.js';

const WIDTH = 640;
const HEIGHT = 360;
const names = PROGRAMMES.map((programme) => programme.name);

function options(): { out: string; only: string | undefined } {
  const { values } = parseArgs({ options: { out: { type: 'string' }, only: { type: 'string' } } });
  if (values.only !== undefined && !names.includes(values.only)) throw new Error(`--only must be one of ${names.join(', ')}`);
  return { out: path.resolve(values.out ?? fileURLToPath(new URL('out', import.meta.url))), only: values.only };
}

async function makeOne(name: string, out: string, signal: AbortSignal): Promise<void> {
  const programme = PROGRAMMES.find((p) => p.name === name)!;
  const begun = performance.now();
  const folder = await makeProgramme(programme, out, WIDTH, HEIGHT, signal);
  console.log(`${folder}: ${lengthOf(programme)} frames in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

/** Makes all of them, as many at a time as there are processors, at most two: a third would only wait for the encoders. */
async function makeAll(out: string, signal: AbortSignal): Promise<void> {
  const left = [...names];
  const work = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await inProcess(name, out, signal);
  };
  const failed = (await Promise.allSettled(Array.from({ length: Math.min(2, availableParallelism()) }, work))).find(
    (r) => r.status === 'rejected',
  );
  if (failed) throw failed.reason;
}

async function inProcess(name: string, out: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = fork(fileURLToPath(import.meta.url), ['--only', name, '--out', out]);
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (status !== 0) throw new Error(`${name} could not be made`);
}

const stopped = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopped.abort(new Error('Stopped.')));
try {
  const { out, only } = options();
  await (only === undefined ? makeAll(out, stopped.signal) : makeOne(only, out, stopped.signal));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
