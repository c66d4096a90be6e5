import { Command } from 'commander';
import { wish } from '../operator/decisions.js';
import { namedJob } from '../operator/named-job.js';
import type { Done, OpenContext } from './context.js';
import { jobJson, printable } from './job-text.js';
import { whenDone, withLedger } from './open-ledger.js';

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
}

/** `textless reject` */
export function rejectCommand(open: OpenContext, done: Done): Command {
  return new Command('reject')
    .description('refuse a held job: the service puts its file into the failed folder')
    .argument('<name>', 'the job: its number, its file’s name or path')
    .option('-c, --config <watch.yaml>', 'the configuration')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExamples:\n  $ textless reject news.ts\n  $ textless reject 12 --json')
    .action(async (name: string, { config, json }: Flags) => {
      const { terminal } = open({ ...(json ? { json } : {}) });
      await withLedger(config, (ledger) => {
        const job = wish(ledger, namedJob(ledger, name, ['held'], 'be rejected'), 'reject');
        if (json) terminal.say(JSON.stringify(jobJson(job)));
        else terminal.say(`job ${job.id} (${printable(job.name)}) is being rejected${whenDone(ledger)}`);
      });
      done(0);
    });
}
