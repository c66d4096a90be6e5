import type { GateName } from '../plan/gates.js';
import type { Plan } from '../plan/plan.js';
import type { LibraryAccess } from './marks.js';
import type { KeptChunk } from './checkpoint/resume.js';
import type { ScanOptions } from './scan.js';

/** Where a job keeps what it has done, so that another run goes on from there. */
export interface CheckpointRequest {
  /** A folder of its own for this programme and pipeline; it exists. */
  readonly folder: string;
  /** Of the program: what another version restored is not taken over. */
  readonly version: string;
  /** Frames of a part at least; see `planChunks`. */
  readonly chunkFrames?: number | undefined;
  /** Told of each part that has been restored and kept. */
  readonly onChunk?: (chunk: KeptChunk) => void;
}

/** Everything a wipe needs to know. Paths may be relative. */
export interface WipeRequest extends ScanOptions {
  readonly input: string;
  readonly output: string;
  /** Wipe what this plan says instead of looking for marks. */
  readonly plan?: Plan;
  /** What becomes of tracks on hold; without it they stop the delivery. */
  readonly held?: 'wipe' | 'keep';
  /** Gates that the result may fail: a person has looked at it. */
  readonly accept?: readonly GateName[] | undefined;
  /** Where to draw the before / mask / after sheet, by default also of why a result did not pass. */
  readonly sheet?: string;
  /** Where to draw that instead. */
  readonly gatePicture?: string;
  readonly modelFolder: string;
  /** Whether the network fills; otherwise copying in time and push-pull alone. */
  readonly network: boolean;
  /** Restoring processes; by default as many as help. The result does not depend on it. */
  readonly workers?: number | undefined;
  readonly overwrite: boolean;
  /** The mark library, where there may be one; without it each programme is learnt from alone. */
  readonly library?: LibraryAccess | undefined;
  /** Keeps the plan and what has been restored until the folder is removed; without it a run that ends early has done nothing. */
  readonly checkpoint?: CheckpointRequest | undefined;
  /** Told once the plan is known, with the seconds it took. */
  readonly onPlan?: (plan: Plan, seconds: number) => void;
}
