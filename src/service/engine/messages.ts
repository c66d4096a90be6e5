import type { ErrorCode } from '../../core/errors.js';
import type { Progress } from '../../core/progress.js';
import type { KeptChunk } from '../../job/checkpoint/resume.js';
import type { WipeReport } from '../../job/outcome.js';
import type { GateName } from '../../plan/gates.js';
import type { Pipeline } from '../../plan/pipeline.js';

/** Where the parts of the program lie. */
export interface Installation {
  readonly version: string;
  readonly pipelineFolder: string;
  readonly modelFolder: string;
  readonly perceptionFolder: string;
  /** Of the mark library. */
  readonly libraryFolder: string;
  readonly tools: { readonly ffmpeg?: string | undefined; readonly ffprobe?: string | undefined };
}

/** What a working process is to do: one programme. Paths and values, no frames. */
export interface Task {
  readonly installation: Installation;
  readonly input: string;
  /** Where the result is to lie; its folder exists. */
  readonly output: string;
  readonly sheet: string;
  /** Where the plan and what has been restored are kept. */
  readonly checkpoint: string;
  readonly pipeline: Pipeline;
  readonly channel: string | undefined;
  /** A plan that a person has decided on, instead of looking for marks. */
  readonly plan: string | undefined;
  readonly held: 'wipe' | 'keep' | undefined;
  /** Gates that a person lets the result pass. */
  readonly accept: readonly GateName[];
  /** Restoring processes at most; fewer need less memory. */
  readonly workers: number | undefined;
  /** Frames of a chunk at least, for trials with short programmes. */
  readonly chunkFrames: number | undefined;
}

/** From a working process. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'chunk'; readonly chunk: KeptChunk }
  | { readonly kind: 'losses'; readonly losses: readonly string[] }
  | { readonly kind: 'finished'; readonly report: WipeReport }
  | { readonly kind: 'failed'; readonly code: ErrorCode | null; readonly message: string; readonly detail: string };

/** To a working process: what to do; or to stop at once, keeping what is kept. */
export type ToWorker = { readonly kind: 'task'; readonly task: Task } | { readonly kind: 'stop' };
