import path from 'node:path';
import type { Case } from '../programmes/case.js';
import { chooseCases, runTasks, takesOf, type CaseChoice, type Place, type RunOptions, type Task } from '../run-cases.js';
import type { FillResult } from './fill-programme.js';

export interface FillBenchmarkOptions extends CaseChoice, RunOptions {
  /** Folder of the restoring network. */
  readonly modelFolder: string;
  /** Case folders to be filled instead of programmes of our own. */
  readonly cases?: readonly string[] | undefined;
  readonly onCase?: ((result: FillResult, done: number, total: number) => void) | undefined;
}

/**
 * Makes programmes with marks and a known truth, and fills them by every method, given the true masks: only the fill is judged.
 * @throws TextlessError `TEXTLESS_USAGE` when nothing is left to do, and what a programme failed of
 */
export async function runFillBenchmark(options: FillBenchmarkOptions): Promise<FillResult[]> {
  const { modelFolder, cases = [], onCase } = options;
  const task = (name: string, programme: Parameters<typeof job>[0], takes: readonly string[]): Task<'fill'> => ({
    name,
    takes,
    job: job(programme, modelFolder),
  });
  const given = cases.map((folder) => task(path.basename(folder), { folder: path.resolve(folder) }, []));
  const made = given.length ? [] : await chooseCases(options, withMarks);
  const tasks = [...given, ...made.map((programme) => task(programme.name, programme, takesOf(programme)))];
  return runTasks<'fill'>(tasks, { ...options, onResult: onCase });
}

/** Programmes of a kind stand ten apart in the list, those of a camera twenty together. With every seventh first, then every seventh from the fourth on, both are mixed. */
const STRIDE = 7;
const PASSES = 5;

/** The programmes that have marks, in an order in which the first ten hold every group, and the first fifteen every camera. */
export function withMarks(cases: readonly Case[]): Case[] {
  const marked = cases.filter(({ group }) => group !== 'clean' && group !== 'scene-text');
  const pass = (i: number): number => (PASSES * i) % STRIDE;
  return marked
    .map((c, i) => ({ c, at: pass(i) * marked.length + i }))
    .sort((a, b) => a.at - b.at)
    .map(({ c }) => c);
}

type FillJob = ReturnType<Task<'fill'>['job']>;
const job =
  (programme: FillJob['programme'], modelFolder: string) =>
  (place: Place): FillJob => ({ kind: 'fill', programme, modelFolder, ...place });
