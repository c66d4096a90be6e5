import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { cancelled, TextlessError } from '../core/errors.js';
import type { Plan, PlanSubject } from './plan.js';

/**
 * SHA-256 of a whole file as 64 lower-case hexadecimal digits, read as a stream.
 * @throws TEXTLESS_NOT_FOUND, TEXTLESS_CANCELLED
 */
export async function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash, signal ? { signal } : {});
    return hash.digest('hex');
  } catch (cause) {
    if (signal?.aborted) throw cancelled(signal);
    throw new TextlessError('TEXTLESS_NOT_FOUND', `${file} cannot be read.`, String(cause), { cause });
  }
}

/**
 * Refuses a plan made for another file. The name may differ: content counts.
 * @throws TEXTLESS_PLAN
 */
export function assertPlanFits(plan: Plan, subject: PlanSubject): void {
  const { programme } = plan;
  const refuse = (what: string, here: string | number, there: string | number): never => {
    throw new TextlessError(
      'TEXTLESS_PLAN',
      `The plan was made for another file than ${subject.name}: the ${what} differs.`,
      `plan (${programme.name}): ${here}; file: ${there}`,
    );
  };
  const size = ({ width, height }: PlanSubject): string => `${width} x ${height}`;
  if (size(programme) !== size(subject)) refuse('picture size', size(programme), size(subject));
  if (programme.frames !== subject.frames) refuse('number of frames', programme.frames, subject.frames);
  if (programme.sha256 !== subject.sha256) refuse('content (SHA-256)', programme.sha256, subject.sha256);
}
