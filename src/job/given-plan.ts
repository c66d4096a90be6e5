import type { Programme } from '../media/programme.js';
import type { Plan } from '../plan/plan.js';
import { assertPlanFits, hashFile } from '../plan/subject.js';

/** A plan written for this very file, or a refusal. @throws TEXTLESS_PLAN */
export async function givenPlan(plan: Plan, source: Programme, signal?: AbortSignal): Promise<Plan> {
  const { width, height } = source.video.geometry;
  const sha256 = await hashFile(source.path, signal);
  assertPlanFits(plan, { name: source.name, sha256, width, height, frames: plan.programme.frames });
  return plan;
}
