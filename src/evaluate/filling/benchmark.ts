import path from 'node:path';
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
  const made = given.length ? [] : await chooseCases(options, ({ group }) => group !== 'clean' && group !== 'scene-text');
  const tasks = [...given, ...made.map((programme) => task(programme.name, programme, takesOf(programme)))];
  return runTasks<'fill'>(tasks, { ...options, onResult: onCase });
}

type FillJob = ReturnType<Task<'fill'>['job']>;
const job =
  (programme: FillJob['programme'], modelFolder: string) =>
  (place: Place): FillJob => ({ kind: 'fill', programme, modelFolder, ...place });
