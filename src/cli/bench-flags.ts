import os from 'node:os';
import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { CaseChoice, RunOptions } from '../evaluate/run-cases.js';
import type { Context } from './context.js';

/** What every benchmark can be told. */
export interface BenchFlags {
  readonly clips?: string;
  readonly seed: string;
  readonly programmes?: number;
  readonly only?: string;
  readonly json?: string;
  readonly keep?: string;
  readonly work?: string;
  readonly quick?: boolean;
  readonly quiet?: boolean;
}

/** Adds the options that every benchmark has. @param quick programmes of a quick run */
export const withBenchFlags = (command: Command, quick: number): Command =>
  command
    .option('--clips <folder>', 'make programmes from these clean clips too')
    .option('--seed <word>', 'makes other programmes', '1')
    .option('--programmes <n>', 'only the first n programmes', wholeNumber)
    .option('--only <name>', 'only programmes of this kind, or whose name begins with this or has it as a part')
    .option('--quick', `the first ${quick} programmes`)
    .option('--json <file>', 'write all results to a file')
    .option('--keep <folder>', 'leave the programmes there, each with its truth, its mask and its clean picture')
    .option('--work <folder>', 'where rendered scenes are kept for the next run')
    .option('-q, --quiet', 'no progress');

/** What the flags say about a run. @param quick programmes of a quick run */
export const runOf = (flags: BenchFlags, { terminal, signal, env }: Context, quick: number): CaseChoice & RunOptions => ({
  seed: flags.seed,
  clips: flags.clips,
  programmes: flags.programmes ?? (flags.quick ? quick : undefined),
  only: flags.only,
  takes: path.resolve(flags.work ?? path.join(env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'textless', 'scenes')),
  keep: flags.keep === undefined ? undefined : path.resolve(flags.keep),
  signal,
  onTake: (name, left) => terminal.note(`rendering ${name}, ${left} to go`),
  onProgress: (name, progress) => terminal.progress(name, progress),
});

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
}
