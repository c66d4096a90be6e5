import { TextlessError } from '../../../core/errors.js';
import type { FrameTimes, Programme } from '../../programme.js';
import type { Plans } from '../../stream-options.js';
import type { AvcConfiguration } from '../avc-configuration.js';
import { avcSource, encoderParameters, matchSets, type AvcSource, type MatchedAvc } from '../avc-match.js';
import { blankFrames } from '../blank-frames.js';
import { withParameters } from '../encoder-parameters.js';
import { distinct } from '../idr-id.js';
import { NAL, nalKind, unitsIn } from '../nal.js';
import type { CodedPicture } from '../picture.js';
import { framed } from '../side/units.js';
import { Unfit } from '../unfit.js';
import type { AvcStream } from './avc-units.js';
import { encodedPictures, type CodedPictures } from './encoder.js';
import type { Seams } from './seams.js';

/** How the sets of a picture would stand in a record; lengths of units have no meaning here. */
function recordOf(sps: readonly Uint8Array[], pps: readonly Uint8Array[]): AvcConfiguration {
  const [profile = 0, compatibility = 0, level = 0] = sps.at(0)?.subarray(1, 4) ?? [];
  return { profile, compatibility, level, lengthSize: 4, sps, pps, rest: new Uint8Array() };
}

const ofKind = (units: readonly Uint8Array[], kind: number): Uint8Array[] => units.filter((unit) => nalKind(unit) === kind);

/** The parameter sets that the encoder writes, learnt from a few empty frames: what is in them does not depend on the picture. */
async function encoderSets(programme: Programme, plans: Plans, times: FrameTimes, signal?: AbortSignal): Promise<AvcConfiguration> {
  const few = { ...times, ticks: times.ticks.slice(0, 3) };
  const frames = blankFrames(programme.video.geometry, few.ticks.length);
  try {
    for await (const { data } of encodedPictures(programme, plans, frames, few, signal)) {
      const units = unitsIn(data, 'annexb').map((unit) => Uint8Array.from(unit));
      return recordOf(ofKind(units, NAL.sps), ofKind(units, NAL.pps));
    }
  } catch (error) {
    // Without what copying asks of it, the encoder may work.
    if (!(error instanceof TextlessError && error.code === 'TEXTLESS_ENCODE')) throw error;
  }
  throw new Unfit('the encoder writes other parameter sets');
}

/** A new picture with its sequence set in the source's words. @throws TextlessError `TEXTLESS_ENCODE` when its sets are not those that were announced */
function described(picture: CodedPicture, announced: AvcConfiguration, { own }: MatchedAvc): CodedPicture {
  const expected = new Map<number, Uint8Array>([
    [NAL.sps, announced.sps[0]],
    [NAL.pps, announced.pps[0]],
  ]);
  const units = unitsIn(picture.data, 'annexb').map((unit) => {
    const set = expected.get(nalKind(unit));
    if (!set) return unit;
    if (Buffer.compare(set, unit) === 0) return nalKind(unit) === NAL.sps ? own.sps : unit;
    throw new TextlessError(
      'TEXTLESS_ENCODE',
      'New pictures do not fit between those that are kept.',
      'the parameter sets are not those that were announced',
    );
  });
  return { ...picture, data: Buffer.concat(units.map((unit) => framed(unit, 'annexb'))) };
}

/**
 * How new pictures are made and put between those of a source: with parameter sets under a number of their own, described in its words.
 * @throws Unfit; TextlessError as the encoder
 */
export async function avcSeams(
  programme: Programme,
  plans: Plans,
  times: FrameTimes,
  { sps, pps }: AvcStream,
  signal?: AbortSignal,
): Promise<{ readonly seams: Seams; readonly plans: Plans }> {
  const source: AvcSource = avcSource(recordOf(sps, pps));
  const matching = { ...plans, codec: withParameters(plans.codec, encoderParameters(source)) };
  const announced = await encoderSets(programme, matching, times, signal);
  const matched = matchSets(source, announced);
  async function* worded(pictures: CodedPictures): CodedPictures {
    for await (const picture of pictures) yield picture.kept || !picture.key ? picture : described(picture, announced, matched);
  }
  return {
    plans: matching,
    seams: {
      closed: (picture) => picture,
      opened: (picture) => picture,
      settled: (pictures) => distinct(worded(pictures), matched.heads, (picture) => !picture.kept, 'annexb'),
    },
  };
}
