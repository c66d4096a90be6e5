import { tight, type Box, type Mask, type Span } from '../core/area.js';
import type { Crawl, Track, Waypoint } from './plan.js';

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

/** A travelling track as standing ones: one a frame, or, of what stands most of the time, one for all the frames in which it does; any other as it is. */
export function standing(track: Track): Track[] {
  const { id, spans, path, crawl } = track;
  const rest = crawl && restOf(track, crawl);
  if (!path?.length && !rest) return [track];
  const moving = spans.flatMap(framesOf).filter((frame) => !rest || frame < rest.first || frame > rest.last);
  const pieces = moving.flatMap((frame) => piece(track, `${id}@${frame}`, { first: frame, last: frame }) ?? []);
  const still = rest && piece(track, id, rest);
  return still ? [still, ...pieces] : pieces;
}

/** What slides in and out, in the frames in which it stands; any other track as it is. */
export function atRest(track: Track): Track {
  const rest = track.crawl && restOf(track, track.crawl);
  return (rest && piece(track, track.id, rest)) ?? track;
}

/** The longest time for which a strip stands, where that is most of its track's; undefined where it hardly does. */
function restOf({ spans }: Track, { path }: Crawl): Span | undefined {
  const all = spans.flatMap(framesOf);
  const stays = (a: Waypoint, b: Waypoint): boolean => a.x === b.x && a.y === b.y;
  const rests = path.flatMap((a, i) => (i + 1 < path.length && stays(a, path[i + 1]) ? [{ first: a.frame, last: path[i + 1].frame }] : []));
  const rest = rests.find(({ first, last }) => all.filter((frame) => frame >= first && frame <= last).length > all.length / 2);
  return rest && spans.some(({ first, last }) => first <= rest.first && last >= rest.last) ? rest : undefined;
}

const framesOf = ({ first, last }: Span): number[] => Array.from({ length: last - first + 1 }, (_, k) => first + k);

/** What a travelling track hides during some frames, in which it stands; undefined where it hides nothing. */
function piece({ kind, action, text, confidence, why, ...track }: Track, id: string, span: Span): Track | undefined {
  const { box, data } = maskAt(track, span.first);
  const mask = track.crawl ? tight({ box, data }) : { box, data };
  return mask && { id, kind, action, ...(text === undefined ? {} : { text }), confidence, why, spans: [span], mask };
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
