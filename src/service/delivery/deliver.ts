import { existsSync } from 'node:fs';
import { copyFile, link, lstat, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { TextlessError } from '../../core/errors.js';
import { deliveredName } from '../../job/naming.js';
import { writeWhole } from '../../plan/mask-file.js';
import type { WatchFolder } from '../configuration/watch.js';
import type { Job } from '../ledger/job.js';
import type { Ledger } from '../ledger/ledger.js';
import { LIVE } from '../ledger/states.js';
import { freeName, hashOrNone, nameIsTaken, placeFile } from './place.js';

/** Where the finished file of a job lies in its work folder; beside it what goes with it, by the same name. */
export const resultFile = (job: Pick<Job, 'work' | 'name'>): string => path.join(job.work ?? '', `result${path.extname(job.name)}`);
export const reportFile = (job: Pick<Job, 'work'>): string => path.join(job.work ?? '', 'report.json');
/** What goes with the delivered file: its report, its cues. Name endings instead of the extension, or after the name. */
export const CUES = ['.srt', '.vtt'] as const;

/** What the delivered file is called where nothing is in the way; by default it has the extension of its source, or the one it was given before. */
export const wantedTarget = (job: Job, folder: WatchFolder, suffix: string, extension = path.extname(job.target ?? job.name)): string =>
  path.join(folder.out, ...path.dirname(job.name).split('/'), deliveredName(path.basename(job.name), suffix, extension));

/**
 * Decides what the delivered file is to be called.
 * @returns undefined where the name is taken and the folder's policy refuses that
 */
export async function chooseTarget(
  job: Job,
  folder: WatchFolder,
  { suffix, extension, ledger }: { readonly suffix: string; readonly extension: string | undefined; readonly ledger: Ledger },
): Promise<string | undefined> {
  const wanted = wantedTarget(job, folder, suffix, extension);
  if (folder.existing === 'replace') return wanted;
  const promised = new Set(ledger.in(LIVE).flatMap((j) => (j.target && j.id !== job.id ? [j.target] : [])));
  if (folder.existing === 'suffix') return freeName(wanted, (file) => promised.has(file));
  return promised.has(wanted) || (await nameIsTaken(wanted)) ? undefined : wanted;
}

/** `lost`: there is no result, so that the work has to be done again. `taken`: another file has the name by now. */
export type Delivery = 'delivered' | 'lost' | 'taken';

/**
 * Puts a finished job's files into their places, the programme last: who sees it finds the rest. May be interrupted at any step and done again.
 * @throws TextlessError
 */
export async function deliverResult(job: Job, folder: WatchFolder): Promise<Delivery> {
  const { target, result } = job;
  if (!target || !result) return 'lost';
  const from = resultFile(job);
  const made = existsSync(from);
  const replace = folder.existing === 'replace';
  // It may be there already, by a run that ended before it could say so.
  const own = existsSync(target) && ((await sameFile(from, target)) || (await hashOrNone(target)) === result);
  if (!made && !own) return 'lost';
  if (!own && !replace && existsSync(target)) return 'taken';
  for (const [file, place] of companionsOf(job, target)) if (existsSync(file)) await placeFile(file, place, { replace: true });
  if (!own) return (await placeFile(from, target, { replace })) ? 'delivered' : 'taken';
  await rm(from, { force: true });
  return 'delivered';
}

/** The same file under two names: the process ended between giving the new name and taking the old. */
async function sameFile(a: string, b: string): Promise<boolean> {
  const [one, two] = await Promise.all([a, b].map((f) => lstat(f).catch(() => undefined)));
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino;
}

/** What is delivered beside the programme: from, to. */
export function companionsOf(job: Job, target: string): [string, string][] {
  const from = resultFile(job);
  const stem = (file: string): string => file.slice(0, file.length - path.extname(file).length);
  return [...CUES.map((end): [string, string] => [stem(from) + end, stem(target) + end]), [reportFile(job), `${target}.report.json`]];
}

/** The result of another job under this one's name: one more link to the same file, or a copy where links cannot be. */
export async function linkResult(other: Job, job: Job): Promise<boolean> {
  if (!other.target || (await hashOrNone(other.target)) !== other.result) return false;
  const to = resultFile(job);
  await rm(to, { force: true });
  await link(other.target, to).catch(() => copyFile(other.target!, to));
  for (const [[from], [, kept]] of companionsOf(job, job.name).map((own, i) => [own, companionsOf(other, other.target!)[i]] as const))
    if (existsSync(kept)) await copyFile(kept, from);
  return true;
}

/** Whether a file is still the one that became a job. */
export async function unchanged(job: Pick<Job, 'source' | 'size' | 'mtime'>): Promise<'same' | 'changed' | 'gone'> {
  const found = await lstat(job.source).catch(() => undefined);
  if (!found) return 'gone';
  return found.isFile() && found.size === job.size && found.mtimeMs === job.mtime ? 'same' : 'changed';
}

/**
 * Puts the source of a delivered or refused job away. Never touches a file that has changed since.
 * @returns where it lies now; undefined where it was deleted, or is gone
 */
export async function putAway(job: Job, folder: WatchFolder, to: 'archive' | 'failed'): Promise<string | undefined> {
  if (folder.source === 'keep') return job.source;
  const state = await unchanged(job);
  if (state !== 'same') return state === 'gone' ? undefined : job.source;
  if (to === 'archive' && folder.source === 'delete') {
    await unlink(job.source);
    return undefined;
  }
  const { dir, name, ext } = path.parse(path.join(folder[to], ...job.name.split('/')));
  for (let n = 1; ; n++) {
    const place = path.join(dir, n === 1 ? `${name}${ext}` : `${name}-${n}${ext}`);
    if (place === job.source) return place; // it was put away before, and worked on from there
    // A run that ended in the middle may have put it there.
    if ((await sameFile(job.source, place)) || (job.sha256 && (await hashOrNone(place)) === job.sha256)) {
      await rm(job.source);
      return place;
    }
    if (!(await nameIsTaken(place)) && (await placeFile(job.source, place))) return place;
  }
}

/** Why a file was refused or could not be done, beside where such files lie. */
export async function writeReason(job: Job, folder: WatchFolder, file: string): Promise<void> {
  const { id, name, code, reason, detail, attempt } = job;
  const words = { job: id, file: name, folder: folder.name, code, reason, detail, attempts: attempt };
  await writeWhole(file, `${JSON.stringify(words, null, 2)}\n`);
}

/** A refusal as the ledger keeps it. */
export function reasonOf(error: unknown): { code: string; reason: string; detail: string } {
  if (error instanceof TextlessError) return { code: error.code, reason: error.message, detail: error.detail };
  return {
    code: 'TEXTLESS_OUTPUT',
    reason: 'Something unexpected went wrong.',
    detail: String(error instanceof Error ? (error.stack ?? error) : error),
  };
}
