import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { TextlessError } from '../core/errors.js';
import { overviewOf, type FolderOverview, type Overview } from '../operator/overview.js';
import type { State } from '../service/ledger/states.js';
import type { Context, Done, OpenContext } from './context.js';
import { jobJson, jobTable, printable, reasonTable, runningTable } from './job-text.js';
import { withLedger } from './open-ledger.js';
import { alignedRows } from './table.js';
import type { Terminal } from './terminal.js';

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** Jobs named of each kind, and milliseconds between two looks. */
const NAMED = 10;
const REFRESH = 1000;

const HELP = `
"step ends in" is the time until the present step of a job ends, at the speed of the last minute; how long later steps take is not known before they begin.

Examples:
  $ textless status
  $ textless status --watch
  $ textless status --json -c /srv/textless/watch.yaml`;

/** `textless status` */
export function statusCommand(open: OpenContext, done: Done): Command {
  return new Command('status')
    .description('say how the watched folders are: what waits, runs, is held, has failed')
    .option('-c, --config <watch.yaml>', 'the configuration')
    .option('--watch', 'go on showing it, until Ctrl-C')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (flags: Flags) => {
      const context = open(flags);
      if (flags.watch && (flags.json || !process.stdout.isTTY))
        throw new TextlessError('TEXTLESS_USAGE', '--watch is for a terminal; --json prints the state once.');
      if (flags.watch) await follow(flags, context);
      else await once(flags, context);
      done(0);
    });
}

async function once({ config, json }: Flags, { terminal }: Context): Promise<void> {
  await withLedger(config, (ledger, watch) => {
    if (json) terminal.say(JSON.stringify(overviewJson(overviewOf(ledger, watch, { limit: 1000 }))));
    else for (const line of overviewLines(overviewOf(ledger, watch, { limit: NAMED }), terminal)) terminal.say(line);
  });
}

/** The screen is written anew from its upper left corner, so that it does not flicker. */
async function follow({ config }: Flags, { terminal, signal }: Context): Promise<void> {
  await withLedger(config, async (ledger, watch) => {
    process.stdout.write('\x1b[2J');
    while (!signal.aborted) {
      const [columns, rows] = [process.stdout.columns || 80, process.stdout.rows || 24];
      const lines = overviewLines(overviewOf(ledger, watch, { limit: NAMED }), terminal).slice(0, rows - 1);
      process.stdout.write(`\x1b[H${lines.map((line) => `${cut(line, columns - 1)}\x1b[K\n`).join('')}\x1b[J`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, REFRESH);
        signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
      });
    }
  });
}

/** A line that is too long loses its colours with its end: one in the middle of which a code is cut would colour all that follows. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : plain.slice(0, width);
}

const overviewJson = ({ service, silent, lacks, folders, running, held, failed, finished }: Overview): object => ({
  ...{ service: service ?? null, silent: silent ?? null, lacks },
  folders: folders.map((f) => ({ ...f, waiting: f.waiting ?? null, problem: f.problem ?? null })),
  running: running.map(({ job, left }) => ({ ...jobJson(job), left: left ?? null })),
  ...{ held: held.map(jobJson), failed: failed.map(jobJson), finished: finished.map(jobJson) },
});

/** All of it for a person. */
export function overviewLines(overview: Overview, terminal: Pick<Terminal, 'style'>, now = Date.now()): string[] {
  const { folders, running, held, failed, finished } = overview;
  const part = (head: string, lines: readonly string[]): string[] => ['', terminal.style('bold', head), ...lines];
  const sum = (...states: State[]): number => folders.reduce((all, f) => all + states.reduce((n, s) => n + f.jobs[s], 0), 0);
  const more = (shown: number, ...states: State[]): string[] =>
    sum(...states) > shown
      ? [`… and ${sum(...states) - shown} more: textless jobs list ${states.map((s) => `--state ${s}`).join(' ')}`]
      : [];
  return [
    ...serviceLines(overview, terminal),
    ...part('folders', folderTable(folders)),
    ...(running.length ? part('at work', runningTable(running, now)) : []),
    ...(held.length ? part('held: release or reject', [...reasonTable(held), ...more(held.length, 'held')]) : []),
    ...(failed.length ? part('failed and rejected', [...reasonTable(failed), ...more(failed.length, 'failed', 'rejected')]) : []),
    ...(finished.length ? part('latest', jobTable(finished)) : []),
  ];
}

function serviceLines({ service, silent, lacks, folders }: Overview, terminal: Pick<Terminal, 'style'>): string[] {
  const warn = (text: string): string => terminal.style('yellow', text);
  const lines = [service ? `service runs: process ${service.process} on ${service.host}` : warn('no service runs')];
  if (silent !== undefined) lines.push(warn(`it has said nothing for ${silent} seconds`));
  if (lacks) lines.push(warn(`no work begins: ${printable(lacks)}`));
  for (const { folder, problem } of folders) if (problem) lines.push(warn(`${folder} cannot be read: ${printable(problem)}`));
  return lines;
}

const folderTable = (folders: readonly FolderOverview[]): string[] =>
  alignedRows([
    ['folder', 'waiting', 'queued', 'working', 'held', 'failed', 'rejected', 'done', ''],
    ...folders.map(({ folder, waiting, jobs, watched }) => [
      folder,
      waiting === undefined ? '–' : String(waiting),
      ...[jobs.queued, jobs.working + jobs.delivering + jobs.delivered, jobs.held, jobs.failed, jobs.rejected, jobs.done].map(String),
      watched ? '' : 'no longer watched',
    ]),
  ]).map((line) => line.trimEnd());
