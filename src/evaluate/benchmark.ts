import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import { TextlessError } from '../core/errors.js';
import type { Progress } from '../core/progress.js';
import { tools } from '../media/tools.js';
import type { Pipeline } from '../plan/pipeline.js';
import { readClips } from './clips.js';
import type { Case } from './programmes/case.js';
import { planCases } from './programmes/plan-cases.js';
import type { CaseResult } from './run-case.js';
import { isRendered } from './scenes/takes.js';
import { inWorker } from './worker-process.js';

export interface BenchmarkOptions {
  readonly pipeline: Pipeline;
  /** Folder of the perception network. */
  readonly perceptionFolder?: string | undefined;
  readonly seed: string;
  /** A folder of clean clips to make programmes from, beside our own scenes. */
  readonly clips?: string | undefined;
  /** At most so many programmes; all when absent. */
  readonly programmes?: number | undefined;
  /** Only programmes of this group, or whose name begins with this or has it as a part. */
  readonly only?: string | undefined;
  /** Where rendered takes are kept for the next run. */
  readonly takes: string;
  /** Leaves the programmes with their truth in this folder. */
  readonly keep?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told what is going on: `name` of a take or programme. */
  readonly onProgress?: ((name: string, progress: Progress) => void) | undefined;
  readonly onTake?: ((name: string, left: number) => void) | undefined;
  readonly onCase?: ((result: CaseResult, done: number, total: number) => void) | undefined;
}

/**
 * Makes programmes with a known truth, scans and scores each. Two are worked on at a time where there are two cores; each is removed when
 * it is scored, so the disk holds two at most.
 * @throws TextlessError `TEXTLESS_USAGE` when nothing is left to do, and what a programme failed of
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<CaseResult[]> {
  const { signal, keep } = options;
  const cases = choose(planCases({ seed: options.seed, clips: options.clips ? await readClips(options.clips, signal) : [] }), options);
  const work = keep ?? (await mkdtemp(path.join(tmpdir(), 'textless-bench-')));
  if (keep) await mkdir(keep, { recursive: true });
  const failing = new AbortController();
  const either = signal ? AbortSignal.any([signal, failing.signal]) : failing.signal;
  // The first failure ends all others, and is the one that is told.
  const limit = pLimit(Math.min(2, availableParallelism()));
  const guard = <T>(task: () => Promise<T>): Promise<T> =>
    limit(async () => {
      try {
        return await task();
      } catch (error) {
        failing.abort(error);
        throw error;
      }
    });
  try {
    await renderTakes(cases, options, guard, either);
    return await scanAll(cases, { ...options, work }, guard, either);
  } finally {
    failing.abort();
    if (!keep) await rm(work, { recursive: true, force: true });
  }
}

type Guard = <T>(task: () => Promise<T>) => Promise<T>;

/** The first `programmes` of those that `only` names. */
function choose(cases: readonly Case[], { only, programmes }: BenchmarkOptions): Case[] {
  const named = only ? cases.filter((c) => c.group === only || c.name.startsWith(only) || c.name.split('-').includes(only)) : cases;
  if (!named.length)
    throw new TextlessError(
      'TEXTLESS_USAGE',
      `There is no programme or kind ${only ?? ''} in the benchmark.`,
      cases.map((c) => c.name).join('\n'),
    );
  return named.slice(0, programmes ?? named.length);
}

async function renderTakes(cases: readonly Case[], { takes, onTake }: BenchmarkOptions, guard: Guard, signal: AbortSignal): Promise<void> {
  const wanted = new Set(cases.flatMap((c) => c.shots.flatMap(({ source }) => ('take' in source ? [source.take] : []))));
  const missing: string[] = [];
  for (const name of wanted) if (!(await isRendered(takes, name))) missing.push(name);
  let left = missing.length;
  const paths = await tools();
  await settleAll(
    missing.map((name) =>
      guard(async () => {
        onTake?.(name, left--);
        await inWorker({ kind: 'take', name, takes, tools: paths }, signal);
      }),
    ),
  );
}

async function scanAll(
  cases: readonly Case[],
  options: BenchmarkOptions & { work: string },
  guard: Guard,
  signal: AbortSignal,
): Promise<CaseResult[]> {
  const { pipeline, perceptionFolder, takes, work, onProgress, onCase } = options;
  const paths = await tools();
  let done = 0;
  const results = await settleAll(
    cases.map((programme) =>
      guard(async () => {
        const job = {
          kind: 'case' as const,
          programme,
          pipeline,
          perceptionFolder,
          takes,
          work,
          keep: options.keep !== undefined,
          tools: paths,
        };
        const result = await inWorker(job, signal, (progress) => onProgress?.(programme.name, progress));
        if (!result) throw new RangeError('a programme without a result');
        onCase?.(result, ++done, cases.length);
        return result;
      }),
    ),
  );
  return results;
}

/** All results once every task has ended; the first failure is thrown only then, so that nothing is left running. */
async function settleAll<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(tasks);
  const failures = settled.flatMap((s) => (s.status === 'rejected' ? [s.reason as unknown] : []));
  const telling = failures.find((e) => !(e instanceof TextlessError && e.code === 'TEXTLESS_CANCELLED')) ?? failures[0];
  if (failures.length) throw telling;
  return settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : []));
}
