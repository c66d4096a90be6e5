import { TextlessError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import type { FrameTimes, Programme } from '../programme.js';
import type { Plans } from '../stream-options.js';
import { encodePictures } from './encoder.js';
import type { Part, Sample } from './fragments-in.js';
import type { TimedPicture } from './fragments-out.js';
import { muxPictures } from './mux.js';
import { NAL, nalKind } from './nal.js';
import { setsOf } from './side/carrying.js';
import { framed, nalUnits } from './side/units.js';

/** Changes new coded pictures on their way, such as by putting captions into them: the head of a file comes first and stays, times and order stay. */
export type Edit = (parts: AsyncGenerator<Part, void, undefined>) => AsyncGenerator<Part, void, undefined>;

/** A picture with parameter sets where it may be entered at: behind the delimiter, before everything else (ITU-T H.264, 7.4.1.2.3). */
function withSets(picture: Sample, sets: readonly Uint8Array[]): Sample {
  if (!picture.key || sets.length === 0) return picture;
  const [first] = nalUnits(picture.data, 4);
  const at = first && nalKind(picture.data.subarray(first.body)) === NAL.delimiter ? first.end : 0;
  const data = Buffer.concat([picture.data.subarray(0, at), ...sets.map((set) => framed(set, 4)), picture.data.subarray(at)]);
  return { ...picture, data };
}

/** Each sample with the ticks up to the next in decoding order. */
async function* timed(
  samples: AsyncIterable<Sample>,
  sets: readonly Uint8Array[],
  lastDuration: number,
): AsyncGenerator<TimedPicture, void, undefined> {
  let held: Sample | undefined;
  for await (const sample of samples) {
    if (held) yield { ...withSets(held, sets), duration: sample.dts - held.dts };
    held = sample;
  }
  if (held) yield { ...withSets(held, sets), duration: Math.max(1, lastDuration) };
}

async function* samplesFrom(first: Sample, parts: AsyncIterator<Part>): AsyncGenerator<Sample, void, undefined> {
  try {
    yield first;
    for (let next = await parts.next(); !next.done; next = await parts.next()) if ('sample' in next.value) yield next.value.sample;
  } finally {
    await parts.return?.();
  }
}

/**
 * Writes a programme of which every picture is encoded, with each coded picture passing through our hands.
 * @param frames one for each tick of `times`
 * @throws TextlessError as `encodePictures` and `muxPictures`
 */
export async function writeEncoded(
  programme: Programme,
  plans: Plans,
  frames: AsyncIterable<Frame>,
  times: FrameTimes,
  edit: Edit,
  partial: string,
  signal?: AbortSignal,
): Promise<void> {
  const parts = edit(encodePictures(programme, plans, { frames, times, starts: [] }, signal));
  try {
    const [head, first] = [(await parts.next()).value, (await parts.next()).value];
    if (!head || !('head' in head) || !first || !('sample' in first)) {
      throw new TextlessError(
        'TEXTLESS_ENCODE',
        `New pictures of ${programme.name} could not be encoded.`,
        'the encoder delivered nothing',
      );
    }
    // In a transport stream whoever tunes in needs parameter sets; elsewhere the container has them.
    const sets = programme.container === 'mpegts' && programme.video.codec === 'h264' ? setsOf(head.head) : [];
    const pictures = timed(samplesFrom(first.sample, parts), sets, times.lastDuration);
    await muxPictures(programme, plans, { head: head.head, pictures, begins: first.sample.dts }, partial, signal);
  } finally {
    await parts.return();
  }
}
