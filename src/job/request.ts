import type { Plan } from '../plan/plan.js';
import type { LibraryAccess } from './marks.js';
import type { ScanOptions } from './scan.js';

/** Everything a wipe needs to know. Paths may be relative. */
export interface WipeRequest extends ScanOptions {
  readonly input: string;
  readonly output: string;
  /** Wipe what this plan says instead of looking for marks. */
  readonly plan?: Plan;
  /** What becomes of tracks on hold; without it they stop the delivery. */
  readonly held?: 'wipe' | 'keep';
  /** Where to draw the before / mask / after sheet. */
  readonly sheet?: string;
  readonly modelFolder: string;
  /** Whether the network fills; otherwise copying in time and push-pull alone. */
  readonly network: boolean;
  readonly overwrite: boolean;
  /** The mark library, where there may be one; without it each programme is learnt from alone. */
  readonly library?: LibraryAccess | undefined;
  /** Told once the plan is known, with the seconds it took. */
  readonly onPlan?: (plan: Plan, seconds: number) => void;
}
