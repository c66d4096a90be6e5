import { merged, readConfiguration, writeConfiguration, type AvcConfiguration } from './avc-configuration.js';
import { readPps, readSps, saysFormat, type SequenceParameters } from './avc-sps.js';
import { writeVui, type Limits, type Vui } from './avc-vui.js';
import { BitWriter, escaped, unescaped } from './bits.js';
import { sliceHeads, type SliceHeads } from './idr-id.js';
import { readSets, Unfit } from './unfit.js';

/*
 * New H.264 pictures between copied ones. Each picture names its parameter sets by number, so the new ones get sets under a
 * number that the source does not use, and both stand in the one record of the track. The new sequence set describes picture
 * and buffer in the source's words: a change of the buffer's size would allow a decoder to drop pictures that it still holds
 * (C.4.4), and a change of colours would show.
 */

/** The sets of a source, and what new ones must be like. */
export interface AvcSource {
  readonly record: AvcConfiguration;
  readonly sps: SequenceParameters;
  /** A number that no set of the source has. */
  readonly free: number;
  /** Pictures that a decoder of the source holds at most. */
  readonly held: number;
}

/** Macroblocks that a decoder holds at most, by level (table A-1). */
const HELD: readonly (readonly [level: number, macroblocks: number])[] = [
  ...([
    [10, 396],
    [11, 900],
    [20, 2376],
    [21, 4752],
    [30, 8100],
    [31, 18_000],
    [32, 20_480],
    [41, 32_768],
    [42, 34_816],
  ] as const),
  ...([
    [50, 110_400],
    [52, 184_320],
    [62, 696_320],
  ] as const),
];

const ONE_B = 9;

function heldOf({ vui, level, profile, constraints, macroblocks }: SequenceParameters): number {
  const isOneB = level === 11 && profile <= 88 && (constraints & 0x10) !== 0;
  const [, most] = HELD.find(([upTo]) => (isOneB ? ONE_B : level) <= upTo) ?? HELD.at(-1)!;
  const isIntra = saysFormat(profile) && (constraints & 0x10) !== 0;
  return vui?.limits?.held ?? (isIntra ? 0 : Math.min(16, Math.floor(most / macroblocks)));
}

const sameFormat = (a: SequenceParameters, b: SequenceParameters): boolean =>
  a.width === b.width && a.height === b.height && a.macroblocks === b.macroblocks && sameSamples(a, b);

const sameSamples = (a: SequenceParameters, b: SequenceParameters): boolean =>
  a.chromaFormat === b.chromaFormat && a.depths.join() === b.depths.join();

/**
 * Looks at the parameter sets of a source.
 * @param extradata what the container keeps for the decoder
 * @throws Unfit
 */
export const readAvcSource = (extradata: Uint8Array): AvcSource => avcSource(readConfiguration(extradata));

/** The same of parameter sets, wherever they were found. @throws Unfit */
export function avcSource(record: AvcConfiguration): AvcSource {
  if (record.lengthSize !== 4) throw new Unfit('the lengths of its NAL units are not written in four bytes');
  const sets = record.sps.map((nal) => readSets(() => readSps(nal)));
  const [sps] = sets;
  if (!sps || !record.pps.length) throw new Unfit('its parameter sets are not kept apart from the pictures');
  if (sets.some((other) => !sameFormat(sps, other))) throw new Unfit('its parameter sets are of several picture formats');
  const used = new Set([...sets.map((s) => s.id), ...record.pps.map((nal) => readSets(() => readPps(nal)).id)]);
  const free = Array.from({ length: 32 }, (_, id) => id).find((id) => !used.has(id));
  if (free === undefined) throw new Unfit('it has as many parameter sets as there can be');
  return { record, sps, free, held: Math.max(...sets.map(heldOf)) };
}

/** What the encoder (x264) is told so that its pictures fit: their number, and how many pictures a decoder holds. */
export function encoderParameters({ free, held }: AvcSource): string[] {
  const sets = [`sps-id=${free}`];
  if (held >= 4) return sets;
  return held >= 2 ? [...sets, 'b-pyramid=none', `ref=${Math.min(2, held)}`] : [...sets, 'bframes=0', 'ref=1'];
}

/** What x264 leaves unsaid where every picture is an IDR picture: the largest values that are assumed then (E.2.1), and that nothing is held. */
const UNSAID: Limits = { overEdges: true, bytes: 2, bits: 1, across: 15, down: 15, reorder: 0, held: 0 };

/** A description in the words of the source, as far as it is not about how the pictures themselves are coded. */
function description(source: Vui | undefined, own: Vui | undefined, limits: Limits): Vui {
  const { aspect, overscan, signal, chromaPlace } = source ?? {};
  const { timing, pictureStructure = false } = own ?? {};
  return { aspect, overscan, signal, chromaPlace, timing, hrd: undefined, pictureStructure, limits };
}

/** The new sequence set in the source's words. */
function described(nal: Uint8Array, own: SequenceParameters, source: AvcSource): Uint8Array {
  const limits = own.vui?.limits ?? UNSAID;
  if (own.vui?.hrd) throw new Unfit('the encoder describes a buffer of its own');
  if (limits.held > source.held) throw new Unfit('its decoder holds fewer pictures than new ones need');
  const payload = unescaped(nal);
  const out = new BitWriter();
  out.copy(payload, 0, 24);
  out.bits(Math.max(own.level, source.sps.level), 8);
  out.copy(payload, 32, own.vuiAt);
  out.flag(true);
  writeVui(out, description(source.sps.vui, own.vui, { ...limits, held: source.held }));
  return escaped(out.payload());
}

/** What is written for a track whose pictures are partly copied and partly new. */
export interface MatchedAvc {
  /** The record of the track. */
  readonly extradata: Buffer;
  /** Pictures that may overtake a new one. */
  readonly reorder: number;
  /** How slices of both begin. */
  readonly heads: SliceHeads;
  /** The parameter sets of new pictures. */
  readonly own: { readonly sps: Uint8Array; readonly pps: Uint8Array };
}

/**
 * Puts the parameter sets of new pictures beside those of the source.
 * @param extradata of the new pictures
 * @throws Unfit when they differ in what cannot be put right
 */
export const matchAvc = (source: AvcSource, extradata: Uint8Array): MatchedAvc => matchSets(source, readConfiguration(extradata));

/** The same of parameter sets, wherever they were found; see {@link matchAvc}. */
export function matchSets(source: AvcSource, record: AvcConfiguration): MatchedAvc {
  const sps = record.sps.map((nal) => readSets(() => readSps(nal)));
  if (record.lengthSize !== 4 || sps.length !== 1 || record.pps.length !== 1) throw new Unfit('the encoder writes other parameter sets');
  const [own] = sps;
  if (own.id !== source.free || readPps(record.pps[0]).id !== source.free)
    throw new Unfit('the encoder does not number its parameter sets');
  if (!sameFormat(own, source.sps)) throw new Unfit('its coded picture has another size than new ones would have');
  const level = Math.max(own.level, source.sps.level);
  const set = described(record.sps[0], own, source);
  const both = merged(source.record, { ...record, level, sps: [set] }, own);
  const reorder = own.vui?.limits?.reorder ?? 0;
  return { extradata: writeConfiguration(both), heads: readSets(() => sliceHeads(both)), reorder, own: { sps: set, pps: record.pps[0] } };
}
