import type { Span } from '../../core/area.js';
import { planesOf, type ColourSpace, type Frame, type Geometry, type Plane } from '../../core/frame.js';
import type { Plan, Track, TrackKind } from '../../plan/plan.js';
import { hash } from '../grain.js';
import { calm } from './calm.js';
import { Fading } from './fading.js';
import { MatteLearner } from './learn.js';
import type { Matte, MatteSource, PlaneMatte } from './matte.js';
import { OPAQUE } from './opacity.js';
import { plateEnds, PlateLearner } from './plate.js';

/** α below which a mark does not show. */
const CLEAR = 0.004;
/** Marks that are fixed in place and keep their look. */
const FIXED: readonly TrackKind[] = ['logo', 'watermark', 'blinking-logo'];
/** Those that may stand on a plate, for a while. */
const PLATED: readonly TrackKind[] = ['subtitle', 'title'];

interface Picture {
  readonly geometry: Geometry;
  readonly colour: ColourSpace;
}

/** A mark whose matte is to be learnt. */
interface Lesson {
  readonly id: string;
  /** Frames to learn from, ascending. */
  readonly frames: readonly number[];
  /** Called when the first of them comes: a film has a thousand cues. */
  open(): MatteSource;
}

function lessonsOf(track: Track, shots: readonly Span[], { geometry, colour }: Picture): Lesson[] {
  const { id, kind, action, path, mask } = track;
  if (action !== 'wipe' || path) return [];
  if (FIXED.includes(kind)) {
    const learner = new MatteLearner(track, geometry, colour);
    return [{ id, frames: learner.frames, open: () => learner }];
  }
  const ends = PLATED.includes(kind) ? plateEnds(track, shots) : [];
  const frames = [...new Set(ends.flatMap((e) => [e.away, e.shown, e.whole]))].sort((a, b) => a - b);
  return [{ id, frames, open: () => new PlateLearner(mask, ends, geometry, colour) }];
}

/**
 * Learns the mattes of wiped marks through which the scene shines; reads as many frames as that takes.
 * @returns by track
 */
export async function learnMattes(
  frames: AsyncIterable<Frame>,
  { tracks, shots }: Pick<Plan, 'tracks' | 'shots'>,
  picture: Picture,
): Promise<ReadonlyMap<string, Matte>> {
  const found = new Map<string, Matte>();
  const lessons = tracks.flatMap((t) => lessonsOf(t, shots, picture)).filter((l) => l.frames.length);
  const waiting = lessons.sort((a, b) => b.frames[0] - a.frames[0]);
  let open: { id: string; source: MatteSource; wanted: Set<number>; last: number }[] = [];
  if (!waiting.length) return found;
  for await (const frame of frames) {
    for (let next = waiting.at(-1); next && next.frames[0] <= frame.index; waiting.pop(), next = waiting.at(-1))
      open.push({ id: next.id, source: next.open(), wanted: new Set(next.frames), last: next.frames[next.frames.length - 1] });
    for (const { source, wanted } of open) if (wanted.has(frame.index)) source.take(frame);
    for (const { id, source } of open.filter(({ last }) => last <= frame.index)) {
      const matte = source.matte();
      if (matte) found.set(id, matte);
    }
    open = open.filter(({ last }) => last > frame.index);
    if (!open.length && !waiting.length) break;
  }
  return found;
}

/** What is left of a track to be filled when its matte is taken off: the pixels too opaque for that. Undefined when nothing is. */
export function leftToFill(track: Track, matte: Matte | undefined): Track | undefined {
  if (!matte) return track;
  const { box, data } = track.mask;
  const [{ box: at, alpha }] = matte.planes;
  const left = data.map((v, i) => {
    const x = box.x + (i % box.width) - at.x;
    const y = box.y + Math.floor(i / box.width) - at.y;
    return v && alpha[y * at.width + x] > OPAQUE ? 255 : 0;
  });
  return left.some((v) => v) ? { ...track, mask: { box, data: left } } : undefined;
}

/**
 * Takes mattes off frames, in place, plane by plane in the file's own code values: x = (y − αc) / (1 − α). Samples with α above {@link OPAQUE} are left
 * as they are; those without a mark stay bit-identical.
 * @param mattes by track
 */
export async function* unblendFrames(
  frames: AsyncIterable<Frame>,
  tracks: readonly Track[],
  mattes: ReadonlyMap<string, Matte>,
  { geometry }: Picture,
): AsyncGenerator<Frame, void, undefined> {
  const waiting = tracks.flatMap(({ id, spans }) => (mattes.has(id) ? [{ matte: mattes.get(id)!, spans }] : []));
  waiting.sort((a, b) => b.spans[0].first - a.spans[0].first);
  let open: { matte: Matte; fading: Fading; last: number }[] = [];
  for await (const frame of frames) {
    for (; waiting.length && waiting[waiting.length - 1].spans[0].first <= frame.index; waiting.pop()) {
      const { matte, spans } = waiting[waiting.length - 1];
      open.push({ matte: unpacked(matte), fading: new Fading(matte, spans, geometry), last: spans[spans.length - 1].last });
    }
    for (const { matte, fading } of open) {
      const strength = fading.strength(frame);
      if (strength) unblendFrame(frame, geometry, matte, strength);
    }
    open = open.filter(({ last }) => last > frame.index);
    yield frame;
  }
}

const unpacked = (matte: Matte): Matte => ({ ...matte, planes: matte.planes.map(({ box, alpha, colour }) => ({ box, alpha, colour })) });

function unblendFrame(frame: Frame, geometry: Geometry, matte: Matte, strength: number): void {
  const planes = planesOf(frame, geometry);
  const most = 2 ** geometry.format.depth - 1;
  matte.planes.forEach((plane, i) => unblendPlane(planes[i], plane, { most, strength, frame: frame.index }));
  calm(planes[0], matte.planes[0], geometry.format.depth);
}

/** Rounding is dithered: what was a gradient would show steps of 1 / (1 − α). */
function unblendPlane(
  { data, width }: Plane,
  { box, alpha, colour }: PlaneMatte,
  { most, strength, frame }: { readonly most: number; readonly strength: number; readonly frame: number },
): void {
  for (let y = 0, i = 0; y < box.height; y++) {
    for (let x = 0, p = (box.y + y) * width + box.x; x < box.width; x++, i++, p++) {
      if (alpha[i] > OPAQUE) continue;
      const a = strength * alpha[i];
      if (a < CLEAR) continue;
      const scene = (data[p] - a * colour) / (1 - a) + hash(frame, box.x + x, box.y + y) / 2 ** 32 - 0.5;
      data[p] = Math.max(0, Math.min(most, Math.round(scene)));
    }
  }
}
