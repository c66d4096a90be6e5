import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { runBenchmark } from '../evaluate/benchmark.js';
import { summarise } from '../evaluate/summary.js';
import { summaryText } from '../evaluate/summary-text.js';
import type { CaseResult } from '../evaluate/run-case.js';
import { loadPipeline } from '../plan/pipeline.js';
import type { Context, Done, OpenContext } from './context.js';
import { packageVersion, perceptionFolder, pipelineFolder } from './installation.js';

interface DetectFlags {
  readonly clips?: string;
  readonly seed: string;
  readonly programmes?: number;
  readonly only?: string;
  readonly json?: string;
  readonly keep?: string;
  readonly work?: string;
  readonly pipeline: string;
  readonly quick?: boolean;
  readonly quiet?: boolean;
}

/** Programmes of a quick run: every group twice, and some without marks. */
const QUICK = 24;

const HELP = `
Programmes are made from our own scenes, which are rendered once and kept (--work), and with --clips from a folder of clean
clips: single shots of 2 to 10 seconds, 240 to 1080 lines. Everything follows from the seed. docs/benchmark.md explains the figures.

Examples:
  $ textless bench detect                                  all programmes from our own scenes
  $ textless bench detect --quick                          a first look in a few minutes
  $ textless bench detect --clips footage/ --json out.json
  $ textless bench detect --only ticker --keep cases/      only tickers; the programmes stay, with their truth
  $ textless bench detect --only bug-pan-many-28 --keep cases/
  $ textless bench detect --clips footage/ --only footage  only those made from the clips`;

/** `textless bench detect` */
export function benchCommand(open: OpenContext, done: Done): Command {
  return new Command('bench')
    .description('measure the program against programmes whose truth is known')
    .addCommand(detectCommand(open, done));
}

function detectCommand(open: OpenContext, done: Done): Command {
  return new Command('detect')
    .description('measure how well marks are found: recall, precision, masks, spans, false alarms, speed')
    .option('--clips <folder>', 'make programmes from these clean clips too')
    .option('--seed <word>', 'makes other programmes', '1')
    .option('--programmes <n>', 'only the first n programmes', wholeNumber)
    .option('--only <name>', 'only programmes of this kind, or whose name begins with this or has it as a part')
    .option('--quick', `the first ${QUICK} programmes`)
    .option('--json <file>', 'write all results to a file')
    .option('--keep <folder>', 'leave the programmes there, each with its truth, its mask and its clean picture')
    .option('--work <folder>', 'where rendered scenes are kept for the next run')
    .option('-p, --pipeline <name>', 'pipeline whose rules decide', 'clean-feed')
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', HELP)
    .action(async (flags: DetectFlags) => {
      await detect(flags, open({ quiet: Boolean(flags.quiet) }));
      done(0);
    });
}

async function detect(flags: DetectFlags, { terminal, signal, env }: Context): Promise<void> {
  const results = await runBenchmark({
    perceptionFolder,
    pipeline: await loadPipeline(flags.pipeline, { builtInFolder: pipelineFolder }),
    seed: flags.seed,
    clips: flags.clips,
    programmes: flags.programmes ?? (flags.quick ? QUICK : undefined),
    only: flags.only,
    takes: path.resolve(flags.work ?? path.join(env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'textless', 'scenes')),
    keep: flags.keep === undefined ? undefined : path.resolve(flags.keep),
    signal,
    onTake: (name, left) => terminal.note(`rendering ${name}, ${left} to go`),
    onProgress: (name, progress) => terminal.progress(name, progress),
    onCase: (result, n, total) => terminal.note(`${n}/${total} ${caseLine(result)}`),
  });
  terminal.clear();
  const summary = summarise(results);
  for (const line of summaryText(summary)) terminal.say(line);
  if (!flags.json) return;
  const report = {
    textless: packageVersion(),
    pipeline: flags.pipeline,
    seed: flags.seed,
    clips: flags.clips !== undefined,
    ...summary,
    results,
  };
  await writeFile(flags.json, `${JSON.stringify(report, null, 1)}\n`);
}

function caseLine(result: CaseResult): string {
  const found = result.marks.filter((m) => m.track !== undefined).length;
  const wrong = result.tracks.filter((t) => t.action === 'wipe' && !t.right).length;
  const speed = (result.frames / result.seconds).toFixed(1);
  return `${result.name}: ${found} of ${result.marks.length} marks, ${wrong} false, ${speed} frames/s`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
}
