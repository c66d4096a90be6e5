import { PassThrough } from 'node:stream';
import { TextlessError, throwIfCancelled } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { toNumber } from '../../core/time.js';
import type { FfmpegJob } from '../ffmpeg.js';
import { Attention, feedFfmpeg } from '../feed.js';
import type { FrameTimes, Programme } from '../programme.js';
import { rawMatroska } from '../raw-matroska.js';
import { RAW_INPUT, pictureOptions, type Plans } from '../stream-options.js';
import { encoderTimeline } from '../timeline.js';
import { readFragments, type Part } from './fragments-in.js';

/** Frames for an encoder that does not write the file itself. */
export interface EncoderInput {
  readonly frames: AsyncIterable<Frame>;
  /** When these frames are shown: strictly rising, perhaps with gaps. */
  readonly times: FrameTimes;
  /** Places among these frames that begin a run: coded as IDR pictures. */
  readonly starts: readonly number[];
}

/** A fragment for each picture; the record for the decoder in the head. */
const FRAGMENTS = ['-movflags', 'empty_moov+default_base_moof+frag_every_frame', '-flush_packets', '1'];

function encoderOptions(programme: Programme, plans: Plans, { times, starts }: EncoderInput): string[] {
  const { base, ticks } = times;
  // The first frame at or after each of these times becomes an IDR picture; a time between two frames is not rounded past one.
  const between = (n: number): string => (((ticks[n - 1] + ticks[n]) / 2) * toNumber(base)).toFixed(6);
  const keys = starts.filter((n) => n > 0).map(between);
  return [
    ...['-map', '0:0', ...pictureOptions(programme, plans, 0)],
    ...(keys.length > 0 ? ['-force_key_frames:0', keys.join(','), '-forced-idr:0', '1'] : []),
    ...[...FRAGMENTS, '-video_track_timescale', String(base.den), '-f', plans.container.muxer === 'mov' ? 'mov' : 'mp4'],
  ];
}

/** The same samples at the programme's times: the muxer moves all of them together, and the first is the first frame. */
async function* placed(parts: AsyncIterable<Part>, first: number): AsyncGenerator<Part, void, undefined> {
  let shift: number | undefined;
  for await (const part of parts) {
    if ('head' in part) yield part;
    else {
      const { pts, dts, ...rest } = part.sample;
      shift ??= first - pts;
      yield { sample: { ...rest, pts: pts + shift, dts: dts + shift } };
    }
  }
}

/**
 * Encodes frames and delivers coded pictures: first the head of a file that could hold them, then pictures in decoding order with the programme's
 * times; `dts` is the encoder's own. Frames are read as fast as pictures are taken.
 *
 * @throws TextlessError `TEXTLESS_ENCODE`, `TEXTLESS_VERIFY` when frames and times differ in number, `TEXTLESS_STALLED`, `TEXTLESS_CANCELLED`,
 * and whatever `frames` throws
 */
export async function* encodePictures(
  programme: Programme,
  plans: Plans,
  input: EncoderInput,
  signal?: AbortSignal,
): AsyncGenerator<Part, void, undefined> {
  const { frames, times } = input;
  const timeline = encoderTimeline(programme, times, plans.codec.gridded);
  const options = encoderOptions(programme, { ...plans, timeline }, input);
  const attention = new Attention();
  const own = new AbortController();
  // A stream that is closed makes fluent report an error on good runs (fault 4).
  const pipe = new PassThrough({ emitClose: false, highWaterMark: 1 << 20 });
  const either = signal ? AbortSignal.any([signal, own.signal]) : own.signal;
  const failure = { code: 'TEXTLESS_ENCODE' as const, sentence: `New pictures of ${programme.name} could not be encoded.` };
  const job = (source: FfmpegJob['inputs'][0]['at'] & object): FfmpegJob => ({
    inputs: [{ at: source, options: RAW_INPUT }],
    outputs: [{ at: pipe, options }],
    failure,
    signal: either,
  });
  const pieces = rawMatroska(programme.video.geometry, plans.rate, frames, timeline.pipe);
  const ended = feedFfmpeg(pieces, { what: `Encoding ${programme.name}`, job, attention, signal: either });
  ended.catch((error: Error) => pipe.destroy(error));
  try {
    for await (const part of placed(readFragments(pipe), times.ticks[0])) {
      attention.wanted(false);
      yield part;
      attention.wanted(true);
    }
    await ended;
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof TextlessError) throw error;
    if (pipe.readableEnded) await ended; // it tells more
    throw new TextlessError(failure.code, failure.sentence, String(error), { cause: error });
  } finally {
    own.abort();
    pipe.destroy();
    await ended.catch(() => {});
  }
}
