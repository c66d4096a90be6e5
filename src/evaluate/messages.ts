import type { ErrorCode } from '../core/errors.js';
import type { Progress } from '../core/progress.js';
import type { Pipeline } from '../plan/pipeline.js';
import type { ToolPaths } from '../media/tools.js';
import type { FillResult } from './filling/fill-programme.js';
import type { Case } from './programmes/case.js';
import type { CaseResult } from './run-case.js';

/** What a worker process is asked: one thing in its life. */
export type Job =
  | { readonly kind: 'take'; readonly name: string; readonly takes: string; readonly tools: ToolPaths }
  | {
      readonly kind: 'case';
      readonly programme: Case;
      readonly pipeline: Pipeline;
      readonly perceptionFolder?: string | undefined;
      readonly takes: string;
      readonly work: string;
      readonly keep: boolean;
      readonly tools: ToolPaths;
    }
  | {
      readonly kind: 'fill';
      /** A programme to be made, or the folder of a case that is there. */
      readonly programme: Case | { readonly folder: string };
      readonly modelFolder: string;
      readonly takes: string;
      readonly work: string;
      readonly keep: boolean;
      readonly tools: ToolPaths;
    };

/** What each kind of job results in. */
export interface Results {
  readonly take: null;
  readonly case: CaseResult;
  readonly fill: FillResult;
}

/** What it answers. */
export type Answer =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: Results[Job['kind']] }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly detail: string };
