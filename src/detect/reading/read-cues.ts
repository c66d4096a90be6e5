import os from 'node:os';
import pLimit from 'p-limit';
import { throwIfCancelled } from '../../core/errors.js';
import type { OnProgress } from '../../core/progress.js';
import { glyphInk, type CueImage } from './glyph-ink.js';
import { byScript, languageData, type LanguageData } from './languages.js';
import { linePictures } from './line-pictures.js';
import { openRecogniser, type Recogniser } from './tesseract.js';

/** What a cue says. */
export interface Reading {
  /** Lines end in \n; empty when nothing could be read. */
  readonly text: string;
  /** The recogniser's own estimate over all characters, 0 … 1. */
  readonly confidence: number;
}

export interface ReadOptions {
  /** As tesseract names them: `eng`, `chi_sim`. */
  readonly languages: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Recognisers at the same time: each is a thread with its own copy of the networks. */
const RECOGNISERS = 3;
/** Confidence below which dark glyphs on a light outline are tried too. */
const DOUBTFUL = 0.7;

const NOTHING: Reading = { text: '', confidence: 0 };

/**
 * Reads cues with the languages of one script after the other; of several readings the surest counts.
 * @returns a reading for each cue, in their order
 * @throws TextlessError TEXTLESS_LANGUAGE, TEXTLESS_INFERENCE, TEXTLESS_STALLED, TEXTLESS_CANCELLED; no thread runs on
 */
export async function readCues(cues: readonly CueImage[], { languages, signal, onProgress }: ReadOptions): Promise<Reading[]> {
  if (!cues.length) return [];
  const scripts = byScript(await languageData(languages));
  const total = scripts.length * cues.length;
  let best = cues.map(() => NOTHING);
  let done = 0;
  const tell = (): void => onProgress?.({ stage: 'read', done: ++done, total });
  for (const script of scripts) {
    const readings = await readAll(cues, script, signal, tell);
    best = best.map((b, i) => (readings[i].confidence > b.confidence ? readings[i] : b));
  }
  return best;
}

/** Reads cues side by side, with as many recognisers as make sense. */
async function readAll(
  cues: readonly CueImage[],
  script: readonly LanguageData[],
  signal: AbortSignal | undefined,
  tell: () => void,
): Promise<Reading[]> {
  const count = Math.min(RECOGNISERS, cues.length, os.availableParallelism());
  const limit = pLimit(count);
  const opened = await Promise.allSettled(Array.from({ length: count }, () => openRecogniser(script, signal)));
  const recognisers = opened.flatMap((o) => (o.status === 'fulfilled' ? [o.value] : []));
  try {
    for (const o of opened) if (o.status === 'rejected') throw o.reason;
    const free = [...recognisers];
    return await limit.map(cues, async (cue) => {
      throwIfCancelled(signal);
      const recogniser = free.pop() as Recogniser;
      const reading = await readCue(cue, recogniser).finally(() => free.push(recogniser));
      tell();
      return reading;
    });
  } finally {
    limit.clearQueue();
    await Promise.all(recognisers.map((r) => r.close()));
  }
}

/** Light glyphs, as nearly all subtitles have them, and only when that gives nothing certain dark ones. */
async function readCue(cue: CueImage, recogniser: Recogniser): Promise<Reading> {
  const light = await readInk(glyphInk(cue, true), cue, recogniser);
  if (light.confidence >= DOUBTFUL) return light;
  const dark = await readInk(glyphInk(cue, false), cue, recogniser);
  return dark.confidence > light.confidence ? dark : light;
}

async function readInk(ink: Uint8Array | undefined, { width, height }: CueImage, recogniser: Recogniser): Promise<Reading> {
  if (!ink) return NOTHING;
  const lines: string[] = [];
  let [characters, sure] = [0, 0];
  for (const picture of await linePictures(ink, width, height)) {
    const line = await recogniser.read(picture);
    const text = tidy(line.text);
    if (!text) continue;
    lines.push(text);
    characters += text.length;
    sure += text.length * line.confidence;
  }
  return characters ? { text: lines.join('\n'), confidence: sure / characters } : NOTHING;
}

const WIDE = '[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}]';
const BESIDE_WIDE = new RegExp(`(?<=${WIDE}) +(?=${WIDE}|\\p{P})|(?<=\\p{P}) +(?=${WIDE})`, 'gu');

/** One line, single spaces; none between Chinese and Japanese signs and their punctuation, where the recogniser puts some. */
export const tidy = (text: string): string => text.replace(/\s+/g, ' ').replace(BESIDE_WIDE, '').trim();
