import type { JobEvent } from '../../service/ledger/job.js';

/** Seconds that a job was worked on and delivered, all attempts together: waiting in the queue or for a person does not count. */
export function secondsOfWork(events: readonly JobEvent[]): number {
  let sum = 0;
  for (const [i, { to, at }] of events.entries()) {
    const next = events.at(i + 1);
    if (next && ['working', 'delivering', 'delivered'].includes(to)) sum += Math.max(0, next.at - at);
  }
  return sum / 1000;
}
