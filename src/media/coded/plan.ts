import type { Span } from '../../core/area.js';
import { TextlessError } from '../../core/errors.js';
import type { FrameTimes, Programme } from '../programme.js';
import type { Plans } from '../stream-options.js';
import { blankFrames } from './blank-frames.js';
import { decoderRecord, describedTwice } from './decoder-record.js';
import { encodePictures } from './encoder.js';
import { recordOf } from './fragments-out.js';
import { copiedOf, placesOf, planGops, runsOf, type Piece } from './gops.js';
import { MATCHING, type Matched, type TrackSeams } from './matching.js';
import { reorderOf } from './schedule.js';
import { sourcePictures, type SourcePicture } from './source-pictures.js';
import { Unfit } from './unfit.js';

/** How a stream is put together of pictures of the source and new ones. */
export interface SplicePlan {
  readonly pieces: readonly Piece[];
  /** All coded pictures of the source, in decoding order. */
  readonly pictures: readonly SourcePicture[];
  /** With the encoder's options for new pictures that stand beside those of the source. */
  readonly plans: Plans;
  /** The head of a file with the encoder's pictures, and the record that its decoder must have. */
  readonly head: Buffer;
  /** The record for the decoder of both. */
  readonly record: Buffer;
  /** What is done where copied and new pictures meet. */
  readonly seams: TrackSeams;
  /** Frames between decoding and showing. */
  readonly delay: number;
}

/** Share of the pictures that must be worth copying: with fewer there is nothing to win, and one encoder is the plainer way. */
const LEAST_SHARE = 0.05;

/** Runs whose beginnings fit into one argument of a program (128 KiB on Linux) with room to spare; a film has a thousand. */
const MOST_RUNS = 4000;

function assertSpliceable({ container, video }: Programme): void {
  if (!container.startsWith('mov') && container !== 'matroska,webm')
    throw new Unfit('its container keeps no parameter sets for all pictures');
  if (video.timeBase.num !== 1) throw new Unfit('its unit of time is no fraction of a second');
}

/** Frames and coded pictures must be the same thing: one shown picture for each frame, at its time. */
function assertSameTimes(pictures: readonly SourcePicture[], { base, ticks }: FrameTimes, { timeBase }: Programme['video']): void {
  const shown = pictures.filter((p) => p.shown).map((p) => p.pts);
  shown.sort((a, b) => a - b);
  const same = base.num === timeBase.num && base.den === timeBase.den && shown.length === ticks.length;
  if (!same || shown.some((pts, i) => pts !== ticks[i] || pts === shown[i - 1]))
    throw new Unfit('its packets and its frames are not one to one');
}

/** Some frames of a programme as a programme of their own. */
export function timesOf({ base, ticks, lastDuration }: FrameTimes, runs: readonly Span[]): FrameTimes {
  return { base, ticks: runs.flatMap(({ first, last }) => ticks.slice(first, last + 1)), lastDuration };
}

/** Places of the first frames of runs among the frames of all runs. */
export function startsOf(runs: readonly Span[]): number[] {
  let frames = 0;
  return runs.map(({ first, last }) => (frames += last - first + 1) - (last - first + 1));
}

/** The head that the encoder's muxer writes, learnt from a few empty frames: what is in it does not depend on the picture. */
async function encoderHead(programme: Programme, plans: Plans, times: FrameTimes, signal?: AbortSignal): Promise<Buffer> {
  const few = { ...times, ticks: times.ticks.slice(0, 3) };
  const frames = blankFrames(programme.video.geometry, few.ticks.length);
  try {
    for await (const part of encodePictures(programme, plans, { frames, times: few, starts: [0] }, signal)) {
      if ('head' in part) return part.head;
    }
  } catch (error) {
    // Without what copying asks of it, the encoder may work.
    if (!(error instanceof TextlessError && error.code === 'TEXTLESS_ENCODE')) throw error;
  }
  throw new Unfit('the encoder writes other parameter sets');
}

const delayOf = (pieces: readonly Piece[], pictures: readonly SourcePicture[], { reorder }: Matched): number =>
  pieces.reduce((most, piece) => {
    if (piece.kind === 'encoded') return Math.max(most, reorder);
    return Math.max(most, reorderOf(placesOf(piece, pictures).map(({ picture }) => picture.pts)));
  }, 0);

/**
 * Plans which coded pictures of a source are copied, and makes sure that new ones can stand beside them.
 * @param touched whether a frame is to be changed, by its index
 * @throws Unfit with the reason why everything must be encoded again; TextlessError as in {@link encodePictures}
 */
export async function planSplice(
  programme: Programme,
  plans: Plans,
  times: FrameTimes,
  touched: (frame: number) => boolean,
  signal?: AbortSignal,
): Promise<SplicePlan> {
  const matchingOf = MATCHING[`${programme.video.codec} ${plans.codec.encoder}`];
  if (!matchingOf) throw new Unfit(`pictures coded as ${programme.video.codec} cannot be copied beside new ones`);
  assertSpliceable(programme);
  if (programme.container.startsWith('mov') && (await describedTwice(programme.path)))
    throw new Unfit('its parameter sets change on the way');
  const { sets, look, codec, match } = matchingOf(await decoderRecord(programme, signal), plans.codec);
  const pictures = await sourcePictures(programme, sets, look, signal);
  assertSameTimes(pictures, times, programme.video);
  const pieces = planGops(pictures, touched);
  const copied = copiedOf(pieces);
  if (copied < LEAST_SHARE * pictures.length)
    throw new Unfit(`only ${copied} of ${pictures.length} pictures are in closed GOPs that nothing touches`);
  const runs = runsOf(pieces);
  if (runs.length === 0) throw new Unfit('no frame is touched');
  if (runs.length > MOST_RUNS) throw new Unfit('it changes too often between what is touched and what is not');
  const matching = { ...plans, codec };
  const head = await encoderHead(programme, matching, timesOf(times, runs), signal);
  const own = recordOf(head);
  if (!own) throw new Unfit('the encoder writes other parameter sets');
  const matched = match(own);
  return {
    pieces,
    pictures,
    plans: matching,
    head,
    record: matched.extradata,
    seams: matched.seams,
    delay: delayOf(pieces, pictures, matched),
  };
}
