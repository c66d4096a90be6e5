import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { TextlessError } from '../core/errors.js';
import { readPlan } from '../plan/read.js';
import { hashFile } from '../plan/subject.js';
import { masksFolder, writePlan } from '../plan/write.js';
import { unchanged } from '../service/delivery/deliver.js';
import type { Watch } from '../service/configuration/watch.js';
import type { Job } from '../service/ledger/job.js';
import type { Ledger } from '../service/ledger/ledger.js';

/** Where plans that people gave are kept while their jobs may need them. */
const plansFolder = ({ work }: Pick<Watch, 'work'>): string => path.join(work, 'plans');

/**
 * Takes a plan for a job: checks that it is for this very file and decides every mark, and copies it, masks and all, to where nobody edits it.
 * @returns the absolute path of the copy
 * @throws TEXTLESS_PLAN, TEXTLESS_NOT_FOUND, TEXTLESS_OUTPUT, TEXTLESS_NO_SPACE
 */
export async function takePlan(job: Job, file: string, watch: Watch, held: Job['held']): Promise<string> {
  const plan = await readPlan(file);
  const state = await unchanged(job);
  if (state !== 'same')
    throw new TextlessError(
      'TEXTLESS_NOT_FOUND',
      `${job.name} ${state === 'gone' ? 'is gone' : 'has changed'} since it was held.`,
      job.source,
    );
  const sha256 = job.sha256 ?? (await hashFile(job.source));
  if (plan.programme.sha256 !== sha256)
    throw new TextlessError(
      'TEXTLESS_PLAN',
      `The plan was made for another file than ${job.name}: the content (SHA-256) differs.`,
      `plan (${plan.programme.name}): ${plan.programme.sha256}; file: ${sha256}`,
    );
  const open = plan.tracks.filter((t) => t.action === 'hold').map((t) => t.id);
  if (open.length && !held)
    throw new TextlessError(
      'TEXTLESS_PLAN',
      `${open.length} of ${plan.tracks.length} marks of the plan are still on hold: decide them, or say --held.`,
      open.join(', '),
    );
  const tag = createHash('sha256').update(`${Date.now()} ${process.pid} ${file}`).digest('hex').slice(0, 8);
  const copy = path.join(plansFolder(watch), `${job.id}-${tag}.json`);
  await mkdir(path.dirname(copy), { recursive: true }).catch((cause: unknown) => {
    throw new TextlessError('TEXTLESS_OUTPUT', `${path.dirname(copy)} cannot be made.`, String(cause), { cause });
  });
  await writePlan(copy, plan);
  return copy;
}

/** Removes a copy that is not used after all. */
export async function dropPlan(copy: string): Promise<void> {
  await rm(copy, { force: true });
  await rm(masksFolder(copy), { recursive: true, force: true });
}

/** Removes the copies that no job needs any more: of jobs that are done, were cancelled, or have another plan by now. */
export async function sweepPlans(ledger: Ledger, watch: Pick<Watch, 'work'>): Promise<void> {
  const folder = plansFolder(watch);
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) {
    const id = /^(\d+)-[0-9a-f]{8}\.json$/.exec(name)?.[1];
    if (!id) continue;
    const job = ledger.job(Number(id));
    const copy = path.join(folder, name);
    if (job && job.state !== 'done' && job.state !== 'cancelled' && (job.plan === copy || job.state === 'held')) continue;
    await dropPlan(copy);
  }
}
