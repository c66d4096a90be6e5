import { PassThrough } from 'node:stream';
import { throwIfCancelled } from '../../../core/errors.js';
import type { Frame } from '../../../core/frame.js';
import { feedFfmpeg } from '../../feed.js';
import type { FrameTimes, Programme } from '../../programme.js';
import { rawMatroska } from '../../raw-matroska.js';
import { RAW_INPUT, pictureOptions, type Plans } from '../../stream-options.js';
import { encoderTimeline, rising } from '../../timeline.js';
import type { CodedPicture } from '../picture.js';
import { codedPictures, PIPE_START } from './from-encoder.js';

/** Coded pictures on their way, in decoding order. */
export type CodedPictures = AsyncGenerator<CodedPicture, void, undefined>;

/** Encodes frames that are shown at some times; their pictures come in decoding order. Errors as in `feedFfmpeg`. */
export async function* encodedPictures(
  programme: Programme,
  plans: Plans,
  frames: AsyncIterable<Frame>,
  times: FrameTimes,
  signal?: AbortSignal,
): CodedPictures {
  const stop = new AbortController();
  const both = AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]);
  // A stream that is closed makes fluent report an error on good runs (fault 4).
  const pipe = new PassThrough({ emitClose: false, highWaterMark: 1 << 20 });
  const piped = { ...times, ticks: times.ticks.map((tick) => tick - times.ticks[0] + PIPE_START) };
  const timeline = encoderTimeline(programme, piped, plans.codec.gridded);
  const options = [
    '-map',
    '0:0',
    ...pictureOptions(programme, { ...plans, timeline }, 0),
    '-mpegts_copyts',
    '1',
    '-muxdelay',
    '0',
    '-f',
    'mpegts',
  ];
  const faults: Error[] = [];
  const encoded = feedFfmpeg(rawMatroska(programme.video.geometry, plans.rate, frames, timeline.pipe), {
    what: `Encoding ${programme.name}`,
    job: (source) => ({
      inputs: [{ at: source, options: RAW_INPUT }],
      outputs: [{ at: pipe, options }],
      failure: { code: 'TEXTLESS_ENCODE', sentence: `The new version of ${programme.name} could not be written.` },
      signal: both,
    }),
    signal: both,
  }).catch((error: Error) => {
    faults.push(error);
    pipe.destroy(error);
  });
  try {
    yield* codedPictures(pipe, rising(times.ticks));
    await encoded;
  } finally {
    stop.abort();
    pipe.destroy();
    await encoded;
    throwIfCancelled(signal);
  }
  if (faults.length > 0) throw faults[0];
}
