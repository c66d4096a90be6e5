import type { Programme } from '../../programme.js';
import { carriedFrames, hasPlaces } from './carried-frames.js';

/** Containers into which coded pictures can be put one by one. */
const CONTAINERS = new Set(['mov,mp4,m4a,3gp,3g2,mj2', 'matroska,webm', 'mpegts', 'mpeg', 'flv', 'mxf']);

/** Whether what pictures of such a programme carry besides the picture can be put into new ones. */
export const canCarry = ({ container, video }: Pick<Programme, 'container' | 'video'>): boolean =>
  hasPlaces(video.codec) && CONTAINERS.has(container) && video.timeBase.num === 1;

/** What a look into the coded pictures of a programme told. */
export interface Beside {
  /** Whether they carry anything besides the picture that can be put into new ones. */
  readonly carries: boolean;
  /** What they carry that cannot, as a person calls it. */
  readonly lost: readonly string[];
}

/** Looks into the coded pictures of a programme, until one carries anything. */
export async function lookBeside(programme: Programme, signal?: AbortSignal): Promise<Beside> {
  if (!canCarry(programme)) return { carries: false, lost: [] };
  for await (const frame of carriedFrames(programme, { signal, failure: 'TEXTLESS_ENCODE' })) {
    const { payloads, clock, group, groupCaptions } = frame;
    const lost = groupCaptions ? ['closed captions that stand with groups of pictures, as on a DVD,'] : [];
    if (payloads.length > 0 || clock !== undefined || group !== undefined || groupCaptions) return { carries: true, lost };
  }
  return { carries: false, lost: [] };
}
