import path from 'node:path';
import { Command } from 'commander';
import { scanToFiles } from '../job/scan.js';
import { loadPipeline } from '../plan/pipeline.js';
import type { Done, OpenContext } from './context.js';
import { perceptionFolder, pipelineFolder } from './installation.js';
import { noteLosses, trackTable } from './outcome-text.js';

interface ScanFlags {
  readonly output?: string;
  readonly sheet?: string | boolean;
  readonly pipeline: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const HELP = `
Writes NAME.plan.json (with its masks in NAME.plan.masks/) and a contact sheet NAME.plan.png into the current folder.
Change "action" in the plan (wipe, keep, hold), then: textless wipe FILE --tracks NAME.plan.json

Examples:
  $ textless scan film.mkv
  $ textless scan film.mkv -o plans/film.json --no-sheet`;

/** `textless scan FILE` */
export function scanCommand(open: OpenContext, done: Done): Command {
  return new Command('scan')
    .description('find the marks of a programme; write a plan and a contact sheet, change nothing')
    .argument('<file>', 'programme')
    .option('-o, --output <plan.json>', 'the plan to write')
    .option('--sheet <picture.png>', 'the contact sheet to write')
    .option('--no-sheet', 'write no contact sheet')
    .option('-p, --pipeline <name>', 'pipeline whose rules decide', 'clean-feed')
    .option('--json', 'print the tracks as one JSON object')
    .option('-q, --quiet', 'no progress, no notes')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: ScanFlags) => {
      const { terminal, signal } = open(flags);
      const planFile = path.resolve(flags.output ?? `${path.parse(file).name}.plan.json`);
      const sheet =
        flags.sheet === false
          ? undefined
          : path.resolve(typeof flags.sheet === 'string' ? flags.sheet : planFile.replace(/(\.json)?$/, '.png'));
      const result = await scanToFiles({
        input: file,
        pipeline: await loadPipeline(flags.pipeline, { builtInFolder: pipelineFolder }),
        perceptionFolder,
        planFile,
        ...(sheet ? { sheet } : {}),
        signal,
        onLosses: (losses) => noteLosses(losses, path.basename(file), terminal),
        onProgress: (progress) => terminal.progress(path.basename(file), progress),
      });
      terminal.clear();
      if (flags.json) terminal.say(JSON.stringify(result.report));
      else {
        for (const line of trackTable(result.plan, result.rate)) terminal.say(line);
        terminal.say(`plan: ${planFile}`);
        for (const file of result.report.subtitles) terminal.say(`cues: ${file}`);
        if (result.report.sheet) terminal.say(`contact sheet: ${result.report.sheet}`);
      }
      done(0);
    });
}
