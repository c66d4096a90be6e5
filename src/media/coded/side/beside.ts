import type { Programme } from '../../programme.js';
import { carriedFrames, hasPlaces } from './carried-frames.js';

/** Containers into which coded pictures can be put one by one. */
const CONTAINERS = new Set(['mov,mp4,m4a,3gp,3g2,mj2', 'matroska,webm', 'mpegts', 'mpeg', 'flv', 'mxf']);

/** Whether what pictures of such a programme carry besides the picture can be put into new ones. */
export const canCarry = ({ container, video }: Pick<Programme, 'container' | 'video'>): boolean =>
  hasPlaces(video.codec) && CONTAINERS.has(container) && video.timeBase.num === 1;

/** Whether pictures of a programme carry anything besides the picture that can be put into new ones: the file is read until the first that does. */
export async function carriesBeside(programme: Programme, signal?: AbortSignal): Promise<boolean> {
  if (!canCarry(programme)) return false;
  for await (const { payloads, clock, group } of carriedFrames(programme, { signal, failure: 'TEXTLESS_ENCODE' })) {
    if (payloads.length > 0 || clock !== undefined || group !== undefined) return true;
  }
  return false;
}
