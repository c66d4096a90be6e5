import type { Watch } from '../service/configuration/watch.js';
import type { Job } from '../service/ledger/job.js';
import type { Ledger } from '../service/ledger/ledger.js';
import { STATES, type State } from '../service/ledger/states.js';
import { ownerOf } from '../service/ownership.js';
import { paceOf } from './pace.js';

/** What the service says of itself every second. */
export interface Pulse {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Why no work begins, in a sentence. */
  readonly lacks: string | null;
  readonly folders: readonly { readonly folder: string; readonly waiting: number; readonly problem?: string }[];
}

/** One watched folder: files not yet arrived (undefined while nobody looks), jobs by state, and why it cannot be read. */
export interface FolderOverview {
  readonly folder: string;
  /** False for one that is in the ledger and no longer in the configuration. */
  readonly watched: boolean;
  readonly waiting: number | undefined;
  readonly jobs: Readonly<Record<State, number>>;
  readonly problem: string | undefined;
}

/** A job that a process is at. `left`: seconds until this step of it ends, at the speed of the last minute; undefined while that is not known. */
export interface RunningOverview {
  readonly job: Job;
  readonly left: number | undefined;
}

/** Everything that an operator sees at a glance. */
export interface Overview {
  /** The process and host that run the service; undefined when none does. */
  readonly service: { readonly host: string; readonly process: number } | undefined;
  /** Seconds since the service last said something, where that is longer than it should be. */
  readonly silent: number | undefined;
  readonly lacks: string | null;
  readonly folders: readonly FolderOverview[];
  readonly running: readonly RunningOverview[];
  readonly held: readonly Job[];
  /** Failed and rejected, the latest first. */
  readonly failed: readonly Job[];
  /** Done and cancelled, the latest first. */
  readonly finished: readonly Job[];
}

/** Milliseconds without a word after which a service counts as silent. */
const SILENT = 30_000;

/** What the service said last; undefined where it never did. */
export function pulseOf(ledger: Ledger): Pulse | undefined {
  const text = ledger.fact('intake');
  return text === undefined ? undefined : (JSON.parse(text) as Pulse);
}

/** What is to be known of all folders and jobs now. @param limit finished, held and failed jobs to be named, of each */
export function overviewOf(ledger: Ledger, watch: Watch, { now = Date.now(), limit = 20 } = {}): Overview {
  const owner = ownerOf(ledger);
  const pulse = owner && pulseOf(ledger);
  const silence = pulse ? now - pulse.at : 0;
  const pace = paceOf(ledger);
  const latest = (...states: State[]): Job[] => ledger.in(states, limit).reverse();
  return {
    service: owner && { host: owner.host, process: Number(owner.process.split('@')[0]) },
    silent: silence > SILENT ? Math.round(silence / 1000) : undefined,
    lacks: pulse?.lacks ?? null,
    folders: folderRows(ledger, watch, pulse),
    running: ledger.in(['working']).map((job) => ({ job, left: owner && (job.lease ?? 0) > now ? pace.left(job, now) : undefined })),
    held: latest('held'),
    failed: latest('failed', 'rejected'),
    finished: latest('done', 'cancelled'),
  };
}

function folderRows(ledger: Ledger, watch: Watch, pulse: Pulse | undefined): FolderOverview[] {
  const none = (): Record<State, number> => Object.fromEntries(STATES.map((s) => [s, 0])) as Record<State, number>;
  const jobs = new Map(watch.folders.map((f) => [f.name, none()]));
  for (const { folder, state, jobs: n } of ledger.counts()) jobs.set(folder, { ...(jobs.get(folder) ?? none()), [state]: n });
  return [...jobs].map(([folder, counts]) => {
    const seen = pulse?.folders.find((f) => f.folder === folder);
    const watched = watch.folders.some((f) => f.name === folder);
    return { folder, watched, waiting: seen?.waiting, jobs: counts, problem: seen?.problem };
  });
}
