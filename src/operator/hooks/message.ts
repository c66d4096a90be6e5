import { createHash, createHmac } from 'node:crypto';
import path from 'node:path';
import type { Watch } from '../../service/configuration/watch.js';
import type { Job, JobEvent } from '../../service/ledger/job.js';

/** What is posted about a step of a job. Names only: no path of this machine leaves it. */
export interface HookMessage {
  readonly version: 1;
  /** The same whenever this message is sent again, and that of no other. */
  readonly delivery: string;
  readonly event: `job.${string}`;
  /** When it happened. */
  readonly at: string;
  readonly job: {
    readonly id: number;
    readonly folder: string;
    readonly name: string;
    readonly pipeline: string;
    readonly size: number;
    readonly sha256: string | null;
    readonly created: string;
    readonly attempts: number;
    readonly code: string | null;
    readonly reason: string | null;
    /** The delivered file's name and content; null while nothing is delivered. */
    readonly delivered: string | null;
    readonly deliveredSha256: string | null;
    /** The job whose result it shares. */
    readonly sameAs: number | null;
  };
}

/** The message about a step. */
export function messageOf(event: JobEvent, job: Job, watch: Pick<Watch, 'folders' | 'work' | 'file'>): HookMessage {
  const { id, folder, name, size, sha256, created, attempt, target, result } = job;
  const done = event.to === 'done';
  const reason = event.detail ?? job.reason;
  return {
    version: 1,
    delivery: createHash('sha256')
      .update(JSON.stringify([event.id, event.at, id, created, folder, name]))
      .digest('hex')
      .slice(0, 32),
    event: `job.${event.to}`,
    at: new Date(event.at).toISOString(),
    job: {
      ...{ id, folder, name, size, sha256 },
      pipeline: path.basename(job.pipeline),
      created: new Date(created).toISOString(),
      attempts: attempt,
      code: job.state === event.to ? job.code : null,
      reason: reason === null ? null : withoutPaths(reason, watch),
      delivered: done && target ? path.basename(target) : null,
      deliveredSha256: done ? result : null,
      sameAs: job.same_as,
    },
  };
}

/** A sentence with names in place of paths. */
export function withoutPaths(text: string, { folders, work, file }: Pick<Watch, 'folders' | 'work' | 'file'>): string {
  const places = [...folders.flatMap((f) => [f.in, f.out, f.hold, f.failed, f.archive]), work, path.dirname(file)];
  let says = text;
  // The longest first: one may lie in another, and their names may hold spaces.
  for (const place of [...new Set(places)].sort((a, b) => b.length - a.length))
    if (place !== path.sep) says = says.replaceAll(place + path.sep, '').replaceAll(place, path.basename(place));
  return says.replace(/(^|[\s'"(=:])\/(?:[^\s'"/]+\/)*([^\s'"/]*)/g, '$1$2');
}

/** `sha256=` and the HMAC of time and message, as hexadecimal digits. @param seconds since 1970, as X-Textless-Timestamp says them */
export const signatureOf = (secret: string, seconds: number, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
