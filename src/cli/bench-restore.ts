import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { runFillBenchmark } from '../evaluate/filling/benchmark.js';
import type { FillResult } from '../evaluate/filling/fill-programme.js';
import { summariseFills } from '../evaluate/filling/fill-summary.js';
import { fillText } from '../evaluate/filling/fill-text.js';
import { runOf, withBenchFlags, type BenchFlags } from './bench-flags.js';
import type { Context, Done, OpenContext } from './context.js';
import { modelFolder, packageVersion } from './installation.js';

/** Programmes of a quick run: every group once, and some twice. */
const QUICK = 16;

const HELP = `
Every method is given the true place and time of each mark, so that only the fill is judged: nothing at all (identity), ffmpeg's
delogo, OpenCV's telea and ns, and of this program push-pull, copying (in time, and from beside), the network over both, and all of it with
un-blending (textless). Programmes are made as for "bench detect"; case folders laid out like samples/out/NAME are taken as they are.
docs/benchmark.md explains the figures.

Examples:
  $ textless bench restore                              all programmes from our own scenes
  $ textless bench restore --quick --json out.json
  $ textless bench restore --only subtitle
  $ textless bench restore samples/out/*                cases that are there`;

/** `textless bench restore` */
export const restoreCommand = (open: OpenContext, done: Done): Command =>
  withBenchFlags(new Command('restore'), QUICK)
    .description('measure how well holes are filled: PSNR, SSIM, steadiness, sharpness, colour, speed, beside other methods')
    .argument('[case...]', 'case folders, instead of programmes of our own')
    .addHelpText('after', HELP)
    .action(async (cases: string[], flags: BenchFlags) => {
      await restore(cases, flags, open({ quiet: Boolean(flags.quiet) }));
      done(0);
    });

async function restore(cases: readonly string[], flags: BenchFlags, context: Context): Promise<void> {
  const { terminal } = context;
  const results = await runFillBenchmark({
    ...runOf(flags, context, QUICK),
    modelFolder,
    cases,
    onCase: (result, n, total) => terminal.note(`${n}/${total} ${caseLine(result)}`),
  });
  terminal.clear();
  const summary = summariseFills(results);
  for (const line of fillText(summary)) terminal.say(line);
  if (!flags.json) return;
  const report = { textless: packageVersion(), seed: flags.seed, clips: flags.clips !== undefined, ...summary, results };
  await writeFile(flags.json, `${JSON.stringify(report, null, 1)}\n`);
}

function caseLine({ name, methods: { telea, copy, textless } }: FillResult): string {
  return `${name}: ${textless.psnr.toFixed(1)} dB (copying ${copy.psnr.toFixed(1)}, Telea ${telea.psnr.toFixed(1)})`;
}
