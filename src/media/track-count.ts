import { boxesAt } from './boxes.js';
import { SEGMENT, TRACKS, TRACK_ENTRY, elementAt } from './ebml.js';
import { FileBytes } from './file-bytes.js';
import { MOST_STREAMS } from './guard.js';
import { unsupported } from './refusal.js';

/** Elements that may stand before the tracks. */
const BEFORE = 1000;

async function boxTracks(bytes: FileBytes, most: number): Promise<number> {
  let count = 0;
  for await (const trak of boxesAt(bytes, ['moov', 'trak'])) if (trak.type && ++count > most) break;
  return count;
}

/** Entries among the elements from `at` to `limit`. */
async function entries(bytes: FileBytes, at: number, limit: number, most: number): Promise<number> {
  let count = 0;
  while (at < limit && count <= most) {
    const element = await elementAt(bytes, at);
    if (element?.end === undefined) return count;
    if (element.id === TRACK_ENTRY) count++;
    at = element.end;
  }
  return count;
}

async function ebmlTracks(bytes: FileBytes, most: number): Promise<number> {
  const header = await elementAt(bytes, 0);
  const segment = header?.end === undefined ? undefined : await elementAt(bytes, header.end);
  if (segment?.id !== SEGMENT) return 0;
  for (let at = segment.body, steps = 0; steps < BEFORE; steps++) {
    const element = await elementAt(bytes, at);
    if (element?.end === undefined) return 0;
    if (element.id === TRACKS) return entries(bytes, element.body, element.end, most);
    at = element.end;
  }
  return 0;
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
