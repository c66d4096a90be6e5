import { planesOf, type Frame, type Geometry, type Plane } from '../../core/frame.js';
import type { Track } from '../../plan/plan.js';
import { hash } from '../grain.js';
import { calm } from './calm.js';
import { Fading } from './fading.js';
import type { Picture } from './lessons.js';
import { coloursOf, type Matte, type PlaneMatte } from './matte.js';
import { OPAQUE } from './opacity.js';

/** α below which a mark does not show. */
const CLEAR = 0.004;

/** What is left of a track to be filled when its matte is taken off: the pixels too opaque for that, or outside of the matte's box. Undefined when nothing is. */
export function leftToFill(track: Track, matte: Matte | undefined): Track | undefined {
  if (!matte) return track;
  const { box, data } = track.mask;
  const [{ box: at, alpha }] = matte.planes;
  const left = data.map((v, i) => {
    const x = box.x + (i % box.width) - at.x;
    const y = box.y + Math.floor(i / box.width) - at.y;
    const inside = x >= 0 && y >= 0 && x < at.width && y < at.height;
    return v && !(inside && alpha[y * at.width + x] <= OPAQUE) ? 255 : 0;
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

const unpacked = (matte: Matte): Matte => ({
  ...matte,
  planes: matte.planes.map(({ box, alpha, colour, rim }) => ({ box, alpha, colour, rim })),
});

function unblendFrame(frame: Frame, geometry: Geometry, matte: Matte, strength: number): void {
  const planes = planesOf(frame, geometry);
  const most = 2 ** geometry.format.depth - 1;
  matte.planes.forEach((plane, i) => unblendPlane(planes[i], plane, { most, strength, frame: frame.index }));
  calm(planes[0], matte.planes[0], geometry.format.depth);
}

/** Rounding is dithered: what was a gradient would show steps of 1 / (1 − α). */
function unblendPlane(
  { data, width }: Plane,
  matte: PlaneMatte,
  { most, strength, frame }: { readonly most: number; readonly strength: number; readonly frame: number },
): void {
  const { box, alpha } = matte;
  const colour = coloursOf(matte);
  for (let y = 0, i = 0; y < box.height; y++) {
    for (let x = 0, p = (box.y + y) * width + box.x; x < box.width; x++, i++, p++) {
      if (alpha[i] > OPAQUE) continue;
      const a = strength * alpha[i];
      if (a < CLEAR) continue;
      const scene = (data[p] - a * colour(i)) / (1 - a) + hash(frame, box.x + x, box.y + y) / 2 ** 32 - 0.5;
      data[p] = Math.max(0, Math.min(most, Math.round(scene)));
    }
  }
}
