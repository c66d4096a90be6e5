import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { frameTimes } from '../media/decode.js';
import type { FrameTimes, Programme } from '../media/programme.js';
import { publish } from '../media/publish.js';
import type { Pipeline } from '../plan/pipeline.js';
import type { Plan } from '../plan/plan.js';
import { cueFile, frameCues, timedCues, type CueFormat } from './cue-text.js';

const FORMATS: Record<NonNullable<Pipeline['read']>['subtitles'], readonly CueFormat[]> = {
  none: [],
  srt: ['srt'],
  vtt: ['vtt'],
  both: ['srt', 'vtt'],
};

/** A cue file that a pipeline asks for. */
export interface CueTarget {
  readonly file: string;
  readonly format: CueFormat;
}

/** The cue files beside `beside`: `news.textless.ts` has `news.textless.srt`. Empty where the pipeline asks for none. */
export function cueTargets(beside: string, { read }: Pipeline): CueTarget[] {
  const { dir, name } = path.parse(path.resolve(beside));
  return FORMATS[read?.subtitles ?? 'none'].map((format) => ({ file: path.join(dir, `${name}.${format}`), format }));
}

export interface CueFileOptions {
  readonly overwrite: boolean;
  /** Times of the programme's frames, where they are known already. */
  readonly times?: FrameTimes | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes what the plan's subtitles say, each file whole or not at all; none where nothing was read.
 * @returns the files written
 * @throws TextlessError as {@link publish}
 */
export async function writeCueFiles(
  programme: Programme,
  plan: Plan,
  targets: readonly CueTarget[],
  { overwrite, times, signal }: CueFileOptions,
): Promise<string[]> {
  const cues = frameCues(plan.tracks);
  if (!cues.length || !targets.length) return [];
  // Players count from the file's first sample where that comes late, as in a transport stream; before 0 there is only sound that is never heard.
  const origin = Math.max(0, programme.startSeconds);
  const timed = timedCues(cues, times ?? (await frameTimes(programme, { signal })), origin);
  for (const { file, format } of targets)
    await publish(programme, file, { overwrite, signal }, (partial) => writeFile(partial, cueFile(timed, format)));
  return targets.map((t) => t.file);
}
