import { TextlessError } from '../../../core/errors.js';
import { sizedUnits } from '../nal.js';
import { framed } from '../side/units.js';
import { readSets, Unfit } from '../unfit.js';
import {
  lengthSizeOf,
  mergedHevc,
  readHevcConfiguration,
  unitsOf,
  writeHevcConfiguration,
  type HevcConfiguration,
} from './configuration.js';
import { HEVC_NAL, hevcKind, isSlice } from './kinds.js';
import { rewordedSps, readHevcSps, type HevcSequence } from './sps.js';
import { readHevcPps, readHevcVps, renumberedPps, rewordedVps, type HevcNumbers } from './sets.js';

/*
 * New HEVC pictures between copied ones. As in H.264 they get parameter sets under numbers that the source does not use, in the one record of the
 * track. x265 numbers everything 0, so its sets and the one number in its slices are written anew. That number is an Exp-Golomb code in the head of a
 * slice: with one of 9 bits in place of the one bit of 0, everything behind it moves by one byte and stays as it is.
 */

/** The sets of a source, and what new ones must be like. */
export interface HevcSource {
  readonly record: HevcConfiguration;
  readonly sps: HevcSequence;
  /** Numbers that no set of the source has. */
  readonly free: HevcNumbers;
  /** Pictures that a decoder of the source holds. */
  readonly held: number;
}

/** Numbers whose code has 9 bits, and leaves no byte of zeros in the head of a slice that would ask for emulation prevention. */
const NINE_BITS = Array.from({ length: 16 }, (_, i) => 15 + i).filter((id) => (id + 1) % 4 !== 0);

/** The first number that is not used, of those that may be. */
function freeOf(among: readonly number[], used: readonly number[]): number {
  const free = among.find((id) => !used.includes(id));
  if (free === undefined) throw new Unfit('it has as many parameter sets as there can be');
  return free;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, id) => id);
const sameFormat = (a: HevcSequence, b: HevcSequence): boolean => a.format.join() === b.format.join();

/**
 * Looks at the parameter sets of a source.
 * @param extradata what the container keeps for the decoder
 * @throws Unfit
 */
export function readHevcSource(extradata: Uint8Array): HevcSource {
  const record = readHevcConfiguration(extradata);
  if (lengthSizeOf(record) !== 4) throw new Unfit('the lengths of its NAL units are not written in four bytes');
  const [vps, sps, pps] = [HEVC_NAL.vps, HEVC_NAL.sps, HEVC_NAL.pps].map((kind) => unitsOf(record, kind));
  const sets = sps.map((nal) => readSets(() => readHevcSps(nal)));
  const [first] = sets;
  if (!first || !vps.length || !pps.length) throw new Unfit('its parameter sets are not kept apart from the pictures');
  if (sets.some((other) => !sameFormat(first, other))) throw new Unfit('its parameter sets are of several picture formats');
  const free = {
    vps: freeOf(upTo(16), vps.map(readHevcVps)),
    sps: freeOf(upTo(16), sets.map((s) => s.id)), // prettier-ignore
    pps: freeOf(NINE_BITS, pps.map((nal) => readSets(() => readHevcPps(nal)).id)), // prettier-ignore
  };
  return { record, sps: first, free, held: Math.max(...sets.map((s) => s.buffer[0])) };
}

/** NAL units of all parameter sets of a source. */
export const hevcSets = ({ record }: HevcSource): Uint8Array[] =>
  [HEVC_NAL.vps, HEVC_NAL.sps, HEVC_NAL.pps].flatMap((kind) => unitsOf(record, kind));

/** What the encoder (x265) is told so that its pictures fit: each run begins anew, and how many pictures a decoder holds. */
export function hevcParameters({ held }: HevcSource): string[] {
  const shallow = held >= 5 ? [] : held === 4 ? ['b-pyramid=0'] : ['bframes=0', 'ref=1'];
  return ['open-gop=0', 'repeat-headers=0', ...shallow];
}

/** What is written for a track whose pictures are partly copied and partly new. */
export interface MatchedHevc {
  /** The record of the track. */
  readonly extradata: Buffer;
  /** Pictures that may overtake a new one. */
  readonly reorder: number;
  /** A new picture with the numbers of its sets. */
  readonly numbered: (picture: Buffer) => Buffer;
}

const NOTHING_SAID = { aspect: undefined, overscan: undefined, signal: undefined, chromaPlace: undefined };

/**
 * Puts the parameter sets of new pictures beside those of the source.
 * @param extradata of the new pictures
 * @throws Unfit when they differ in what cannot be put right
 */
export function matchHevc(source: HevcSource, extradata: Uint8Array): MatchedHevc {
  const record = readHevcConfiguration(extradata);
  const kinds = [HEVC_NAL.vps, HEVC_NAL.sps, HEVC_NAL.pps].map((kind) => unitsOf(record, kind));
  if (lengthSizeOf(record) !== 4 || kinds.some((units) => units.length !== 1)) throw new Unfit('the encoder writes other parameter sets');
  const [[vps], [sps], [pps]] = kinds;
  const own = readSets(() => readHevcSps(sps));
  if (own.layers !== 1 || readHevcPps(pps).id !== 0) throw new Unfit('the encoder writes other parameter sets');
  if (!sameFormat(own, source.sps)) throw new Unfit('its coded picture has another size than new ones would have');
  if (own.profile > source.sps.profile) throw new Unfit('its profile is another than new pictures would have');
  if (own.buffer[0] > source.held) throw new Unfit('its decoder holds fewer pictures than new ones need');
  if (!own.colours) throw new Unfit('the encoder does not describe its pictures');
  const { free, held } = source;
  // In the source's words: a player would show a change of colours or shape.
  const { colours = NOTHING_SAID } = source.sps;
  const level = Math.max(own.level, source.sps.level);
  const ours = [rewordedVps(vps, free, { level, held }), rewordedSps(sps, free, { level, held, colours }), renumberedPps(pps, free)];
  const named = { ...record, arrays: ours.map((unit) => ({ mark: hevcKind(unit), units: [unit] })) };
  const numbered = (picture: Buffer): Buffer => renumberedSlices(picture, free.pps);
  return { extradata: writeHevcConfiguration(mergedHevc(source.record, named)), reorder: own.buffer[1], numbered };
}

/** Where in the third byte of a slice the number of its set begins: behind a flag, in pictures to enter at behind two. */
const flagsOf = (kind: number): number => (kind >= HEVC_NAL.firstEntry && kind <= HEVC_NAL.lastEntry ? 2 : 1);

/** A slice of the set with number 0, meaning the one with another number of {@link NINE_BITS}. */
function renumberedSlice(unit: Uint8Array, pps: number): Uint8Array {
  const flags = flagsOf(hevcKind(unit));
  const behind = 7 - flags;
  const isZero = ((unit[2] >> behind) & 1) === 1;
  if (!isZero)
    throw new TextlessError(
      'TEXTLESS_ENCODE',
      'New pictures do not fit between those that are kept.',
      'a slice names a parameter set that nobody announced',
    );
  const word = ((unit[2] >> (behind + 1)) << (behind + 9)) | ((pps + 1) << behind) | (unit[2] & (2 ** behind - 1));
  return Buffer.concat([unit.subarray(0, 2), Uint8Array.of(word >> 8, word & 255), unit.subarray(3)]);
}

const renumberedSlices = (picture: Uint8Array, pps: number): Buffer =>
  Buffer.concat((sizedUnits(picture) ?? []).map((unit) => framed(isSlice(hevcKind(unit)) ? renumberedSlice(unit, pps) : unit, 4)));
