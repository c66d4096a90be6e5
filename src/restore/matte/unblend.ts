import type { Span } from '../../core/area.js';
import { planesOf, type ColourSpace, type Frame, type Geometry, type Plane } from '../../core/frame.js';
import type { Plan, Track, TrackKind } from '../../plan/plan.js';
import { hash } from '../grain.js';
import { calm } from './calm.js';
import { Fading } from './fading.js';
import { MatteLearner } from './learn.js';
import type { Matte, MatteSource, PlaneMatte } from './matte.js';
import { OPAQUE } from './opacity.js';
import { PlateLearner } from './plate.js';

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

/** What learns the matte of a track; undefined for marks of which none can be learnt. */
function learnerOf(track: Track, shots: readonly Span[], { geometry, colour }: Picture): MatteSource | undefined {
  if (track.action !== 'wipe' || track.path) return undefined;
  if (FIXED.includes(track.kind)) return new MatteLearner(track, geometry, colour);
  return PLATED.includes(track.kind) ? PlateLearner.of(track, shots, geometry, colour) : undefined;
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
  let open = tracks.flatMap((track) => {
    const learner = learnerOf(track, shots, picture);
    return learner?.frames.length
      ? [{ id: track.id, learner, wanted: new Set(learner.frames), last: learner.frames[learner.frames.length - 1] }]
      : [];
  });
  if (!open.length) return found;
  for await (const frame of frames) {
    for (const { learner, wanted } of open) if (wanted.has(frame.index)) learner.take(frame);
    for (const { id, learner } of open.filter(({ last }) => last <= frame.index)) {
      const matte = learner.matte();
      if (matte) found.set(id, matte);
    }
    open = open.filter(({ last }) => last > frame.index);
    if (!open.length) break;
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
