import path from 'node:path';
import { Command } from 'commander';
import { TextlessError } from '../core/errors.js';
import { learnMarks } from '../job/learn-marks.js';
import { writeMarkSheet } from '../job/sheet/mark.js';
import { forgetMark, listMarks, readMark } from '../marks/library.js';
import { loadPipeline } from '../plan/pipeline.js';
import { readPlan } from '../plan/read.js';
import type { Context, Done, OpenContext } from './context.js';
import { perceptionFolder, pipelineFolder } from './installation.js';
import { libraryFolder } from './library-folder.js';
import { damagedLines, markFacts, markJson, markTable } from './mark-text.js';
import { libraryLines } from './outcome-text.js';

interface Flags {
  readonly library?: string;
  readonly channel?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}
interface LearnFlags extends Flags {
  readonly channel: string;
  readonly plan?: string;
  readonly pipeline: string;
}
interface ShowFlags extends Flags {
  readonly output?: string;
}

const HELP = `
The library lies in $XDG_DATA_HOME/textless/marks (~/.local/share/textless/marks), or where --library or TEXTLESS_MARKS says: a folder a mark.

Examples:
  $ textless marks learn monday.ts tuesday.ts --channel nova
  $ textless marks list --channel nova
  $ textless marks show nova-3fa2b1c0 -o nova.png
  $ textless marks forget nova-3fa2b1c0`;

/** `textless marks list|learn|show|forget` */
export function marksCommand(open: OpenContext, done: Done): Command {
  const marks = new Command('marks')
    .description('the library of semi-transparent marks: what it knows, learning, forgetting')
    .addHelpText('after', HELP);
  const command = (name: string, description: string): Command =>
    new Command(name)
      .description(description)
      .option('--library <folder>', 'the library, instead of the usual one')
      .option('--json', 'print JSON')
      .option('-q, --quiet', 'no progress, no notes');
  const list = command('list', 'list the marks')
    .option('--channel <name>', 'only those of this channel')
    .addHelpText('after', '\nExamples:\n  $ textless marks list\n  $ textless marks list --channel nova --json')
    .action(async (flags: Flags) => done(await listAll(flags, open(flags))));
  const learn = command('learn', 'learn the marks of programmes without wiping them')
    .argument('<file...>', 'programmes')
    .requiredOption('--channel <name>', 'the channel that they come from')
    .option('--plan <plan.json>', 'learn the marks of this plan instead of looking for marks')
    .option('-p, --pipeline <name>', 'pipeline whose rules say what is a mark', 'station-logo')
    .addHelpText(
      'after',
      '\nExamples:\n  $ textless marks learn *.ts --channel nova\n  $ textless marks learn film.mkv --channel nova --plan film.plan.json',
    )
    .action(async (files: string[], flags: LearnFlags) => done(await learnFiles(files, flags, open(flags))));
  const show = command('show', 'print what is known of a mark, and draw it')
    .argument('<id>', 'the mark')
    .option('-o, --output <picture.png>', 'draw it over grey, over a checker, and its alpha, at 100 %')
    .addHelpText('after', '\nExamples:\n  $ textless marks show nova-3fa2b1c0\n  $ textless marks show nova-3fa2b1c0 -o nova.png')
    .action(async (id: string, flags: ShowFlags) => done(await showOne(id, flags, open(flags))));
  const forget = command('forget', 'remove marks, or damaged entries, from the library')
    .argument('<id...>', 'the marks')
    .addHelpText('after', '\nExamples:\n  $ textless marks forget nova-3fa2b1c0')
    .action(async (ids: string[], flags: Flags) => done(await forgetAll(ids, flags, open(flags))));
  for (const one of [list, learn, show, forget]) marks.addCommand(one);
  return marks;
}

async function listAll({ library, channel, json }: Flags, { terminal, env }: Context): Promise<number> {
  const folder = libraryFolder(library, env);
  const { marks, damaged } = await listMarks(folder);
  const chosen = marks.filter((m) => channel === undefined || m.channel === channel);
  if (json) terminal.say(JSON.stringify({ folder, marks: chosen.map(markJson), damaged }));
  else {
    for (const line of chosen.length ? markTable(chosen) : [`no marks in ${folder}`]) terminal.say(line);
    for (const line of damagedLines(damaged, terminal)) terminal.note(line);
  }
  return 0;
}

async function learnFiles(files: string[], flags: LearnFlags, context: Context): Promise<number> {
  const { terminal, signal, env } = context;
  if (files.length > 1 && flags.plan) throw new TextlessError('TEXTLESS_USAGE', 'A plan belongs to one file; --plan takes one programme.');
  const pipeline = await loadPipeline(flags.pipeline, { builtInFolder: pipelineFolder });
  const library = { folder: libraryFolder(flags.library, env), channel: channelName(flags.channel) };
  let status = 0;
  for (const input of files) {
    try {
      const plan = flags.plan ? { plan: await readPlan(flags.plan) } : {};
      const onProgress = (progress: Parameters<typeof terminal.progress>[1]): void => terminal.progress(path.basename(input), progress);
      const report = await learnMarks({ input, pipeline, perceptionFolder, library, signal, onProgress, ...plan });
      terminal.clear();
      if (flags.json) terminal.say(JSON.stringify(report));
      else for (const line of [`${path.basename(input)}:`, ...libraryLines(report, terminal)]) terminal.say(line);
      if (!flags.json && !report.kept.length) terminal.say('no mark that stays in its place was found');
    } catch (error) {
      if (files.length === 1 || signal.aborted || !(error instanceof TextlessError)) throw error;
      status = Math.max(status, error.exitStatus);
      if (flags.json) terminal.say(JSON.stringify({ input, error: { code: error.code, message: error.message } }));
      else terminal.note(`${terminal.style('red', 'failed')} ${input}: ${error.message} [${error.code}]`);
    }
  }
  return status;
}

async function showOne(id: string, { library, output, json }: ShowFlags, { terminal, env }: Context): Promise<number> {
  const mark = await readMark(libraryFolder(library, env), id);
  if (output) await writeMarkSheet(path.resolve(output), mark);
  if (json) terminal.say(JSON.stringify(markJson(mark)));
  else for (const line of [...markFacts(mark), ...(output ? [`picture: ${path.resolve(output)}`] : [])]) terminal.say(line);
  return 0;
}

async function forgetAll(ids: string[], { library, json }: Flags, { terminal, env }: Context): Promise<number> {
  const folder = libraryFolder(library, env);
  for (const id of ids) {
    await forgetMark(folder, id);
    if (!json) terminal.say(`forgot ${id}`);
  }
  if (json) terminal.say(JSON.stringify({ forgotten: ids }));
  return 0;
}

/** @throws TEXTLESS_USAGE */
export function channelName(name: string): string {
  const channel = name.trim();
  if (!channel || channel.length > 80) throw new TextlessError('TEXTLESS_USAGE', 'The name of a channel has 1 to 80 letters.');
  return channel;
}
