import type { Pipeline } from '../plan/pipeline.js';
import { chooseCases, runTasks, takesOf, type CaseChoice, type Place, type RunOptions } from './run-cases.js';
import type { CaseResult } from './run-case.js';

export interface BenchmarkOptions extends CaseChoice, RunOptions {
  readonly pipeline: Pipeline;
  /** Folder of the perception network. */
  readonly perceptionFolder?: string | undefined;
  readonly onCase?: ((result: CaseResult, done: number, total: number) => void) | undefined;
}

/**
 * Makes programmes with a known truth, scans and scores each.
 * @throws TextlessError `TEXTLESS_USAGE` when nothing is left to do, and what a programme failed of
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<CaseResult[]> {
  const { pipeline, perceptionFolder, onCase } = options;
  const tasks = (await chooseCases(options)).map((programme) => ({
    name: programme.name,
    takes: takesOf(programme),
    job: (place: Place) => ({ kind: 'case' as const, programme, pipeline, perceptionFolder, ...place }),
  }));
  return runTasks<'case'>(tasks, { ...options, onResult: onCase });
}
