import { TextlessError } from '../core/errors.js';
import { compareDelivered } from '../media/compare.js';
import { frameTimes } from '../media/decode.js';
import type { Carriage } from '../media/container.js';
import { probe } from '../media/probe.js';
import type { FrameTimes, Programme } from '../media/programme.js';
import { soundDifference } from '../media/sound.js';

/**
 * Looks at a finished file before it gets its name: frames and their times (by decoding it), size, sample aspect, colour tags, fields, streams,
 * chapters, and the sound, byte by byte. What differs stops the delivery.
 *
 * @throws TextlessError `TEXTLESS_VERIFY` with every difference in `detail`
 */
export async function verifyDelivery(
  source: Programme,
  file: string,
  { times, carriage, signal }: { readonly times: FrameTimes; readonly carriage: Carriage; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const delivered = await probe(file, { signal, like: source });
  const both = { source: times, delivered: await frameTimes(delivered, { signal }) };
  const differences = compareDelivered(source, delivered, both, carriage);
  const sound = await soundDifference(source, delivered, signal);
  if (sound) differences.push(sound);
  if (!differences.length) return;
  const sentence = `The new version of ${source.name} differs from it in what must stay: ${differences[0]}.`;
  throw new TextlessError('TEXTLESS_VERIFY', sentence, differences.join('\n'));
}
