import type { Box } from '../core/area.js';
import type { Track, Waypoint } from './plan.js';

/** Where a track's mask lies in a frame: its own box, or the one on its path. Whole samples. */
export function boxAt({ mask, path }: Pick<Track, 'mask' | 'path'>, frame: number): Box {
  if (!path?.length) return mask.box;
  const next = path.findIndex((p) => p.frame >= frame);
  const corner = next < 0 ? path[path.length - 1] : next === 0 ? path[0] : between(path[next - 1], path[next], frame);
  return { ...mask.box, x: Math.round(corner.x), y: Math.round(corner.y) };
}

function between(a: Waypoint, b: Waypoint, frame: number): { x: number; y: number } {
  const share = (frame - a.frame) / (b.frame - a.frame);
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
}

/** A travelling track as one standing track a frame; any other as it is. */
export function standing(track: Track): Track[] {
  if (!track.path?.length) return [track];
  const { id, kind, action, confidence, why, mask } = track;
  const { data } = mask;
  return track.spans.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, k): Track => {
      const frame = first + k;
      const here = { box: boxAt(track, frame), data };
      return { id: `${id}@${frame}`, kind, action, confidence, why, spans: [{ first: frame, last: frame }], mask: here };
    }),
  );
}
