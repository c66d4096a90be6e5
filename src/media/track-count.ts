import { boxesAt } from './boxes.js';
import { trackEntries } from './ebml.js';
import { FileBytes } from './file-bytes.js';
import { MOST_STREAMS } from './guard.js';
import { unsupported } from './refusal.js';

async function boxTracks(bytes: FileBytes, most: number): Promise<number> {
  let count = 0;
  for await (const trak of boxesAt(bytes, ['moov', 'trak'])) if (trak.type && ++count > most) break;
  return count;
}

async function ebmlTracks(bytes: FileBytes, most: number): Promise<number> {
  let count = 0;
  for await (const entry of trackEntries(bytes)) if (entry.id && ++count > most) break;
  return count;
}

/**
 * Refuses a file that declares more tracks than any programme has, before a demuxer makes something of each of them: a million
 * in 16 MB of Matroska cost ffprobe 2.3 GB.
 * @throws TextlessError `TEXTLESS_UNSUPPORTED`, `TEXTLESS_NOT_FOUND`
 */
export async function assertFewTracks(file: string, name: string): Promise<void> {
  const count = await FileBytes.with(file, async (bytes) =>
    Math.max(await boxTracks(bytes, MOST_STREAMS), await ebmlTracks(bytes, MOST_STREAMS)),
  );
  if (count > MOST_STREAMS) throw unsupported(name, `it has more than ${MOST_STREAMS} streams`, 'counted in its header');
}
