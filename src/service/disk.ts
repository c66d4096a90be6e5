import { statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { WatchFolder } from './configuration/watch.js';
import type { Job } from './ledger/job.js';

/** What a job may need beside its source's size, in the work folder: the result, and what is kept of restoring. */
const IN_WORK = 1.5;

export interface Disk {
  readonly free: number;
  readonly total: number;
}

/** The disk of a folder, or of the first one above it that is there. */
export async function diskOf(folder: string): Promise<Disk> {
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch (error) {
    const above = path.dirname(folder);
    if (above === folder || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return diskOf(above);
  }
}

/**
 * Why there is no room for a job: as a sentence for a person; undefined where there is.
 * @param reserve share of each disk that stays free
 */
export async function lackOfRoom(job: Pick<Job, 'size'>, folder: WatchFolder, work: string, reserve: number): Promise<string | undefined> {
  for (const [place, need] of [
    [work, IN_WORK * job.size],
    [folder.out, job.size],
  ] as const) {
    try {
      const { free, total } = await diskOf(place);
      if (free - need < reserve * total)
        return `There is too little room in ${place}: ${gib(free)} free, ${gib(need + reserve * total)} wanted.`;
    } catch (error) {
      return `${place} cannot be reached: ${String(error)}`;
    }
  }
  return undefined;
}

export const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Memory that one programme in work may take at 1080p, and cores that it can use. */
const MEMORY = 4 * 2 ** 30;
const CORES = 4;

/** Programmes that this machine can work on at once. */
export const usualTogether = (): number =>
  Math.max(1, Math.min(Math.floor(os.availableParallelism() / CORES), Math.floor(os.totalmem() / MEMORY)));
