import type { CodecPlan } from '../codec.js';
import { encoderParameters, matchAvc, readAvcSource } from './avc-match.js';
import { avcStanding } from './avc-standing.js';
import { withParameters } from './encoder-parameters.js';
import { asBroken, hevcStanding } from './hevc/kinds.js';
import { hevcParameters, hevcSets, matchHevc, readHevcSource } from './hevc/match.js';
import { distinct } from './idr-id.js';
import type { Look } from './source-pictures.js';

/** A picture whose time of decoding is not settled yet. */
export interface Undated {
  readonly pts: number;
  readonly key: boolean;
  readonly data: Buffer;
  /** Whether it is new. */
  readonly made: boolean;
}

/** What a codec asks for where copied and new pictures stand in one track. */
export interface TrackSeams {
  /** A new picture, with the numbers of its parameter sets. */
  readonly made: (picture: Buffer) => Buffer;
  /** An open picture of the source that follows others than there. */
  readonly opened: (picture: Buffer) => Buffer;
  /** The whole stream, in decoding order. */
  readonly settled: (pictures: AsyncGenerator<Undated, void, undefined>) => AsyncGenerator<Undated, void, undefined>;
}

/** The parameter sets of new pictures beside those of the source. */
export interface Matched {
  /** The record for the decoder of both. */
  readonly extradata: Buffer;
  /** Pictures that may overtake a new one. */
  readonly reorder: number;
  readonly seams: TrackSeams;
}

/** What the parameter sets of a source ask of new pictures. */
export interface Matching {
  /** NAL units of all parameter sets. */
  readonly sets: readonly Uint8Array[];
  readonly look: Look;
  readonly codec: CodecPlan;
  /** @param extradata of new pictures @throws Unfit when they differ in what cannot be put right */
  readonly match: (extradata: Uint8Array) => Matched;
}

const same = (picture: Buffer): Buffer => picture;

function avcMatching(extradata: Uint8Array, codec: CodecPlan): Matching {
  const source = readAvcSource(extradata);
  return {
    sets: [...source.record.sps, ...source.record.pps],
    look: avcStanding,
    codec: withParameters(codec, encoderParameters(source)),
    match: (own) => {
      const { heads, ...matched } = matchAvc(source, own);
      return {
        ...matched,
        seams: { made: same, opened: same, settled: (pictures) => distinct(pictures, heads, (picture) => picture.made) },
      };
    },
  };
}

function hevcMatching(extradata: Uint8Array, codec: CodecPlan): Matching {
  const source = readHevcSource(extradata);
  return {
    sets: hevcSets(source),
    look: hevcStanding,
    codec: withParameters(codec, hevcParameters(source)),
    match: (own) => {
      const { numbered, ...matched } = matchHevc(source, own);
      return { ...matched, seams: { made: numbered, opened: asBroken, settled: (pictures) => pictures } };
    },
  };
}

/** By the codec of the source and the encoder; each throws Unfit where pictures of a source cannot stand beside new ones. */
export const MATCHING: Readonly<Record<string, (extradata: Uint8Array, codec: CodecPlan) => Matching>> = {
  'h264 libx264': avcMatching,
  'hevc libx265': hevcMatching,
};
