import type { Box } from '../../core/area.js';
import { GATES, type GateName, type GateRules } from '../../plan/gates.js';

/** A frame and a place that show best why a gate was not passed. */
export interface Worst {
  readonly frame: number;
  /** In luma samples. */
  readonly box: Box;
}

/** What a gate found out about a programme. */
export interface Measured {
  readonly gate: GateName;
  /** In the gate's own unit, see {@link GATES}; null where there was nothing to measure. */
  readonly value: number | null;
  /** One sentence for a person: what was found, or why nothing could be measured. */
  readonly says: string;
  readonly worst?: Worst | undefined;
}

/** `fail` stops the delivery, `accepted` would, had no person said otherwise; `none`: there was nothing to measure, or the gate is off. */
export type Verdict = 'pass' | 'warn' | 'fail' | 'accepted' | 'none';

/** A gate in the report of a job. */
export interface GateResult extends Measured {
  readonly limit: number;
  readonly verdict: Verdict;
}

/** Holds what was measured against the limits of a pipeline. @param accepted gates that a person lets the programme pass */
export function judged(measured: Measured, rules: GateRules, accepted: readonly GateName[] = []): GateResult {
  const { gate, value } = measured;
  const { limit, fails } = rules[gate];
  const rounded = value === null ? null : Math.round(1e4 * value) / 1e4;
  const within = value === null || (GATES[gate].passes === 'most' ? value <= limit : value >= limit);
  const beyond: Verdict = fails === 'warn' ? 'warn' : accepted.includes(gate) ? 'accepted' : 'fail';
  const verdict = value === null || fails === 'off' ? 'none' : within ? 'pass' : beyond;
  return { ...measured, value: rounded, limit, verdict };
}

/** A gate that found nothing to measure. */
export const nothing = (gate: GateName, says: string): Measured => ({ gate, value: null, says });
