/**
 * textless as a library: the same steps that the command line takes. Nothing here prints, exits or reads the environment.
 *
 * ```ts
 * const pipeline = await loadPipeline('clean-feed', { builtInFolder: pipelineFolder });
 * const { report } = await wipeProgramme({ input, output, pipeline, modelFolder, network: true, overwrite: false, signal });
 * ```
 */
export { TextlessError, type ErrorCode } from './core/errors.js';
export type { Box, Mask, Span } from './core/area.js';
export type { OnProgress, Progress } from './core/progress.js';
export { probe, type ProbeOptions } from './media/probe.js';
export type { Programme } from './media/programme.js';
export { detectMarks, type Detection, type DetectOptions } from './detect/detect.js';
export { loadPipeline, type Pipeline } from './plan/pipeline.js';
export {
  MARK_KINDS,
  TRACK_KINDS,
  type Action,
  type Finding,
  type MarkKind,
  type Plan,
  type Track,
  type TrackKind,
  type Waypoint,
} from './plan/plan.js';
export { readPlan } from './plan/read.js';
export { writePlan } from './plan/write.js';
export type { WipeOutcome, WipeReport } from './job/outcome.js';
export { scanProgramme, type ScanOptions } from './job/scan.js';
export { wipeProgramme } from './job/wipe.js';
export type { WipeRequest } from './job/request.js';
export { learnMarks, type LearnReport, type LearnRequest } from './job/learn-marks.js';
export type { LibraryAccess, LibraryReport } from './job/marks.js';
export type { Mark, MarkPicture, MarkSource } from './marks/mark.js';
export { forgetMark, listMarks, readMark, type Damaged, type Holdings } from './marks/library.js';
export { modelFolder, perceptionFolder, pipelineFolder } from './cli/installation.js';
