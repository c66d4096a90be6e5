import { Command, InvalidArgumentError, Option } from 'commander';
import { clock } from '../core/time.js';
import { CANCELLABLE, RETRIABLE, retry, wish } from '../operator/decisions.js';
import { secondsOfWork } from '../operator/metrics/seconds.js';
import { namedJob } from '../operator/named-job.js';
import type { Job } from '../service/ledger/job.js';
import type { Ledger } from '../service/ledger/ledger.js';
import { STATES, type State } from '../service/ledger/states.js';
import type { Done, OpenContext } from './context.js';
import { jobJson, jobTable, moment, printable } from './job-text.js';
import { whenDone, withLedger } from './open-ledger.js';
import { alignedRows } from './table.js';

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
}
interface ListFlags extends Flags {
  readonly state: readonly State[];
  readonly limit: number;
}

const HELP = `
A job is named by its number, its file's name (news.ts, monday/news.ts) or its file's path; a name that may mean several jobs is refused with their list.

Examples:
  $ textless jobs list --state failed --state rejected
  $ textless jobs show news.ts
  $ textless jobs retry 12 13
  $ textless jobs cancel monday/news.ts`;

/** `textless jobs list|show|retry|cancel` */
export function jobsCommand(open: OpenContext, done: Done): Command {
  const jobs = new Command('jobs').description('jobs of the watched folders: list, show, try again, cancel').addHelpText('after', HELP);
  const command = (name: string, description: string): Command =>
    new Command(name).description(description).option('-c, --config <watch.yaml>', 'the configuration').option('--json', 'print JSON');
  const list = command('list', 'list jobs, the latest first')
    .addOption(new Option('--state <state...>', 'only jobs in these states').choices(STATES).default([]))
    .option('--limit <number>', 'as many at most', wholeNumber, 50)
    .addHelpText('after', '\nExamples:\n  $ textless jobs list\n  $ textless jobs list --state held --json')
    .action(async (flags: ListFlags) => done(await listJobs(flags, open(flags))));
  const show = command('show', 'print all that is known of a job: its steps, its places, what has been restored')
    .argument('<name>', 'the job')
    .addHelpText('after', '\nExamples:\n  $ textless jobs show 12\n  $ textless jobs show news.ts --json')
    .action(async (name: string, flags: Flags) => done(await showJob(name, flags, open(flags))));
  const again = command('retry', 'try jobs again that have failed, were rejected or cancelled, or are done')
    .argument('<name...>', 'the jobs')
    .addHelpText('after', '\nExamples:\n  $ textless jobs retry news.ts\n  $ textless jobs retry 12 13 14')
    .action(async (names: string[], flags: Flags) => done(await retryJobs(names, flags, open(flags))));
  const cancel = command('cancel', 'call jobs off; their files stay where they are')
    .argument('<name...>', 'the jobs')
    .addHelpText('after', '\nExamples:\n  $ textless jobs cancel news.ts')
    .action(async (names: string[], flags: Flags) => done(await cancelJobs(names, flags, open(flags))));
  for (const one of [list, show, again, cancel]) jobs.addCommand(one);
  return jobs;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

type Open = ReturnType<OpenContext>;

const listJobs = ({ config, json, state, limit }: ListFlags, { terminal }: Open): Promise<number> =>
  withLedger(config, (ledger) => {
    const jobs = ledger.in(state.length ? state : STATES, limit).reverse();
    if (json) terminal.say(JSON.stringify({ jobs: jobs.map(jobJson) }));
    else for (const line of jobs.length ? jobTable(jobs) : ['no jobs']) terminal.say(line);
    return 0;
  });

const showJob = (name: string, { config, json }: Flags, { terminal }: Open): Promise<number> =>
  withLedger(config, (ledger) => {
    const job = namedJob(ledger, name);
    const events = ledger.events(job.id).map(({ at, from, to, detail }) => ({ at: new Date(at).toISOString(), from, to, detail }));
    if (json) terminal.say(JSON.stringify({ ...jobJson(job), events, chunks: ledger.chunks(job.id) }));
    else for (const line of jobLines(ledger, job)) terminal.say(line);
    return 0;
  });

/** A fact a line, then its steps. */
function jobLines(ledger: Ledger, job: Job): string[] {
  const chunks = ledger.chunks(job.id);
  const frames = chunks.reduce((sum, c) => sum + c.last - c.first + 1, 0);
  const events = ledger.events(job.id);
  const facts: [string, string | number | null | false][] = [
    ['job', `${job.id}, ${job.state}${job.wish ? ` (${job.wish} asked for)` : ''}`],
    ['file', `${job.folder}/${job.name}`],
    ['lies in', job.source],
    ['content', `${job.size} bytes${job.sha256 ? `, SHA-256 ${job.sha256}` : ''}`],
    ['pipeline', `${job.pipeline}, priority ${job.priority}`],
    ['reason', job.reason && `${job.reason}${job.code ? ` [${job.code}]` : ''}`],
    ['detail', job.detail],
    ['attempts', job.attempt > 0 && `${job.attempt} ended badly`],
    ['next', job.state === 'queued' && job.not_before > Date.now() && `not before ${moment(job.not_before)}`],
    [
      'decided',
      [job.plan && `plan ${job.plan}`, job.held && `marks on hold: ${job.held}`, job.accepted && `gates accepted: ${job.accepted}`]
        .filter(Boolean)
        .join(', '),
    ],
    ['work', job.work],
    ['restored', chunks.length > 0 && `${frames} frames in ${chunks.length} ${chunks.length === 1 ? 'chunk' : 'chunks'}`],
    ['delivered', job.target],
    ['result', job.result && `SHA-256 ${job.result}`],
    ['same as', job.same_as && `job ${job.same_as}`],
    ['worked', clock(secondsOfWork(events))],
  ];
  const told = facts.filter((f): f is [string, string] => typeof f[1] === 'string' && f[1] !== '');
  const lines = told.flatMap(([what, says]) => says.trim().split('\n').map((line, i) => [i ? '' : what, printable(line)])); // prettier-ignore
  const steps = events.map(({ at, from, to, detail }) => [moment(at), from ? `${from} → ${to}` : to, printable(detail ?? '')]);
  return [...alignedRows(lines), '', ...alignedRows(steps)];
}

const retryJobs = (names: readonly string[], { config, json }: Flags, { terminal }: Open): Promise<number> =>
  withLedger(config, async (ledger) => {
    const jobs = distinct(names.map((name) => namedJob(ledger, name, RETRIABLE, 'be tried again')));
    const queued: Job[] = [];
    for (const job of jobs) {
      queued.push(await retry(ledger, job));
      if (!json) terminal.say(`job ${job.id} (${printable(job.name)}) is queued again${whenDone(ledger)}`);
    }
    if (json) terminal.say(JSON.stringify({ jobs: queued.map(jobJson) }));
    return 0;
  });

const cancelJobs = (names: readonly string[], { config, json }: Flags, { terminal }: Open): Promise<number> =>
  withLedger(config, (ledger) => {
    const jobs = distinct(names.map((name) => namedJob(ledger, name, CANCELLABLE, 'be cancelled')));
    const asked = jobs.map((job) => wish(ledger, job, 'cancel'));
    if (json) terminal.say(JSON.stringify({ jobs: asked.map(jobJson) }));
    else for (const job of jobs) terminal.say(`job ${job.id} (${printable(job.name)}) is being cancelled${whenDone(ledger)}`);
    return 0;
  });

const distinct = (jobs: readonly Job[]): Job[] => [...new Map(jobs.map((job) => [job.id, job])).values()];
