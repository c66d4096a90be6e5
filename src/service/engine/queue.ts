import { mayBegin } from '../configuration/schema.js';
import type { WatchFolder } from '../configuration/watch.js';
import type { Job } from '../ledger/job.js';

/** Looks at so many waiting jobs at most: the first of each folder is among them unless one folder alone has more of a higher priority. */
export const LOOK_AHEAD = 500;

/** Chooses whose turn it is: the highest priority first; of equal ones the folder that was served longest ago, and in it what came first. */
export class Queue {
  #turn = 0;
  readonly #served = new Map<string, number>();

  /** @param waiting queued jobs, by priority, then as they came */
  choose(waiting: readonly Job[], folderOf: (name: string) => WatchFolder | undefined, now: Date): Job | undefined {
    const may = new Map<string, boolean>();
    const firsts = new Map<string, Job>();
    for (const job of waiting) {
      if (firsts.has(job.folder)) continue;
      if (!may.has(job.folder)) {
        const folder = folderOf(job.folder);
        may.set(job.folder, folder !== undefined && (!folder.schedule || mayBegin(folder.schedule, now)));
      }
      if (may.get(job.folder)) firsts.set(job.folder, job);
    }
    const turn = (job: Job): number => this.#served.get(job.folder) ?? -1;
    const [chosen] = [...firsts.values()].sort((a, b) => b.priority - a.priority || turn(a) - turn(b) || a.id - b.id);
    if (chosen) this.#served.set(chosen.folder, this.#turn++);
    return chosen;
  }
}
