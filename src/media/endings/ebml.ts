import { CLUSTER, SEGMENT, elementAt, type Element } from '../ebml.js';
import type { FileBytes } from '../file-bytes.js';
import { MOST_STEPS, missing, type Ending } from './evidence.js';

/** Element after element from `at` to `limit`, into clusters of no known size; `last` hears of each cluster. */
async function walk(bytes: FileBytes, at: number, limit: number, last: (cluster: Element) => void): Promise<Ending> {
  for (let steps = 0; at < limit; steps++) {
    if (steps >= MOST_STEPS) return 'open';
    const element = await elementAt(bytes, at);
    if (!element) return { cut: `no element begins at byte ${at}` };
    if (element.end === undefined && element.id !== CLUSTER) return 'open';
    if ((element.end ?? 0) > limit) return missing(bytes, 'the last element', element.end ?? 0);
    if (element.id === CLUSTER) last(element);
    at = element.end ?? element.body;
  }
  return 'whole';
}

/**
 * Matroska and WebM: the segment says how long it is, and so does each of its elements and of those in the last cluster, which
 * therefore begin where zeros would not.
 */
export async function ebmlEnd(bytes: FileBytes): Promise<Ending> {
  const header = await elementAt(bytes, 0);
  if (header?.end === undefined) return 'open';
  const segment = await elementAt(bytes, header.end);
  if (!segment) return { cut: 'there is nothing behind its header' };
  if (segment.id !== SEGMENT) return 'open';
  const limit = segment.end ?? bytes.size;
  if (limit > bytes.size) return missing(bytes, 'the segment', limit);
  let cluster: Element | undefined;
  const ending = await walk(bytes, segment.body, limit, (met) => (cluster = met));
  if (ending === 'whole' && !cluster) return { cut: 'it holds nothing but a header' };
  if (ending !== 'whole' || cluster?.end === undefined) return ending;
  return walk(bytes, cluster.body, cluster.end, () => {});
}
