import { stat } from 'node:fs/promises';
import type { Programme } from '../media/programme.js';
import type { MarkSource } from './mark.js';

/** Tags of containers that name the day of broadcast, in the order in which they are believed. */
const BROADCAST = ['date_broadcasted', 'originaldate', 'date_released', 'date'];
const CREATION = ['creation_time', 'date_encoded', 'date_recorded'];
/** Dates before this are clocks that were never set. */
const EARLIEST = Date.UTC(1980, 0, 1);

/** When a programme was shown, as far as its file tells, as UTC in ISO 8601. */
export async function dateOf(
  programme: Pick<Programme, 'path' | 'tags' | 'streams' | 'video'>,
): Promise<Pick<MarkSource, 'date' | 'dated'>> {
  const picture = programme.streams[programme.video.index]?.tags ?? {};
  const tags = new Map([...Object.entries(picture), ...Object.entries(programme.tags)].map(([key, value]) => [key.toLowerCase(), value]));
  for (const [dated, names] of [
    ['broadcast', BROADCAST],
    ['creation', CREATION],
  ] as const) {
    // prettier-ignore
    for (const name of names) {
      const at = Date.parse(tags.get(name) ?? '');
      if (at >= EARLIEST) return { date: new Date(at).toISOString(), dated };
    }
  }
  return { date: (await stat(programme.path)).mtime.toISOString(), dated: 'file' };
}
