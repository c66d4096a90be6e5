import { statSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { DEVICES, type Device } from '../core/device.js';
import { TextlessError } from '../core/errors.js';
import { deliveredName } from '../job/naming.js';
import type { WipeOutcome } from '../job/outcome.js';
import type { WipeRequest } from '../job/request.js';
import { wipeProgramme } from '../job/wipe.js';
import { GATE_NAMES, type GateName } from '../plan/gates.js';
import { loadPipeline } from '../plan/pipeline.js';
import { readPlan } from '../plan/read.js';
import type { Context, Done, OpenContext } from './context.js';
import { modelFolder, perceptionFolder, pipelineFolder } from './installation.js';
import { libraryFolder } from './library-folder.js';
import { channelName } from './marks.js';
import { describeOutcome, noteLosses } from './outcome-text.js';

interface WipeFlags {
  readonly output?: string;
  readonly pipeline: string;
  readonly tracks?: string;
  readonly network: boolean;
  readonly device?: Device;
  readonly sheet?: string | true;
  readonly held?: 'wipe' | 'keep';
  readonly accept?: readonly GateName[];
  readonly overwrite?: boolean;
  readonly channel?: string;
  /** False with --no-library. */
  readonly library?: string | false;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const HELP = `
Without -o the result lies beside the source as NAME.textless.EXT. With several files, -o is a folder.
A programme in which nothing is found is delivered as an identical copy.
Marks that need a person's decision stop the delivery (exit status 5) unless --held says what to do with them.
A result that does not pass a gate of the pipeline (deliver.gates) is not delivered either: OUTPUT.sheet.png, or the sheet, shows why; --accept delivers it.
Semi-transparent marks that the mark library knows are tried on the programme and used where they fit; nothing is kept without --channel (see marks --help).

Examples:
  $ textless wipe news.ts --pipeline station-logo --sheet
  $ textless wipe film.mkv -o film.clean.mkv --pipeline strip-subtitles
  $ textless wipe monday.ts -p station-logo --channel nova
  $ textless wipe film.mkv --tracks film.plan.json --overwrite`;

/** `textless wipe FILE...` */
export function wipeCommand(open: OpenContext, done: Done): Command {
  return new Command('wipe')
    .description('find the marks of programmes, wipe them, deliver the programmes')
    .argument('<file...>', 'programmes')
    .option('-o, --output <path>', 'file to write, or an existing folder')
    .option('-p, --pipeline <name>', 'pipeline by name or path of a YAML file', 'clean-feed')
    .option('-t, --tracks <plan.json>', 'wipe what this plan says instead of looking for marks')
    .option('--no-network', 'fill without the network, for comparison')
    .addOption(new Option('--device <name>', 'where the network computes, instead of what the pipeline says').choices(DEVICES))
    .option('--sheet [picture.png]', 'write a before / mask / after sheet')
    .addOption(new Option('--held <action>', 'what becomes of marks that need a decision').choices(['wipe', 'keep']))
    .addOption(new Option('--accept <gate...>', 'deliver though the result does not pass these gates').choices(GATE_NAMES))
    .option('--channel <name>', 'the channel: its marks are tried, and what is learnt for certain is kept for it')
    .option('--library <folder>', 'the mark library, instead of the usual one')
    .option('--no-library', 'learn from the programme alone; keep nothing')
    .option('--overwrite', 'replace an existing output')
    .option('--json', 'print one JSON object a file')
    .option('-q, --quiet', 'no progress, no notes')
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: WipeFlags) => {
      done(await wipeFiles(files, flags, open(flags)));
    });
}

/** Wipes one file after the other; the worst status counts, a refused file does not stop the others. */
async function wipeFiles(files: string[], flags: WipeFlags, context: Context): Promise<number> {
  if (files.length > 1 && flags.tracks)
    throw new TextlessError('TEXTLESS_USAGE', 'A plan belongs to one file; --tracks takes one programme.');
  if (files.length > 1 && flags.output && !isFolder(flags.output))
    throw new TextlessError('TEXTLESS_USAGE', 'With several programmes, -o must be an existing folder.', flags.output);
  if (files.length > 1 && typeof flags.sheet === 'string')
    throw new TextlessError('TEXTLESS_USAGE', 'With several programmes, --sheet takes no name: each sheet lies beside its output.');
  let status = 0;
  for (const file of files) {
    try {
      const outcome = await wipeFile(file, flags, context);
      if (outcome.status === 'held') status = Math.max(status, 5);
    } catch (error) {
      if (files.length === 1 || context.signal.aborted || !(error instanceof TextlessError)) throw error;
      status = Math.max(status, error.exitStatus);
      if (flags.json) context.terminal.say(JSON.stringify({ input: file, error: { code: error.code, message: error.message } }));
      else context.terminal.note(`${context.terminal.style('red', 'failed')} ${file}: ${error.message} [${error.code}]`);
    }
  }
  return status;
}

async function wipeFile(file: string, flags: WipeFlags, context: Context): Promise<WipeOutcome> {
  const { terminal } = context;
  const loaded = await loadPipeline(flags.pipeline, { builtInFolder: pipelineFolder });
  const pipeline = flags.device ? { ...loaded, restore: { ...loaded.restore, device: flags.device } } : loaded;
  const output = outputFor(file, flags.output, pipeline.deliver.suffix);
  const sheet = flags.sheet === true ? `${output}.sheet.png` : flags.sheet;
  const outcome = await wipeProgramme({
    input: file,
    output,
    pipeline,
    ...(flags.tracks ? { plan: await readPlan(flags.tracks) } : {}),
    ...(flags.held ? { held: flags.held } : {}),
    ...(sheet ? { sheet } : {}),
    gatePicture: sheet ?? `${output}.sheet.png`,
    accept: flags.accept,
    modelFolder,
    perceptionFolder,
    network: flags.network && pipeline.restore.network,
    overwrite: flags.overwrite ?? pipeline.deliver.existing === 'replace',
    ...libraryFor(flags, context),
    signal: context.signal,
    onProgress: (progress) => terminal.progress(path.basename(file), progress),
    onLosses: (losses) => noteLosses(losses, path.basename(file), terminal),
    onPlan: (plan, seconds) => terminal.note(`${path.basename(file)}: ${plan.tracks.length} marks found in ${seconds.toFixed(1)} s`),
  });
  terminal.clear();
  if (flags.json) terminal.say(JSON.stringify(outcome.report));
  else for (const line of describeOutcome(outcome, terminal)) terminal.say(line);
  return outcome;
}

/** The library and the channel, unless no library is wanted. */
function libraryFor({ library, channel }: WipeFlags, { env }: Context): Pick<WipeRequest, 'library'> {
  if (library === false) return {};
  return { library: { folder: libraryFolder(library, env), ...(channel === undefined ? {} : { channel: channelName(channel) }) } };
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The output's path: named, inside the named folder, or beside the source. */
function outputFor(file: string, output: string | undefined, suffix: string): string {
  if (!output) return path.resolve(path.dirname(file), deliveredName(file, suffix));
  return isFolder(output) ? path.resolve(output, deliveredName(file, suffix)) : path.resolve(output);
}
