import type { Frame } from '../../../core/frame.js';
import { TextlessError } from '../../../core/errors.js';
import type { FrameTimes, Programme } from '../../programme.js';
import type { Plans } from '../../stream-options.js';
import { encodePictures } from '../encoder.js';
import type { Part, Sample } from '../fragments-in.js';
import type { TimedPicture } from '../fragments-out.js';
import { muxPictures } from '../mux.js';
import { carriedParts, setsOf } from './carrying.js';
import { AVC, avcType } from './nal-readers.js';
import { framed, nalUnits } from './units.js';

/** A picture with parameter sets where it may be entered at: behind the delimiter, before everything else (ITU-T H.264, 7.4.1.2.3). */
function withSets(picture: Sample, sets: readonly Uint8Array[]): Sample {
  if (!picture.key || sets.length === 0) return picture;
  const [first] = nalUnits(picture.data, 4);
  const at = first && avcType(picture.data.subarray(first.body)) === AVC.delimiter ? first.end : 0;
  const data = Buffer.concat([picture.data.subarray(0, at), ...sets.map((set) => framed(set, 4)), picture.data.subarray(at)]);
  return { ...picture, data };
}

/** Pictures with the ticks from one to the next. */
async function* timed(
  first: Sample,
  rest: AsyncIterable<Part>,
  sets: readonly Uint8Array[],
  last: number,
): AsyncGenerator<TimedPicture, void, undefined> {
  let held = first;
  for await (const part of rest) {
    if (!('sample' in part)) continue;
    yield { ...withSets(held, sets), duration: part.sample.dts - held.dts };
    held = part.sample;
  }
  yield { ...withSets(held, sets), duration: Math.max(1, last) };
}

/**
 * Writes a programme anew like where one ffmpeg encodes and muxes, but with everything in the new pictures that those of the source carry besides
 * the picture.
 * @throws TextlessError as `encodePictures`, `carrySideData` and `muxPictures`
 */
export async function writeCarried(
  programme: Programme,
  plans: Plans,
  frames: AsyncIterable<Frame>,
  times: FrameTimes,
  partial: string,
  signal?: AbortSignal,
): Promise<void> {
  const parts = carriedParts(encodePictures(programme, plans, { frames, times, starts: [] }, signal), programme, signal);
  try {
    const [head, first] = [await parts.next(), await parts.next()];
    if (head.done || !('head' in head.value) || first.done || !('sample' in first.value)) {
      throw new TextlessError('TEXTLESS_ENCODE', `New pictures of ${programme.name} could not be encoded.`, 'the encoder delivered none');
    }
    const { sample } = first.value;
    // In a transport stream whoever tunes in needs them; elsewhere the container has them.
    const sets = programme.container === 'mpegts' && programme.video.codec === 'h264' ? setsOf(head.value.head) : [];
    const pictures = timed(sample, parts, sets, times.lastDuration);
    await muxPictures(programme, plans, { head: head.value.head, pictures, begins: sample.dts }, partial, signal);
  } finally {
    await parts.return();
  }
}
