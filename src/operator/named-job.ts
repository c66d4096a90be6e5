import path from 'node:path';
import { TextlessError } from '../core/errors.js';
import type { Job } from '../service/ledger/job.js';
import type { Ledger } from '../service/ledger/ledger.js';
import type { State } from '../service/ledger/states.js';

/** One job in a line, as messages name it. */
export const jobLine = ({ id, folder, name, state }: Job): string => `${id}  ${folder}/${name}  ${state}`;

/**
 * The one job that a person means by its number, its file's name or its file's path.
 * @param states those that what is asked for applies to; without them the latest job of a file is meant
 * @param asked what is asked for, as in "be released"
 * @throws TEXTLESS_NOT_FOUND when there is none; TEXTLESS_USAGE when several files are meant, with the list, or when it is in another state
 */
export function namedJob(ledger: Ledger, words: string, states?: readonly State[], asked = ''): Job {
  const found = ledger.find(words);
  const all = found.length ? found : ledger.find(path.resolve(words));
  if (!all.length) throw new TextlessError('TEXTLESS_NOT_FOUND', `The ledger knows no job ${words}.`);
  const fit = states ? all.filter((job) => states.includes(job.state)) : latestOfEach(all);
  if (fit.length === 1) return fit[0];
  if (fit.length)
    throw new TextlessError('TEXTLESS_USAGE', `${words} may mean ${fit.length} jobs: say its number.`, fit.map(jobLine).join('\n'));
  const job = all[0];
  throw new TextlessError(
    'TEXTLESS_USAGE',
    `Job ${job.id} (${job.name}) is ${job.state} and cannot ${asked}.`,
    all.map(jobLine).join('\n'),
  );
}

/** Of each file the latest job: the first, as the ledger gives them. */
function latestOfEach(jobs: readonly Job[]): Job[] {
  const first = new Map<string, Job>();
  for (const job of jobs) if (!first.has(`${job.folder}/${job.name}`)) first.set(`${job.folder}/${job.name}`, job);
  return [...first.values()];
}
