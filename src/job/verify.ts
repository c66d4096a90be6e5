import { TextlessError } from '../core/errors.js';
import { copyDifference, type CopiedPicture } from '../media/coded/proof.js';
import { sideDataDifference } from '../media/coded/side/difference.js';
import { compareDelivered } from '../media/compare.js';
import type { Carriage } from '../media/container.js';
import { frameTimes } from '../media/decode.js';
import { probe } from '../media/probe.js';
import type { FrameTimes, Programme } from '../media/programme.js';
import { soundDifference } from '../media/sound.js';

/** What a finished file is held against besides its source. */
export interface Expected {
  readonly times: FrameTimes;
  /** Coded pictures that were taken over as they are. */
  readonly copied: readonly CopiedPicture[];
  /** How everything else was carried over. */
  readonly carriage?: Carriage | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at a finished file before it gets its name: frames and their times (by decoding it), size, sample aspect, colour tags, fields, streams,
 * chapters, and byte by byte the sound, the pictures that were copied, and what pictures carry besides the picture (captions and the like). What differs stops the delivery.
 *
 * @throws TextlessError `TEXTLESS_VERIFY` with every difference in `detail`
 */
export async function verifyDelivery(source: Programme, file: string, { times, copied, carriage, signal }: Expected): Promise<void> {
  const delivered = await probe(file, { signal, like: source });
  const both = { source: times, delivered: await frameTimes(delivered, { signal }) };
  const differences = compareDelivered(source, delivered, both, carriage);
  const sound = await soundDifference(source, delivered, signal);
  const pictures = await copyDifference(source, delivered, copied, signal);
  const beside = await sideDataDifference(source, delivered, { times, signal });
  for (const difference of [sound, pictures, beside]) if (difference !== undefined) differences.push(difference);
  if (!differences.length) return;
  const sentence = `The new version of ${source.name} differs from it in what must stay: ${differences[0]}.`;
  throw new TextlessError('TEXTLESS_VERIFY', sentence, differences.join('\n'));
}
