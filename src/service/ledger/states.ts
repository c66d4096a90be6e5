/**
 * What may become of a job. `queued` waits for its turn; `working` a process is at it; `delivering` the result is whole and is being put in its place;
 * `delivered` it is there, the source is not yet put away; `held` waits for a person; `failed` this machine could not do it; `rejected` the file, or a
 * person, says no.
 */
export const STATES = ['queued', 'working', 'delivering', 'delivered', 'done', 'held', 'failed', 'rejected', 'cancelled'] as const;
export type State = (typeof STATES)[number];

/** The whole table: from each state to those that may follow. */
export const TRANSITIONS: Readonly<Record<State, readonly State[]>> = {
  queued: ['working', 'delivering', 'failed', 'rejected', 'cancelled'],
  working: ['queued', 'delivering', 'held', 'failed', 'rejected', 'cancelled'],
  delivering: ['delivered', 'queued', 'failed', 'rejected'],
  delivered: ['done'],
  done: ['queued'],
  held: ['queued', 'rejected', 'cancelled'],
  failed: ['queued', 'cancelled'],
  rejected: ['queued'],
  cancelled: ['queued'],
};

/** States of jobs that somebody still has to do with: their source is spoken for. */
export const LIVE: readonly State[] = ['queued', 'working', 'delivering', 'delivered', 'held'];

/** Thrown where a job is to go where the table does not lead. */
export class IllegalTransition extends Error {
  constructor(
    readonly job: number,
    readonly from: State,
    readonly to: State,
  ) {
    super(`job ${job} cannot go from ${from} to ${to}`);
  }
}
