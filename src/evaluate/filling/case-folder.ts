import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TextlessError } from '../../core/errors.js';
import { planesOf, type Samples } from '../../core/frame.js';
import { decodeFrames } from '../../media/decode.js';
import { probe } from '../../media/probe.js';
import type { Programme } from '../../media/programme.js';
import { TRACK_KINDS } from '../../plan/plan.js';

const frameNumber = z.number().int().nonnegative();
const TRUTH = z.object({
  kind: z.string(),
  tracks: z.array(
    z.object({
      // Other tools' cases have other names; what is called like nothing here is filled, and nothing of it taken off.
      kind: z.enum(TRACK_KINDS).catch('score-bar'),
      box: z.tuple([frameNumber, frameNumber, frameNumber, frameNumber]),
      spans: z.array(z.tuple([frameNumber, frameNumber])),
    }),
  ),
  cuts: z.array(frameNumber).default([]),
});

/** What a case folder's truth.json says. */
export type Truth = z.infer<typeof TRUTH>;

/** A programme with a known truth: the same frames with marks, without, and where the marks are (255). */
export interface CaseFolder {
  readonly name: string;
  readonly folder: string;
  readonly marked: Programme;
  readonly clean: Programme;
  readonly hidden: Programme;
  readonly truth: Truth;
}

/**
 * Opens a folder that is laid out as samples/README.md says.
 * @throws TextlessError `TEXTLESS_NOT_FOUND`, `TEXTLESS_USAGE` when it is none, and what a file is refused for
 */
export async function openCase(folder: string, signal?: AbortSignal): Promise<CaseFolder> {
  const [marked, clean, hidden] = await Promise.all(
    ['marked.mp4', 'clean.mp4', 'mask.mkv'].map((name) => probe(path.join(folder, name), { signal })),
  );
  const text = await readFile(path.join(folder, 'truth.json'), 'utf8').catch((cause: unknown) => {
    throw new TextlessError('TEXTLESS_NOT_FOUND', `${folder} has no truth.json.`, String(cause), { cause });
  });
  return { name: path.basename(folder), folder, marked, clean, hidden, truth: readTruth(text, folder) };
}

function readTruth(text: string, folder: string): Truth {
  try {
    return TRUTH.parse(JSON.parse(text));
  } catch (cause) {
    throw new TextlessError('TEXTLESS_USAGE', `${folder}/truth.json is not the truth of a case.`, String(cause), { cause });
  }
}

/** The mask of each frame: luma of `mask.mkv`, of the picture's size, more than 127 where a mark shows. */
export async function* masksOf({ hidden }: CaseFolder, signal?: AbortSignal): AsyncGenerator<Samples, void, undefined> {
  for await (const frame of decodeFrames(hidden, { signal })) yield planesOf(frame, hidden.video.geometry)[0].data;
}
