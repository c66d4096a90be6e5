import { open } from 'node:fs/promises';
import { TextlessError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { FileBytes } from '../file-bytes.js';
import type { FrameTimes, Programme } from '../programme.js';
import type { Edit } from './encoded.js';
import { distinct } from './idr-id.js';
import type { TimedPicture } from './fragments-out.js';
import { NewPictures } from './new-pictures.js';
import type { CodedPicture } from './picture.js';
import type { SplicePlan } from './plan.js';
import { decodingTimes } from './schedule.js';
import { PlaceReader } from './source-pictures.js';

/** A picture whose time of decoding is not settled yet, and whether it is new. */
type Undated = Omit<CodedPicture, 'dts'> & { readonly made: boolean };

/** Piece by piece: pictures of the source, read where they lie, and new ones. */
async function* pieces({ pieces, pictures }: SplicePlan, source: PlaceReader, made: NewPictures): AsyncGenerator<Undated, void, undefined> {
  for (const piece of pieces) {
    if (piece.kind === 'encoded') {
      for await (const { pts, key, data } of made.of(piece.frames)) yield { pts, key, data, made: true };
    } else {
      for (const { at, bytes, pts, key } of pictures.slice(piece.pictures.first, piece.pictures.last + 1)) {
        yield { pts, key, data: Buffer.from(await source.read(at, bytes)), made: false };
      }
    }
  }
  await made.end();
}

/**
 * The whole stream in decoding order: copied pictures and new ones, with the times of the source and decoding times that fit both.
 * @param frames of the whole programme; only those of runs are encoded
 * @param edit of new pictures
 * @throws TextlessError as `encodePictures`, and `TEXTLESS_ENCODE` when what the encoder delivers does not fit
 */
export async function* spliced(
  programme: Programme,
  plan: SplicePlan,
  frames: AsyncIterable<Frame>,
  times: FrameTimes,
  edit: Edit,
  signal?: AbortSignal,
): AsyncGenerator<TimedPicture, void, undefined> {
  const decoded = decodingTimes(times.ticks, plan.delay, times.lastDuration);
  const made = new NewPictures(programme, plan, frames, times, edit, signal);
  const file = await open(programme.path, 'r');
  try {
    let at = 0;
    const joined = distinct(pieces(plan, new PlaceReader(await FileBytes.of(file)), made), plan.heads, (picture) => picture.made);
    for await (const { pts, key, data } of joined) {
      const dts = decoded[at++];
      if (dts > pts) {
        const sentence = `New pictures of ${programme.name} do not fit between those that are kept.`;
        throw new TextlessError('TEXTLESS_ENCODE', sentence, `a picture that is shown at ${pts} would be decoded at ${dts}`);
      }
      yield { pts, dts, key, data, duration: at < decoded.length ? decoded[at] - dts : Math.max(1, times.lastDuration) };
    }
  } finally {
    await made.close();
    await file.close();
  }
}
