import type { Frame } from '../../core/frame.js';
import type { FrameTimes, Programme } from '../programme.js';
import type { Plans } from '../stream-options.js';
import type { Edit } from './encoded.js';
import { withRecord } from './fragments-out.js';
import { muxPictures } from './mux.js';
import { planSplice, type SplicePlan } from './plan.js';
import type { CopiedPicture } from './proof.js';
import { decodingTimes } from './schedule.js';
import { spliced } from './splice.js';
import { Unfit } from './unfit.js';

/** A plan for copying, or why there is none: the end of a sentence for a person. */
export type Untouched = { readonly splice: SplicePlan } | { readonly splice: undefined; readonly reason: string };

/** Plans to copy what is not touched; see {@link planSplice}. */
export async function planUntouched(
  programme: Programme,
  plans: Plans,
  times: FrameTimes,
  touched: (frame: number) => boolean,
  signal?: AbortSignal,
): Promise<Untouched> {
  try {
    return { splice: await planSplice(programme, plans, times, touched, signal) };
  } catch (error) {
    if (error instanceof Unfit) return { splice: undefined, reason: error.message };
    throw error;
  }
}

/** Writes a programme of which parts are copied and new pictures are edited; errors as in `encodePictures` and `muxPictures`. */
export async function writeSpliced(
  programme: Programme,
  splice: SplicePlan,
  frames: AsyncIterable<Frame>,
  times: FrameTimes,
  edit: Edit,
  partial: string,
  signal?: AbortSignal,
): Promise<void> {
  const stream = {
    head: withRecord(splice.head, splice.record),
    pictures: spliced(programme, splice, frames, times, edit, signal),
    begins: decodingTimes(times.ticks.slice(0, splice.delay + 1), splice.delay, times.lastDuration)[0],
  };
  await muxPictures(programme, splice.plans, stream, partial, signal);
}

/** The pictures that a plan copies. */
export const copiedBy = ({ pieces, pictures }: SplicePlan): CopiedPicture[] =>
  pieces.flatMap((piece) =>
    piece.kind === 'encoded'
      ? []
      : pictures.slice(piece.pictures.first, piece.pictures.last + 1).map(({ pts, sha256 }) => ({ pts, sha256 })),
  );
