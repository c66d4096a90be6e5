import { growBox, unionBox, type Box } from '../core/area.js';
import { chromaShift, type Geometry } from '../core/frame.js';
import type { Programme } from '../media/programme.js';
import type { Track } from '../plan/plan.js';
import { chromaBox, chromaMap } from '../restore/matte/chroma-map.js';
import type { KnownMatte } from '../restore/matte/fit-test.js';
import { FIXED } from '../restore/matte/lessons.js';
import type { Matte } from '../restore/matte/matte.js';
import { placeOf, type Mark, type MarkPicture } from './mark.js';

/** Marks that are tried on one track at most: each is a look of its own at the frames. */
const TRIED = 3;
/** Samples by which a track may reach beyond a mark, share of it that must lie in the mark, and share of both that they have in common. */
const REACH = 6;
const INSIDE = 0.5;
const TOGETHER = 0.35;

/** The pictures of a programme as marks are kept for. */
export function pictureOf({ video: { geometry, colour, sar } }: Pick<Programme, 'video'>): MarkPicture {
  const { width, height } = geometry;
  return { width, height, sar: sar ? `${sar.num}/${sar.den}` : '1/1', matrix: colour.matrix, range: colour.range };
}

/** Whether two pictures are of the same size, shape and colours. */
export const samePicture = (a: MarkPicture, b: MarkPicture): boolean =>
  a.width === b.width && a.height === b.height && a.sar === b.sar && a.matrix === b.matrix && a.range === b.range;

/**
 * Mattes of a library that may fit the fixed marks of a programme, by track: same picture, about the same place; those whose dates hold the programme's first,
 * then those still in use, then the latest. A mark that was found in several parts is given to them part by part.
 */
export function knownMattes(
  marks: readonly Mark[],
  tracks: readonly Track[],
  { geometry, picture, date }: { readonly geometry: Geometry; readonly picture: MarkPicture; readonly date: string },
): ReadonlyMap<string, readonly KnownMatte[]> {
  const fixed = tracks.filter((t) => t.action === 'wipe' && !t.path && FIXED.some((kind) => kind === t.kind));
  const known = new Map<string, KnownMatte[]>();
  for (const mark of [...marks].sort((a, b) => likelihood(b, date) - likelihood(a, date) || b.dates.last.localeCompare(a.dates.last))) {
    if (!samePicture(mark.picture, picture) || (mark.levels.length === 1 && geometry.format.chroma !== 'gray')) continue;
    const place = placeOf(mark);
    const parts = fixed.filter((t) => share(t.mask.box, growBox(place, REACH, picture.width, picture.height)) >= INSIDE);
    if (!parts.length || !samePlace(parts.map((t) => t.mask.box).reduce(unionBox), place)) continue;
    for (const track of parts) {
      const list = known.get(track.id) ?? [];
      if (list.length < TRIED)
        known.set(track.id, [
          ...list,
          { id: mark.id, matte: matteOf(partOf(mark, track, parts), geometry), error: mark.learnt.weight ** -0.5 },
        ]);
    }
  }
  return known;
}

const likelihood = ({ dates: { first, last, closed } }: Mark, date: string): number =>
  (date >= first && date <= last ? 2 : 0) + (closed ? 0 : 1);

const area = ({ width, height }: Box): number => Math.max(0, width) * Math.max(0, height);

function meeting(a: Box, b: Box): number {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  return area({ x, y, width: Math.min(a.x + a.width, b.x + b.width) - x, height: Math.min(a.y + a.height, b.y + b.height) - y });
}

/** Share of a box that lies in another. */
const share = (box: Box, inside: Box): number => meeting(box, inside) / area(box);

/** Whether two boxes count as the same place. */
export const samePlace = (a: Box, b: Box): boolean => meeting(a, b) >= TOGETHER * (area(a) + area(b) - meeting(a, b));

/** What of a mark belongs to one of the tracks in which it was found: the samples nearest to it. */
function partOf(mark: Mark, track: Track, tracks: readonly Track[]): Mark {
  if (tracks.length === 1) return mark;
  const { x: left, y: top, width } = mark.box;
  const away = ({ mask: { box } }: Track, x: number, y: number): number =>
    Math.hypot(Math.max(box.x - x, 0, x - box.x - box.width + 1), Math.max(box.y - y, 0, y - box.y - box.height + 1));
  const owner = (x: number, y: number): Track => tracks.reduce((best, t) => (away(t, x, y) < away(best, x, y) ? t : best));
  return { ...mark, alpha: mark.alpha.map((a, i) => (a && owner(left + (i % width), top + Math.floor(i / width)) === track ? a : 0)) };
}

/** A mark's matte in the samples of a programme, whatever its depth and subsampling. */
export function matteOf({ alpha, box, levels, opacity }: Mark, { format }: Geometry): Matte {
  const scale = 2 ** (format.depth - 8);
  const luma = { box, alpha, colour: scale * levels[0] };
  const shift = chromaShift(format.chroma);
  const chroma = format.chroma === 'gray' ? [] : levels.slice(1);
  const map = chroma.length ? chromaMap(alpha, box, shift) : alpha;
  return {
    planes: [luma, ...chroma.map((level) => ({ box: chromaBox(box, shift), alpha: map, colour: scale * level }))],
    opacity,
    fades: true,
  };
}
