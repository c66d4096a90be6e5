import { TextlessError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import type { FrameTimes, Programme } from '../programme.js';
import type { Plans } from '../stream-options.js';
import { encodePictures } from './encoder.js';
import type { Part, Sample } from './fragments-in.js';
import type { TimedPicture } from './fragments-out.js';
import { muxPictures } from './mux.js';
import type { CodedPicture } from './picture.js';

/** Changes a new coded picture, such as by putting captions into it; times and order stay. */
export type Edit = (picture: CodedPicture) => CodedPicture;

/** Each sample with the ticks up to the next in decoding order. */
async function* timed(samples: AsyncIterable<Sample>, edit: Edit, lastDuration: number): AsyncGenerator<TimedPicture, void, undefined> {
  let held: Sample | undefined;
  for await (const sample of samples) {
    if (held) yield { ...edit(held), duration: sample.dts - held.dts };
    held = sample;
  }
  if (held) yield { ...edit(held), duration: Math.max(1, lastDuration) };
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
 * Writes a programme of which every picture is encoded, with each coded picture passing through our hands: for MP4, MOV and Matroska, whose muxers
 * take coded pictures as they are.
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
  const parts = encodePictures(programme, plans, { frames, times, starts: [0] }, signal);
  try {
    const [head, first] = [(await parts.next()).value, (await parts.next()).value];
    if (!head || !('head' in head) || !first || !('sample' in first)) {
      throw new TextlessError(
        'TEXTLESS_ENCODE',
        `New pictures of ${programme.name} could not be encoded.`,
        'the encoder delivered nothing',
      );
    }
    const pictures = timed(samplesFrom(first.sample, parts), edit, times.lastDuration);
    await muxPictures(programme, plans, { head: head.head, pictures, begins: first.sample.dts }, partial, signal);
  } finally {
    await parts.return();
  }
}
