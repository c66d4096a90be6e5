import { existsSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { TextlessError } from '../core/errors.js';
import type { Watch } from '../service/configuration/watch.js';
import type { Job, JobChange, Wish } from '../service/ledger/job.js';
import type { Ledger } from '../service/ledger/ledger.js';
import { IllegalTransition, LIVE, type State } from '../service/ledger/states.js';
import { dropPlan, takePlan } from './plans.js';

/** States from which a person may ask for another attempt, and in which something can be called off. */
export const RETRIABLE: readonly State[] = ['failed', 'rejected', 'cancelled', 'done', 'held'];
export const CANCELLABLE: readonly State[] = ['queued', 'working', 'held'];

/** What a job begins with that comes into the queue anew. */
const AFRESH: JobChange = { attempt: 0, deaths: 0, not_before: 0, code: null, detail: null, wish: null, done: 0, total: 0, finished: null };

/** Queues a job, unless somebody else was faster. */
function queued(ledger: Ledger, job: Job, change: JobChange): Job {
  try {
    if (ledger.job(job.id)?.state === job.state) return ledger.move(job.id, 'queued', { ...AFRESH, ...change });
  } catch (error) {
    if (!(error instanceof IllegalTransition) && !/UNIQUE/.test(String(error))) throw error;
  }
  throw late(ledger, job);
}

const late = (ledger: Ledger, { id, name }: Job): TextlessError =>
  new TextlessError('TEXTLESS_USAGE', `Job ${id} (${name}) is ${ledger.job(id)?.state ?? 'gone'} by now; nothing was changed.`);

/**
 * Lets a held job go on: with a plan that a person edited, or by wiping or keeping what was on hold (wiped where nothing is said). A result that did
 * not pass its gates is made again and delivered, whatever those gates say then.
 * @throws TEXTLESS_PLAN, TEXTLESS_NOT_FOUND, TEXTLESS_USAGE, TEXTLESS_OUTPUT
 */
export async function release(
  ledger: Ledger,
  job: Job,
  watch: Watch,
  { plan, held }: { readonly plan?: string | undefined; readonly held?: 'wipe' | 'keep' | undefined },
): Promise<Job> {
  const copy = plan === undefined ? undefined : await takePlan(job, plan, watch, held ?? null);
  // What is held for another reason than marks goes on as it is: its marks have not been looked at.
  const usual = job.code === 'TEXTLESS_HELD' && !copy ? 'wipe' : job.held;
  try {
    return queued(ledger, job, { held: held ?? usual, ...(copy ? { plan: copy } : {}), ...accepted(job, copy !== undefined) });
  } catch (error) {
    if (copy) await dropPlan(copy);
    throw error;
  }
}

/** What did not pass, and was looked at, may pass the next time; with another plan the result is another one. */
function accepted(job: Job, anew: boolean): JobChange {
  const reason = 'A person released it.';
  if (job.code !== 'TEXTLESS_GATE') return { reason };
  const names = new Set([job.accepted, job.gates].flatMap((list) => list?.split(' ') ?? []));
  if (anew) return { gates: null, accepted: null, reason };
  return { gates: null, accepted: [...names].join(' '), reason: `A person released it, accepting ${[...names].join(', ')}.` };
}

/** Tells the service, through the ledger, what a person wants. @throws TEXTLESS_USAGE when it is too late */
export function wish(ledger: Ledger, job: Job, what: Wish): Job {
  ledger.change(job.id, { wish: what });
  const now = ledger.job(job.id)!;
  const open: readonly State[] = what === 'cancel' ? [...CANCELLABLE, 'cancelled'] : ['held', 'rejected']; // it may have been granted at once
  if (open.includes(now.state)) return now;
  ledger.change(job.id, { wish: null });
  throw late(ledger, job);
}

/**
 * Queues a finished, refused or held job once more. Its file is worked on where the service put it.
 * @throws TEXTLESS_NOT_FOUND when the file is gone or another one; TEXTLESS_USAGE where a decision on marks is wanted, or the file has another job
 */
export async function retry(ledger: Ledger, job: Job): Promise<Job> {
  if (job.code === 'TEXTLESS_HELD' && job.state === 'held')
    throw new TextlessError('TEXTLESS_USAGE', `Job ${job.id} (${job.name}) waits for a decision on marks: use release or reject.`);
  const other = ledger.latestOf(job.source);
  if (other && other.id !== job.id && LIVE.includes(other.state))
    throw new TextlessError('TEXTLESS_USAGE', `${job.name} is dealt with already, as job ${other.id} (${other.state}).`);
  const found = await lstat(job.source).catch(() => undefined);
  if (!found?.isFile() || found.size !== job.size)
    throw new TextlessError('TEXTLESS_NOT_FOUND', `${job.name} ${found ? 'has changed' : 'is gone'}: drop it in again.`, job.source);
  await rm(`${job.source}.reason.json`, { force: true });
  const plan = job.plan !== null && existsSync(job.plan) ? job.plan : null;
  return queued(ledger, job, { mtime: found.mtimeMs, inode: String(found.ino), plan, target: null, result: null, same_as: null, reason: 'A person asked for another attempt.' }); // prettier-ignore
}
