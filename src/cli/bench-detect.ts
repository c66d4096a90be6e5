import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { runBenchmark } from '../evaluate/benchmark.js';
import { summarise } from '../evaluate/summary.js';
import { summaryText } from '../evaluate/summary-text.js';
import type { CaseResult } from '../evaluate/run-case.js';
import { loadPipeline } from '../plan/pipeline.js';
import { runOf, withBenchFlags, type BenchFlags } from './bench-flags.js';
import type { Context, Done, OpenContext } from './context.js';
import { packageVersion, perceptionFolder, pipelineFolder } from './installation.js';

interface DetectFlags extends BenchFlags {
  readonly pipeline: string;
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
export const detectCommand = (open: OpenContext, done: Done): Command =>
  withBenchFlags(new Command('detect'), QUICK)
    .description('measure how well marks are found: recall, precision, masks, spans, false alarms, speed')
    .option('-p, --pipeline <name>', 'pipeline whose rules decide', 'clean-feed')
    .addHelpText('after', HELP)
    .action(async (flags: DetectFlags) => {
      await detect(flags, open({ quiet: Boolean(flags.quiet) }));
      done(0);
    });

async function detect(flags: DetectFlags, context: Context): Promise<void> {
  const { terminal } = context;
  const results = await runBenchmark({
    ...runOf(flags, context, QUICK),
    perceptionFolder,
    pipeline: await loadPipeline(flags.pipeline, { builtInFolder: pipelineFolder }),
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
