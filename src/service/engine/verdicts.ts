import type { Ending } from './worker-process.js';

/** What becomes of a job whose work ended badly. `later`: the machine is at fault, it is tried again without being counted. */
export type Consequence = 'rejected' | 'held' | 'retry' | 'later' | 'stopped';

/** The file is at fault: no further attempt would help. */
const REFUSED: readonly string[] = [
  'TEXTLESS_NOT_MEDIA',
  'TEXTLESS_UNSUPPORTED',
  'TEXTLESS_ENCRYPTED',
  'TEXTLESS_INCOMPLETE',
  'TEXTLESS_EMPTY',
];
/** A person has to look: a wrong sidecar or plan, or a result that did not pass. */
const DOUBTFUL: readonly string[] = ['TEXTLESS_CONFIG', 'TEXTLESS_PLAN', 'TEXTLESS_VERIFY', 'TEXTLESS_GATE', 'TEXTLESS_LANGUAGE'];
/** The machine is at fault for all files alike. */
const SETUP: readonly string[] = ['TEXTLESS_NO_SPACE', 'TEXTLESS_FFMPEG_MISSING', 'TEXTLESS_MODEL', 'TEXTLESS_DEVICE'];

/** What an error says about the job that met it. */
export function consequenceOf(code: string | null): Consequence {
  if (code === 'TEXTLESS_CANCELLED') return 'stopped';
  if (code && REFUSED.includes(code)) return 'rejected';
  if (code && DOUBTFUL.includes(code)) return 'held';
  if (code && SETUP.includes(code)) return 'later';
  return 'retry';
}

/** An ending that was no success, as the ledger keeps it. */
export function failureOf(ending: Exclude<Ending, { kind: 'finished' }>): { code: string | null; reason: string; detail: string } {
  if (ending.kind === 'failed') return { code: ending.code, reason: ending.message, detail: ending.detail };
  const memory = ending.signal === 'SIGKILL';
  const reason = memory
    ? 'The working process was killed from outside, as systems do that run out of memory.'
    : 'The working process broke down.';
  return { code: memory ? 'TEXTLESS_KILLED' : 'TEXTLESS_CRASHED', reason, detail: ending.detail };
}

/** Seconds until the next attempt. */
export const pauseBefore = (attempt: number, first: number): number => Math.min(3600, first * 2 ** Math.max(0, attempt - 1));
