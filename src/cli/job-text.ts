import { clock } from '../core/time.js';
import type { RunningOverview } from '../operator/overview.js';
import type { Job } from '../service/ledger/job.js';
import { alignedRows } from './table.js';
import { STAGES } from './terminal.js';

/** Names come from whoever drops files: what a terminal would obey, or what would turn the line round, is not printed. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');

/** `2026-03-01 18:04:09`, local time. */
export function moment(at: number): string {
  const date = new Date(at);
  const part = (v: number): string => String(v).padStart(2, '0');
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(part).join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(part).join(':')}`;
}

const file = ({ folder, name }: Job): string => printable(`${folder}/${name}`);

/** What is done about a running job now, and how far it is. */
function stepOf({ stage, done, total }: Job): [string, string] {
  const name = stage && stage in STAGES ? STAGES[stage as keyof typeof STAGES] : 'preparing';
  if (total > 0) return [name, `${Math.min(100, Math.floor((100 * done) / total))} %`];
  return [name, done ? `${done} frames` : ''];
}

/** Running jobs; the time left is that of the step, because how long the next one takes is not known before it begins. */
export const runningTable = (running: readonly RunningOverview[], now: number): string[] =>
  alignedRows([
    ['job', 'step', 'of it', 'step ends in', 'attempt', 'file'],
    ...running.map(({ job, left }) => [
      String(job.id),
      ...stepOf(job),
      left === undefined ? '–' : clock(left),
      String(job.attempt + 1),
      `${file(job)}${job.lease !== null && job.lease < now ? ' (nothing is heard of it)' : ''}`,
    ]),
  ]);

/** Jobs that wait for somebody: with the reason. */
export const reasonTable = (jobs: readonly Job[]): string[] =>
  alignedRows([
    ['job', 'state', 'since', 'file', 'reason'],
    ...jobs.map((job) => [
      String(job.id),
      job.state,
      moment(job.updated),
      file(job),
      printable(`${job.reason ?? ''}${job.code ? ` [${job.code}]` : ''}`),
    ]),
  ]);

/** Jobs, one a line. */
export const jobTable = (jobs: readonly Job[]): string[] =>
  alignedRows([
    ['job', 'state', 'since', 'pipeline', 'file'],
    ...jobs.map((job) => [String(job.id), job.state, moment(job.updated), printable(job.pipeline), file(job)]),
  ]);

/** A job for machines: times as ISO 8601, without what only the service uses. */
export function jobJson(job: Job): object {
  const { id, folder, name, state, stage, done, total, attempt, code, reason, detail, wish, pipeline, priority } = job;
  const { source, size, sha256, work, target, result, plan, held, key } = job;
  const names = (list: string | null): string[] => list?.split(' ') ?? [];
  const iso = (at: number | null): string | null => (at ? new Date(Math.round(at)).toISOString() : null);
  return {
    ...{ id, folder, name, state, stage, done, total, attempt, code, reason, detail, wish, pipeline, priority },
    ...{ source, size, modified: iso(job.mtime), sha256, key, work, target, result, sameAs: job.same_as, plan, held },
    ...{ gates: names(job.gates), accepted: names(job.accepted) },
    ...{ created: iso(job.created), updated: iso(job.updated), finished: iso(job.finished), notBefore: iso(job.not_before) },
  };
}
