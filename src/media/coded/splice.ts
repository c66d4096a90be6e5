import { open } from 'node:fs/promises';
import { TextlessError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { FileBytes } from '../file-bytes.js';
import type { FrameTimes, Programme } from '../programme.js';
import type { Edit } from './encoded.js';
import { placesOf } from './gops.js';
import type { Undated } from './matching.js';
import type { TimedPicture } from './fragments-out.js';
import { NewPictures } from './new-pictures.js';
import type { SplicePlan } from './plan.js';
import { decodingTimes } from './schedule.js';
import { PlaceReader } from './source-pictures.js';

/** Piece by piece: pictures of the source, read where they lie, and new ones. */
async function* pieces(plan: SplicePlan, source: PlaceReader, made: NewPictures): AsyncGenerator<Undated, void, undefined> {
  const { seams, pictures } = plan;
  for (const piece of plan.pieces) {
    if (piece.kind === 'encoded') {
      for await (const { pts, key, data } of made.of(piece.frames)) yield { pts, key, data: seams.made(data), made: true };
    } else {
      for (const { picture, opened } of placesOf(piece, pictures)) {
        const { at, bytes, pts, key } = picture;
        const data = Buffer.from(await source.read(at, bytes));
        yield { pts, key, data: opened ? seams.opened(data) : data, made: false };
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
    const joined = plan.seams.settled(pieces(plan, new PlaceReader(await FileBytes.of(file)), made));
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
