import path from 'node:path';
import { TextlessError } from '../../core/errors.js';
import type { Programme } from '../../media/programme.js';
import type { Plan } from '../../plan/plan.js';
import { readPlan } from '../../plan/read.js';
import { writePlan } from '../../plan/write.js';
import { givenPlan } from '../given-plan.js';
import type { WipeRequest } from '../request.js';
import { scanProgramme } from '../scan.js';

/** The name of the plan in the folder of a checkpoint. */
export const PLAN_FILE = 'plan.json';

/**
 * The plan of a programme: the one that an earlier run of the same job found, or a new one. A new one is read back from where it is kept, as a plan
 * in a file is in order and rounded: both runs shall see the same.
 */
export async function scanOnce(source: Programme, request: WipeRequest): Promise<Plan> {
  const { checkpoint, signal } = request;
  if (!checkpoint) return scanProgramme(source, request);
  const file = path.join(checkpoint.folder, PLAN_FILE);
  const kept = await readPlan(file).catch(() => undefined); // none yet, or damaged: it is looked for again
  if (kept) {
    try {
      return await givenPlan(kept, source, signal);
    } catch (error) {
      if (!(error instanceof TextlessError) || error.code !== 'TEXTLESS_PLAN') throw error; // another file has taken the name
    }
  }
  await writePlan(file, await scanProgramme(source, request));
  return readPlan(file);
}
