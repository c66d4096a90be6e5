import type { Frame } from '../../core/frame.js';
import { decodeFrames } from '../../media/decode.js';
import type { Plan } from '../../plan/plan.js';
import { restorePictures } from '../../restore/fields.js';
import { withHalo } from '../../restore/halo.js';
import { learnMattes } from '../../restore/matte/lessons.js';
import type { Matte } from '../../restore/matte/matte.js';
import { leftToFill, unblendFrames } from '../../restore/matte/unblend.js';
import type { Restorer } from '../../restore/network/network.js';
import type { CaseFolder } from './case-folder.js';

type TruePlan = Pick<Plan, 'shots' | 'tracks'>;

/** Learns what of a case's marks can be taken off. */
export async function mattesOf({ marked }: CaseFolder, plan: TruePlan, signal?: AbortSignal): Promise<ReadonlyMap<string, Matte>> {
  const { geometry, colour } = marked.video;
  return (await learnMattes(decodeFrames(marked, { signal }), plan, { geometry, colour })).mattes;
}

/** The frames as this program leaves them: mattes taken off, the rest filled by the restorer. Without mattes every mark is a hole. */
export function restored(
  { marked }: CaseFolder,
  { shots, tracks }: TruePlan,
  { restorer, mattes, signal }: { readonly restorer: Restorer; readonly mattes: ReadonlyMap<string, Matte>; readonly signal?: AbortSignal | undefined }, // prettier-ignore
): AsyncIterable<Frame> {
  const { geometry, colour, interlaced, topFieldFirst } = marked.video;
  const left = tracks.flatMap((t) => leftToFill(t, mattes.get(t.id)) ?? []).map((t) => withHalo(t, geometry));
  const frames = unblendFrames(decodeFrames(marked, { signal }), tracks, mattes, { geometry, colour });
  return restorePictures(frames, { geometry, colour, plan: { shots, tracks: left }, restorer, interlaced, topFieldFirst, signal });
}
