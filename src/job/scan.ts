import { TextlessError } from '../core/errors.js';
import type { OnProgress } from '../core/progress.js';
import { toNumber, type Rational } from '../core/time.js';
import { detectMarks, type Stills } from '../detect/detect.js';
import { languageData } from '../detect/reading/languages.js';
import { assertDeliverable } from '../media/encode.js';
import { framesAtHand, type AtHand } from '../media/frames-at-hand.js';
import { asDelivered } from '../media/mezzanine.js';
import { probe } from '../media/probe.js';
import type { FrameTimes, Programme } from '../media/programme.js';
import type { Pipeline } from '../plan/pipeline.js';
import type { Plan } from '../plan/plan.js';
import { MARK_KINDS } from '../plan/plan.js';
import { applyRules } from '../plan/rules.js';
import { hashFile } from '../plan/subject.js';
import { spanText, writePlan } from '../plan/write.js';
import { cueTargets, writeCueFiles } from './cue-files.js';
import { reportTracks, type ReportedTrack } from './outcome.js';
import { choosePictures, keepPictures, type Picture } from './pictures.js';
import { writeContactSheet } from './sheet.js';
import { layAside } from './stills.js';

/** What a scan needs beside the programme. */
export interface ScanOptions {
  readonly pipeline: Pipeline;
  /** Folder of the perception network; without it statistics alone look for marks. */
  readonly perceptionFolder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Told before any work what the new file will not keep of the source, where something is wiped: sentences for a person; not called where that is nothing. */
  readonly onLosses?: ((losses: readonly string[]) => void) | undefined;
  /** Called with the times of the frames, when all have been decoded for the first time. */
  readonly onTimes?: (times: FrameTimes) => void;
  /** Where frames that show the marks are laid aside, for who wants to see them afterwards; else room for them is made here, for the scan alone. */
  readonly stills?: Stills | undefined;
}

/**
 * Looks for the marks that the pipeline names, reads them where it says so, and decides on each. Reads the file, writes nothing.
 * @throws TextlessError TEXTLESS_LANGUAGE, before any work, when a language is not installed
 */
export async function scanProgramme(
  programme: Programme,
  { pipeline, perceptionFolder: perception, signal, onProgress, onTimes, stills }: ScanOptions,
): Promise<Plan> {
  const kinds = MARK_KINDS.filter((kind) => pipeline.marks[kind]);
  const languages = pipeline.read?.languages ?? [];
  await languageData(languages);
  await using own = stills ? undefined : await layAside(programme);
  const running = { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) };
  const [sha256, found] = await Promise.all([
    hashFile(programme.path, signal),
    detectMarks(programme, {
      kinds,
      languages,
      perception,
      stills: stills ?? own?.stills,
      ...running,
      onReport: ({ times }) => onTimes?.(times),
    }),
  ]);
  const { width, height } = programme.video.geometry;
  return {
    version: 1,
    programme: { name: programme.name, sha256, width, height, frames: found.frames, rate: programme.video.rate },
    pipeline: pipeline.name,
    shots: found.shots,
    tracks: applyRules(found.findings, pipeline, { width, height, rate: toNumber(programme.video.rate) }),
  };
}

/** What `textless scan` prints for machines. */
export interface ScanReport {
  readonly input: string;
  readonly plan: string;
  readonly sheet: string | null;
  /** Cue files with what the subtitles say. */
  readonly subtitles: readonly string[];
  readonly frames: number;
  readonly shots: number;
  readonly seconds: number;
  readonly tracks: readonly ReportedTrack[];
  /** What a file wiped by this plan would not keep of the source, or why it could not be written: sentences for a person. */
  readonly losses: readonly string[];
}

/** What `wipeProgramme` would say of a programme before its work. */
function foreseen(programme: Programme, { deliver }: Pipeline): readonly string[] {
  try {
    return assertDeliverable(asDelivered(programme, deliver.mezzanine));
  } catch (error) {
    if (error instanceof TextlessError && error.code === 'TEXTLESS_UNSUPPORTED') return [error.message.replace(/\.$/, '')];
    throw error;
  }
}

/** Scans a file, writes the plan and, when asked and when there is something to see, the contact sheet and the cue files. */
export async function scanToFiles(
  request: ScanOptions & { readonly input: string; readonly planFile: string; readonly sheet?: string },
): Promise<{ plan: Plan; rate: Rational; report: ScanReport }> {
  const started = performance.now();
  const programme = await probe(request.input, { signal: request.signal });
  const losses = foreseen(programme, request.pipeline);
  if (losses.length) request.onLosses?.(losses);
  let times: FrameTimes | undefined;
  await using aside = request.sheet === undefined ? undefined : await layAside(programme);
  const plan = await scanProgramme(programme, { ...request, stills: aside?.stills, onTimes: (t) => (times = t) });
  const seconds = (performance.now() - started) / 1000;
  await writePlan(request.planFile, plan);
  const targets = cueTargets(request.planFile, request.pipeline);
  const subtitles = await writeCueFiles(programme, plan, targets, { overwrite: true, signal: request.signal });
  const drawn = request.sheet !== undefined && plan.tracks.length > 0;
  if (drawn) await drawContactSheet(programme, plan, request.sheet, { times, aside: aside?.frames, signal: request.signal });
  const { frames } = plan.programme;
  const tracks = reportTracks(plan);
  const sheet = drawn ? request.sheet : null;
  const shots = plan.shots.length;
  const report: ScanReport = { input: programme.path, plan: request.planFile, sheet, subtitles, frames, shots, seconds, tracks, losses };
  return { plan, rate: programme.video.rate, report };
}

/**
 * Draws the sheet, from frames that were laid aside as far as there are any. The others are decoded; where the times of the frames are not known, all up
 * to the last picture.
 */
export async function drawContactSheet(programme: Programme, plan: Plan, file: string, known: AtHand): Promise<void> {
  const { geometry, colour, rate } = programme.video;
  const shots = choosePictures(plan.tracks, geometry, known.aside?.indices);
  const kept = new Map<string, Picture>();
  const wanted = new Set(shots.map(({ frame }) => frame));
  const frames = keepPictures(framesAtHand(programme, wanted, known), shots, { geometry, colour }, kept);
  while (!(await frames.next()).done);
  const tracks = shots.flatMap(({ track, box }) => {
    const picture = kept.get(track.id);
    if (!picture) return [];
    const spans = track.spans.map((s) => spanText(s, rate)).join(', ');
    return [{ ...track, spanText: spans, picture, box }];
  });
  await writeContactSheet({ path: file, title: programme.name, tracks, more: plan.tracks.length - tracks.length });
}
