import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { OnProgress } from '../core/progress.js';
import { scanProgramme } from '../job/scan.js';
import { probe } from '../media/probe.js';
import type { Pipeline } from '../plan/pipeline.js';
import type { TrackKind } from '../plan/plan.js';
import { scoreProgramme, type ProgrammeScore } from './metrics/score.js';
import { framesOf, type Case } from './programmes/case.js';
import { makeProgramme, marksOf } from './programmes/make.js';

/** What came of one programme. */
export interface CaseResult extends ProgrammeScore {
  readonly name: string;
  readonly group: Case['group'];
  readonly motion: Case['motion'];
  readonly shots: number;
  readonly crf: number;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Seconds that the scan took. */
  readonly seconds: number;
}

export interface CaseOptions {
  readonly pipeline: Pipeline;
  /** Folder of the perception network. */
  readonly perceptionFolder?: string | undefined;
  /** The folder of rendered takes. */
  readonly takes: string;
  /** Where the programme is made. */
  readonly work: string;
  /** Leaves the programme there, with its truth and its clean picture. */
  readonly keep: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Makes a programme, scans it as `textless scan` does, scores what was found, removes the programme. */
export async function runCase(programme: Case, options: CaseOptions): Promise<CaseResult> {
  const { pipeline, perceptionFolder, takes, keep, signal, onProgress } = options;
  const folder = path.join(options.work, programme.name);
  let complete = false;
  try {
    const marks = await marksOf(programme);
    const file = await makeProgramme(programme, marks, { folder, takes, keep, signal });
    const source = await probe(file, { signal });
    const begun = performance.now();
    const plan = await scanProgramme(source, { pipeline, perceptionFolder, signal, onProgress });
    const seconds = (performance.now() - begun) / 1000;
    const { name, group, motion, crf, width, height, shots } = programme;
    const frames = framesOf(programme);
    const wiped = (kind: TrackKind): boolean => kind !== 'scene-text' && pipeline.marks[kind]?.action === 'wipe';
    const score = scoreProgramme(marks, plan.tracks, { width, height, frames }, wiped);
    complete = true;
    return { name, group, motion, shots: shots.length, crf, width, height, frames, seconds, ...score };
  } finally {
    if (!keep || !complete) await rm(folder, { recursive: true, force: true });
  }
}
