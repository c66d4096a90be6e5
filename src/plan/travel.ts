import type { Box, Mask } from '../core/area.js';
import type { Track, Waypoint } from './plan.js';

/** Where a track's mask lies in a frame: its own box, or the one on its path. Whole samples. */
export function boxAt({ mask, path }: Pick<Track, 'mask' | 'path'>, frame: number): Box {
  return path?.length ? { ...mask.box, ...cornerAt(path, frame) } : mask.box;
}

/** What a track hides in a frame: its mask, moved along its path, or the letters that travel through it. */
export function maskAt(track: Pick<Track, 'mask' | 'path' | 'crawl'>, frame: number): Mask {
  const { mask, crawl } = track;
  if (!crawl) return { box: boxAt(track, frame), data: mask.data };
  const { box } = mask;
  const { strip } = crawl;
  const point = cornerAt(crawl.path, frame);
  const corner = { x: point.x + strip.box.x, y: point.y + strip.box.y };
  const [from, to] = [strip.data, mask.data.slice()];
  for (let y = 0, i = 0; y < box.height; y++) {
    const row = box.y + y - corner.y;
    const inside = row >= 0 && row < strip.box.height;
    for (let x = 0, u = box.x - corner.x; x < box.width; x++, u++, i++)
      if (!inside || u < 0 || u >= strip.box.width || !from[row * strip.box.width + u]) to[i] = 0;
  }
  return { box, data: to };
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

/** Where a path's corner lies in a frame, in whole samples; before its first waypoint and after its last it stands. */
export function cornerAt(path: readonly Waypoint[], frame: number): { x: number; y: number } {
  let [low, high] = [0, path.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (path[middle].frame >= frame) high = middle;
    else low = middle + 1;
  }
  const [b, a] = [path[low], path[low - 1]];
  if (!a || b.frame <= frame) return { x: Math.round(b.x), y: Math.round(b.y) };
  const share = (frame - a.frame) / (b.frame - a.frame);
  return { x: Math.round(a.x + share * (b.x - a.x)), y: Math.round(a.y + share * (b.y - a.y)) };
}
