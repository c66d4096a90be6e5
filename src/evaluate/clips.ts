import { readdir } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { TextlessError } from '../core/errors.js';
import { toNumber } from '../core/time.js';
import { probe } from '../media/probe.js';
import type { Clip } from './programmes/plan-cases.js';

const FILES = /\.(mp4|mkv|mov|m4v|webm)$/i;
const LINES = [240, 1080] as const;
/** Shorter clips give no shot. */
const FEWEST_FRAMES = 40;

/**
 * The clips of a folder that programmes can be made from: 240 to 1080 lines, at least {@link FEWEST_FRAMES} frames; others are passed over.
 * In order of their names.
 * @throws TextlessError `TEXTLESS_NOT_FOUND` when the folder cannot be read, `TEXTLESS_USAGE` when it holds no such clip
 */
export async function readClips(folder: string, signal?: AbortSignal): Promise<Clip[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new TextlessError('TEXTLESS_NOT_FOUND', `${folder} cannot be read.`, String(cause), { cause });
  });
  const limit = pLimit(4);
  const files = names.filter((name) => FILES.test(name)).sort();
  const found = await Promise.all(files.map((name) => limit(() => readClip(path.resolve(folder, name), signal))));
  const clips = found.filter((clip) => clip !== undefined);
  if (!clips.length)
    throw new TextlessError('TEXTLESS_USAGE', `${folder} holds no clips of 240 to 1080 lines and ${FEWEST_FRAMES} frames or more.`);
  return clips;
}

async function readClip(file: string, signal: AbortSignal | undefined): Promise<Clip | undefined> {
  try {
    const { video, durationSeconds = 0 } = await probe(file, { signal });
    const { width, height } = video.geometry;
    const frames = video.frames ?? Math.floor(durationSeconds * toNumber(video.rate));
    const fits = height >= LINES[0] && height <= LINES[1] && frames >= FEWEST_FRAMES && video.rotation === 0;
    return fits ? { path: file, width, height, frames } : undefined;
  } catch (error) {
    if (error instanceof TextlessError && error.exitStatus === 3) return undefined;
    throw error;
  }
}
