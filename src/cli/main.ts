#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { TextlessError, cancelled } from '../core/errors.js';
import { calmCollector } from '../media/collector.js';
import { useTools } from '../media/tools.js';
import { benchCommand } from './bench.js';
import { doctorCommand } from './doctor.js';
import { jobsCommand } from './jobs.js';
import { rejectCommand } from './reject.js';
import { releaseCommand } from './release.js';
import { statusCommand } from './status.js';
import { interruptSignal } from './interrupt.js';
import { packageVersion } from './installation.js';
import { scanCommand } from './scan.js';
import { marksCommand } from './marks.js';
import type { Context } from './context.js';
import { openTerminal } from './terminal.js';
import { watchCommand } from './watch.js';
import { wipeCommand } from './wipe.js';

const EXAMPLES = `
Examples:
  $ textless wipe programme.mp4                       marks found, wiped, delivered as programme.textless.mp4
  $ textless wipe *.ts -o clean/ --pipeline station-logo
  $ textless scan programme.mp4 -o plan.json          only look: a plan and a contact sheet
  $ textless wipe programme.mp4 --tracks plan.json    wipe what the (edited) plan says
  $ textless watch                                    watch folders; textless status says how they are
  $ textless marks list                               semi-transparent marks that are known already
  $ textless doctor                                   is everything here that is needed?

FFMPEG_PATH and FFPROBE_PATH name the two programs where they are not on PATH, TEXTLESS_MARKS the mark library. NO_COLOR is honoured.
Exit status: 0 done, 2 usage or configuration, 3 input refused, 4 failed, 5 held for a person, 130 cancelled.`;

/** Prints an error for a person, or as one JSON object when asked; never a stack trace. */
function report(error: unknown, json: boolean): number {
  const known =
    error instanceof TextlessError ? error : new TextlessError('TEXTLESS_OUTPUT', 'Something unexpected went wrong.', unexpected(error));
  if (json) process.stdout.write(`${JSON.stringify({ error: { code: known.code, message: known.message, detail: known.detail } })}\n`);
  else process.stderr.write(`textless: ${known.message} [${known.code}]\n${known.detail ? `${known.detail.replace(/^/gm, '  ')}\n` : ''}`);
  return known.exitStatus;
}

/** The message alone: a stack trace helps whoever repairs the program, and only they ask for it. */
const unexpected = (error: unknown): string =>
  error instanceof Error ? (process.env['TEXTLESS_DEBUG'] && error.stack) || error.message : String(error);

/** Parses the arguments, runs one command, returns the exit status. */
async function main(argv: string[]): Promise<number> {
  const signal = interruptSignal();
  useTools({ ffmpeg: process.env['FFMPEG_PATH'], ffprobe: process.env['FFPROBE_PATH'] });
  const open = (options: { quiet?: boolean; json?: boolean }): Context => ({
    signal,
    env: process.env,
    terminal: openTerminal({ quiet: Boolean(options.quiet) || Boolean(options.json), env: process.env }),
  });
  let status = 0;
  const program = new Command('textless')
    .description('Takes a programme with burnt-in logos and subtitles and delivers it without them, everything else in the file as it was.')
    .version(packageVersion())
    .showHelpAfterError('(see --help)')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  const done = (s: number): void => {
    status = s;
  };
  const folders = [watchCommand, statusCommand, jobsCommand, releaseCommand, rejectCommand];
  for (const make of [wipeCommand, scanCommand, ...folders, marksCommand, benchCommand, doctorCommand]) {
    const command = make(open, done);
    for (const one of [command, ...command.commands]) one.copyInheritedSettings(program);
    program.addCommand(command);
  }
  try {
    await program.parseAsync(argv);
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(signal.aborted ? cancelled(signal) : error, argv.includes('--json'));
  }
}

// Whoever reads our output may stop reading (`textless wipe ... | head`); the work goes on, and its status stays true.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
calmCollector();
process.exitCode = await main(process.argv);
