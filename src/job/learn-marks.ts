import { decodeFrames } from '../media/decode.js';
import { probe } from '../media/probe.js';
import type { Kept } from '../marks/keep.js';
import type { Plan } from '../plan/plan.js';
import { FIXED, learnMattes } from '../restore/matte/lessons.js';
import { givenPlan } from './given-plan.js';
import { consult, keepLearnt, type LibraryReport } from './marks.js';
import { scanProgramme, type ScanOptions } from './scan.js';

/** What learning without wiping needs to know. */
export interface LearnRequest extends ScanOptions {
  readonly input: string;
  /** Learn the marks of this plan instead of looking for marks. */
  readonly plan?: Plan;
  readonly library: { readonly folder: string; readonly channel: string };
}

/** What was learnt of a programme's marks, for machines. */
export interface LearnReport extends LibraryReport {
  readonly input: string;
  readonly channel: string;
}

/**
 * Finds the marks of a programme, learns the mattes of those that are fixed in place and would be wiped, and keeps what is sure. The programme is only read.
 * @throws TextlessError
 */
export async function learnMarks(request: LearnRequest): Promise<LearnReport> {
  const { input, library, signal } = request;
  const pipeline = { ...request.pipeline, library: { use: true, learn: true } };
  const source = await probe(input, { signal });
  const plan = request.plan ? await givenPlan(request.plan, source, signal) : await scanProgramme(source, request);
  const fixed = plan.tracks.filter(({ kind, path }) => FIXED.some((k) => k === kind) && !path);
  const wiped = { ...plan, tracks: fixed.filter((t) => t.action === 'wipe') };
  const consulted = await consult(library, source, wiped, pipeline);
  if (!consulted) throw new RangeError('a library is always used here');
  const { geometry, colour } = source.video;
  const learning = await learnMattes(decodeFrames(source, { signal }), wiped, { geometry, colour }, consulted.known);
  const report = await keepLearnt(consulted, source, wiped, learning);
  const others = fixed.flatMap(({ id, action }): Kept[] => (action === 'wipe' ? [] : [{ track: id, says: `not kept: the plan says ${action}` }])); // prettier-ignore
  return { ...report, input: source.path, channel: library.channel, kept: [...report.kept, ...others] };
}
