import { Command, Option } from 'commander';
import { release } from '../operator/decisions.js';
import { namedJob } from '../operator/named-job.js';
import type { Done, OpenContext } from './context.js';
import { jobJson, printable } from './job-text.js';
import { whenDone, withLedger } from './open-ledger.js';

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
  readonly plan?: string;
  readonly held?: 'wipe' | 'keep';
}

const HELP = `
Without --plan and --held the marks that were on hold are wiped. A plan must be of this very file, and decide every mark; it is copied, so that later edits change nothing.
The held job's plan and contact sheet lie in the hold folder: NAME.plan.json, NAME.sheet.png.
A result that did not pass a gate is made again from what has been restored, and delivered all the same, unless another plan is given; its report says so.

Examples:
  $ textless release news.ts
  $ textless release 12 --held keep
  $ textless release news.ts --plan hold/news.ts.plan.json`;

/** `textless release` */
export function releaseCommand(open: OpenContext, done: Done): Command {
  return new Command('release')
    .description('let a held job go on')
    .argument('<name>', 'the job: its number, its file’s name or path')
    .option('-c, --config <watch.yaml>', 'the configuration')
    .option('--plan <plan.json>', 'with this plan, that somebody edited')
    .addOption(new Option('--held <action>', 'what becomes of marks on hold').choices(['wipe', 'keep']))
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (name: string, { config, json, plan, held }: Flags) => {
      const { terminal } = open({ ...(json ? { json } : {}) });
      await withLedger(config, async (ledger, watch) => {
        const job = namedJob(ledger, name, ['held'], 'be released');
        const released = await release(ledger, job, watch, { plan, held });
        if (json) terminal.say(JSON.stringify(jobJson(released)));
        else terminal.say(`job ${job.id} (${printable(job.name)}) is queued${whenDone(ledger)}`);
      });
      done(0);
    });
}
