import { planesOf, type ColourSpace, type Frame, type Geometry, type Plane } from '../../core/frame.js';
import type { Track, TrackKind } from '../../plan/plan.js';
import { hash } from '../grain.js';
import { OPAQUE } from './estimate.js';
import { Fading } from './fading.js';
import { MatteLearner } from './learn.js';
import type { Matte, PlaneMatte } from './matte.js';

/** α below which a mark does not show. */
const CLEAR = 0.004;
/** Marks that are fixed in place and keep their look. */
const FIXED: readonly TrackKind[] = ['logo', 'watermark', 'blinking-logo'];

interface Picture {
  readonly geometry: Geometry;
  readonly colour: ColourSpace;
}

/**
 * Learns the mattes of wiped marks through which the scene shines; reads as many frames as that takes.
 * @returns by track
 */
export async function learnMattes(
  frames: AsyncIterable<Frame>,
  tracks: readonly Track[],
  { geometry, colour }: Picture,
): Promise<ReadonlyMap<string, Matte>> {
  const learners = tracks
    .filter((t) => t.action === 'wipe' && FIXED.includes(t.kind) && !t.path)
    .map((t) => ({ id: t.id, learner: new MatteLearner(t, geometry, colour) }));
  const last = Math.max(-1, ...learners.map(({ learner }) => learner.frames.at(-1) ?? -1));
  if (last >= 0)
    for await (const frame of frames) {
      for (const { learner } of learners) if (learner.frames.includes(frame.index)) learner.take(frame);
      if (frame.index >= last) break;
    }
  const found = new Map<string, Matte>();
  for (const { id, learner } of learners) {
    const matte = learner.matte();
    if (matte) found.set(id, matte);
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
  const marks = tracks.flatMap(({ id, spans }) => {
    const matte = mattes.get(id);
    return matte ? [{ matte, fading: new Fading(matte, spans, geometry) }] : [];
  });
  for await (const frame of frames) {
    for (const { matte, fading } of marks) {
      const strength = fading.strength(frame);
      if (strength) unblendFrame(frame, geometry, matte, strength);
    }
    yield frame;
  }
}

function unblendFrame(frame: Frame, geometry: Geometry, matte: Matte, strength: number): void {
  const planes = planesOf(frame, geometry);
  const most = 2 ** geometry.format.depth - 1;
  matte.planes.forEach((plane, i) => unblendPlane(planes[i], plane, { most, strength, frame: frame.index }));
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
