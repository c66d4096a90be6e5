import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import { TextlessError } from '../core/errors.js';
import type { Progress } from '../core/progress.js';
import { tools, type ToolPaths } from '../media/tools.js';
import { readClips } from './clips.js';
import type { Job, Results } from './messages.js';
import type { Case } from './programmes/case.js';
import { planCases } from './programmes/plan-cases.js';
import { isRendered } from './scenes/takes.js';
import { inWorker } from './worker-process.js';

/** Which programmes a benchmark makes, and who is told. */
export interface CaseChoice {
  readonly seed: string;
  /** A folder of clean clips to make programmes from, beside our own scenes. */
  readonly clips?: string | undefined;
  /** At most so many programmes; all when absent. */
  readonly programmes?: number | undefined;
  /** Only programmes of this group, or whose name begins with this or has it as a part. */
  readonly only?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where programmes are made, and who is told. */
export interface RunOptions {
  /** Where rendered takes are kept for the next run. */
  readonly takes: string;
  /** Leaves the programmes with their truth in this folder. */
  readonly keep?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told what is going on: `name` of a take or programme. */
  readonly onProgress?: ((name: string, progress: Progress) => void) | undefined;
  readonly onTake?: ((name: string, left: number) => void) | undefined;
}

/** What a worker needs beside its programme. */
export interface Place {
  readonly takes: string;
  /** Where programmes are made. */
  readonly work: string;
  readonly keep: boolean;
  readonly tools: ToolPaths;
}

/** One thing to do in a process of its own. */
export interface Task<K extends 'case' | 'fill'> {
  readonly name: string;
  /** Takes that must be there. */
  readonly takes: readonly string[];
  readonly job: (place: Place) => Extract<Job, { kind: K }>;
}

/** The takes that a programme is made from. */
export const takesOf = ({ shots }: Case): string[] => shots.flatMap(({ source }) => ('take' in source ? [source.take] : []));

/**
 * The programmes of a run: the first `programmes` of those that `only` names.
 * @param arrange leaves programmes out of the list of all, or puts them in another order
 * @throws TextlessError `TEXTLESS_USAGE` when there is none
 */
export async function chooseCases(choice: CaseChoice, arrange: (cases: Case[]) => Case[] = (cases) => cases): Promise<Case[]> {
  const { seed, only, programmes, signal } = choice;
  const cases = arrange(planCases({ seed, clips: choice.clips ? await readClips(choice.clips, signal) : [] }));
  const named = only ? cases.filter((c) => c.group === only || c.name.startsWith(only) || c.name.split('-').includes(only)) : cases;
  if (named.length) return named.slice(0, programmes ?? named.length);
  const sentence = `There is no programme or kind ${only ?? ''} in the benchmark.`;
  throw new TextlessError('TEXTLESS_USAGE', sentence, cases.map((c) => c.name).join('\n'));
}

type Guard = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Does every task in a process of its own, two at a time where there are two cores; scenes are rendered before. Programmes are removed when they are scored, so the disk holds two at most.
 * @throws TextlessError what the first task failed of, once every process is gone
 */
export async function runTasks<K extends 'case' | 'fill'>(
  tasks: readonly Task<K>[],
  options: RunOptions & { readonly onResult?: ((result: Results[K], done: number, total: number) => void) | undefined },
): Promise<Results[K][]> {
  const { signal, keep, takes } = options;
  const work = keep ?? (await mkdtemp(path.join(tmpdir(), 'textless-bench-')));
  if (keep) await mkdir(keep, { recursive: true });
  const failing = new AbortController();
  const either = signal ? AbortSignal.any([signal, failing.signal]) : failing.signal;
  // The first failure ends all others, and is the one that is told.
  const limit = pLimit(Math.min(2, availableParallelism()));
  const guard: Guard = (task) =>
    limit(async () => {
      try {
        return await task();
      } catch (error) {
        failing.abort(error);
        throw error;
      }
    });
  const place = { takes, work, keep: keep !== undefined, tools: await tools() };
  let done = 0;
  try {
    await renderTakes(new Set(tasks.flatMap((t) => t.takes)), place, options, guard, either);
    return await settleAll(
      tasks.map(({ name, job }) =>
        guard(async () => {
          const result = await inWorker<K>(job(place), either, (progress) => options.onProgress?.(name, progress));
          options.onResult?.(result, ++done, tasks.length);
          return result;
        }),
      ),
    );
  } finally {
    failing.abort();
    if (!keep) await rm(work, { recursive: true, force: true });
  }
}

async function renderTakes(
  wanted: ReadonlySet<string>,
  { takes, tools: paths }: Place,
  { onTake }: RunOptions,
  guard: Guard,
  signal: AbortSignal,
): Promise<void> {
  const missing: string[] = [];
  for (const name of wanted) if (!(await isRendered(takes, name))) missing.push(name);
  let left = missing.length;
  await settleAll(
    missing.map((name) =>
      guard(async () => {
        onTake?.(name, left--);
        await inWorker<'take'>({ kind: 'take', name, takes, tools: paths }, signal);
      }),
    ),
  );
}

/** All results once every task has ended; the first failure is thrown only then, so that nothing is left running. */
async function settleAll<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(tasks);
  const failures = settled.flatMap((s) => (s.status === 'rejected' ? [s.reason as unknown] : []));
  const telling = failures.find((e) => !(e instanceof TextlessError && e.code === 'TEXTLESS_CANCELLED')) ?? failures[0];
  if (failures.length) throw telling;
  return settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : []));
}
