import type { Frame } from '../../core/frame.js';
import { FileBytes } from '../file-bytes.js';
import type { FrameTimes, Programme } from '../programme.js';
import type { Plans } from '../stream-options.js';
import type { Edit } from './encoded.js';
import { withRecord } from './fragments-out.js';
import { placesOf } from './gops.js';
import { muxPictures } from './mux.js';
import { planSplice, type SplicePlan } from './plan.js';
import type { CopiedPicture } from './proof.js';
import { sha256Of } from './source-pictures.js';
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

/** The pictures that a plan copies, with the hashes that they must have in the new file. */
export const copiedBy = ({ path }: Programme, { pieces, pictures, seams }: SplicePlan): Promise<CopiedPicture[]> =>
  FileBytes.with(path, async (file) => {
    const out: CopiedPicture[] = [];
    for (const piece of pieces) {
      if (piece.kind === 'encoded') continue;
      for (const { picture, opened } of placesOf(piece, pictures)) {
        const { pts, at, bytes, sha256 } = picture;
        out.push({ pts, sha256: opened ? sha256Of(seams.opened(Buffer.from(await file.read(at, bytes)))) : sha256 });
      }
    }
    return out;
  });
