import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { TextlessError } from '../../core/errors.js';
import type { Aside } from '../delivery/aside.js';
import type { Job } from '../ledger/job.js';
import type { Ledger } from '../ledger/ledger.js';
import { processIdentity } from './process-group.js';

/** Times that the service may end while a job is worked on and does not come forward. */
const DEATHS = 50;

/** Takes up what an earlier process was at: ends its working processes and queues their jobs again. */
export async function recoverJobs({
  ledger,
  log,
  aside,
}: {
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly aside: Aside;
}): Promise<void> {
  for (const job of ledger.in(['working'])) {
    await endLeftOver(job);
    const deaths = job.deaths + 1;
    log.info({ job: job.id, deaths }, 'taken up again');
    if (deaths < DEATHS) ledger.move(job.id, 'queued', { deaths, not_before: 0, reason: 'The service ended while it was worked on.' });
    else await aside.refuse(job, 'failed', { code: 'TEXTLESS_CRASHED', reason: `The service ended ${deaths} times while it was worked on.`, detail: '' }); // prettier-ignore
  }
}

/** A working process whose service has died ends by itself, but that may take a moment. */
async function endLeftOver({ worker }: Job): Promise<void> {
  const pid = Number(worker?.split('@')[0]);
  if (!worker || !pid || processIdentity(pid) !== worker) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    return;
  }
  for (let n = 0; n < 200 && processIdentity(pid) === worker; n++) await wait(25);
  if (processIdentity(pid) === worker)
    throw new TextlessError('TEXTLESS_STALLED', `The process ${pid} of an earlier service does not end.`);
}
