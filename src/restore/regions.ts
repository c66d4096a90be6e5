import { boxesMeet, growBox, inSpans, unionBox, type Box, type Span } from '../core/area.js';
import type { Geometry } from '../core/frame.js';
import type { Plan, Track } from '../plan/plan.js';
import { FEATHER } from './compose.js';

/** Picture shown around a mark, in luma samples: what the fill is made from. */
export const CONTEXT = 28;
/** Sizes of crops are multiples of these where the picture has room, so that the network gets picture instead of padding. */
const GRID = { width: 64, height: 32 };
/** The largest part of marks restored at once; larger ones are cut up, so that memory and time stay bounded. */
const MOST = { width: 960, height: 352 };

/** A place of the picture within one shot, and the frames in which marks are wiped there. */
export interface Region {
  readonly shot: Span;
  /** Cut out of the frames: the marks and what is around them. Starts on even coordinates. */
  readonly box: Box;
  /** The part that is written. Parts of one mark do not overlap. */
  readonly core: Box;
  /** The marks wiped here. Others may reach into the box. */
  readonly tracks: readonly Track[];
  /** Frames in which all of them are there, in order, not touching each other. */
  readonly spans: readonly Span[];
}

interface Cluster {
  readonly tracks: readonly Track[];
  readonly spans: Span[];
}

/** Groups wiped tracks: marks close to each other in the same frames are restored together, each group in a region of its shot. */
export function planRegions(plan: Pick<Plan, 'shots' | 'tracks'>, geometry: Geometry): Region[] {
  const wiped = plan.tracks.filter((t) => t.action === 'wipe');
  return plan.shots.flatMap((shot) =>
    clustersOf(shot, wiped, geometry).flatMap(({ tracks, spans }) => {
      const marks = tracks.map((t) => t.mask.box).reduce(unionBox);
      return tiles(growBox(marks, FEATHER, geometry.width, geometry.height))
        .filter((core) => tracks.some((t) => boxesMeet(growBox(t.mask.box, FEATHER, geometry.width, geometry.height), core)))
        .map((core): Region => ({ shot, core, box: cropBox(core, geometry), tracks, spans }));
    }),
  );
}

/** Groups of tracks that meet, over the stretches of the shot in which the group stays the same. */
function clustersOf(shot: Span, wiped: readonly Track[], geometry: Geometry): Cluster[] {
  const here = wiped.filter((t) => t.spans.some((s) => s.first <= shot.last && s.last >= shot.first));
  const changes = new Set<number>([shot.first]);
  for (const { spans } of here) {
    for (const { first, last } of spans) {
      if (first > shot.first && first <= shot.last) changes.add(first);
      if (last >= shot.first && last < shot.last) changes.add(last + 1);
    }
  }
  const starts = [...changes].sort((a, b) => a - b);
  const clusters = new Map<string, Cluster>();
  starts.forEach((first, k) => {
    const last = k + 1 < starts.length ? starts[k + 1] - 1 : shot.last;
    for (const tracks of groupMeeting(
      here.filter((t) => inSpans(t.spans, first)),
      geometry,
    )) {
      const key = tracks.map((t) => t.id).join('\n');
      const cluster: Cluster = clusters.get(key) ?? { tracks, spans: [] };
      const { spans } = cluster;
      if (spans.at(-1)?.last === first - 1) spans.push({ first: spans.pop()!.first, last });
      else spans.push({ first, last });
      clusters.set(key, cluster);
    }
  });
  return [...clusters.values()];
}

/** Tracks whose boxes meet when grown by the context, directly or through others. */
function groupMeeting(tracks: readonly Track[], { width, height }: Geometry): Track[][] {
  let groups: { box: Box; tracks: Track[] }[] = [];
  for (const track of tracks) {
    const grown = growBox(track.mask.box, CONTEXT / 2, width, height);
    const meeting = groups.filter((g) => boxesMeet(g.box, grown));
    const merged = { box: meeting.map((g) => g.box).reduce(unionBox, grown), tracks: [...meeting.flatMap((g) => g.tracks), track] };
    groups = [...groups.filter((g) => !meeting.includes(g)), merged];
  }
  for (const g of groups) g.tracks.sort((a, b) => tracks.indexOf(a) - tracks.indexOf(b));
  return groups.map((g) => g.tracks);
}

/** Cuts a box into equal parts that are small enough, on even coordinates. */
function tiles(box: Box): Box[] {
  const cut = (from: number, length: number, most: number): [number, number][] => {
    const parts = Math.ceil(length / most);
    const edge = (k: number): number => (k === parts ? from + length : (from + Math.round((k * length) / parts)) & ~1);
    return Array.from({ length: parts }, (_, k) => [k ? edge(k) : from, k + 1 === parts ? from + length : edge(k + 1)]);
  };
  return cut(box.y, box.height, MOST.height).flatMap(([y0, y1]) =>
    cut(box.x, box.width, MOST.width).map(([x0, x1]) => ({ x: x0, y: y0, width: x1 - x0, height: y1 - y0 })),
  );
}

/** The core with its context, on the grid where the picture has room. */
function cropBox(core: Box, { width, height }: Geometry): Box {
  const [x, w] = fit(core.x - CONTEXT, core.width + 2 * CONTEXT, GRID.width, width);
  const [y, h] = fit(core.y - CONTEXT, core.height + 2 * CONTEXT, GRID.height, height);
  return { x, y, width: w, height: h };
}

/** Start and length along one axis. */
function fit(from: number, length: number, grid: number, most: number): [number, number] {
  const wanted = Math.ceil((length + 1) / grid) * grid; // one more, as the start is moved to an even place
  if (wanted >= most) return [0, most];
  const start = Math.max(0, Math.min(from - ((wanted - length) >> 1), most - wanted)) & ~1;
  return [start, wanted];
}
