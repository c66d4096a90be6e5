import type { State } from './states.js';

/** What a person may ask of a job that the service holds: to end it, or to refuse its file. */
export type Wish = 'cancel' | 'reject';

/** A programme on its way, as the ledger knows it. Times are milliseconds since 1970. */
export interface Job {
  readonly id: number;
  /** The watched folder, by name. */
  readonly folder: string;
  /** Of the file, relative to the folder's `in`, with `/`. */
  readonly name: string;
  /** Absolute path of the file as it was found. */
  readonly source: string;
  readonly size: number;
  readonly mtime: number;
  readonly inode: string;
  /** Of the content, once it has been read. */
  readonly sha256: string | null;
  /** Content, pipeline and network together: what decides the result. */
  readonly key: string | null;
  /** Name or path of the pipeline. */
  readonly pipeline: string;
  readonly priority: number;
  readonly state: State;
  readonly stage: string | null;
  /** Progress of the stage, in frames; `total` is 0 while it is not known. */
  readonly done: number;
  readonly total: number;
  /** Times that work on it was begun and ended badly. */
  readonly attempt: number;
  /** It is not begun before. */
  readonly not_before: number;
  /** Why it is where it is: a stable code, a sentence for a person, the technical cause. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly detail: string | null;
  /** Folder of what is not yet delivered. */
  readonly work: string | null;
  /** Where the result goes, or went. */
  readonly target: string | null;
  /** SHA-256 of the result. */
  readonly result: string | null;
  /** The job whose result this one's is. */
  readonly same_as: number | null;
  /** A plan that a person gave, and what becomes of marks on hold. */
  readonly plan: string | null;
  readonly held: 'wipe' | 'keep' | null;
  /** Names of the gates that its result did not pass, and of those that a person lets it pass; with spaces between them. */
  readonly gates: string | null;
  readonly accepted: string | null;
  /** 1 while its file lies where it was found, 0 once the service has put it away. */
  readonly kept: number;
  /** Times that the whole service ended while this was worked on, since it last came forward. */
  readonly deaths: number;
  /** What a person asked for and the service has not yet done. */
  readonly wish: Wish | null;
  /** The process that is at it, see `processIdentity`; and until when that is believed without another word. */
  readonly worker: string | null;
  readonly lease: number | null;
  readonly created: number;
  readonly updated: number;
  readonly finished: number | null;
}

/** What a job may be changed in beside its state. */
export type JobChange = Partial<Omit<Job, 'id' | 'state' | 'created' | 'updated'>>;

/** What is known of a file when it becomes a job. */
export type NewJob = Pick<Job, 'folder' | 'name' | 'source' | 'size' | 'mtime' | 'inode' | 'pipeline' | 'priority'>;

/** One step of a job. */
export interface JobEvent {
  readonly id: number;
  readonly job: number;
  readonly at: number;
  readonly from: State | null;
  readonly to: State;
  readonly detail: string | null;
}
