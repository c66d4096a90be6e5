import { saysFormat, type SequenceParameters } from './avc-sps.js';
import { Unfit } from './unfit.js';

/** The parameter sets of a track (ISO/IEC 14496-15, 5.3.3.1, `avcC`). */
export interface AvcConfiguration {
  readonly profile: number;
  readonly compatibility: number;
  readonly level: number;
  /** Bytes that tell the length of a NAL unit. */
  readonly lengthSize: number;
  /** NAL units. */
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
  /** What some profiles add: format of samples, and extensions of parameter sets. */
  readonly rest: Uint8Array;
}

/** @throws Unfit when this is no such record, or cut */
export function readConfiguration(bytes: Uint8Array): AvcConfiguration {
  const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (record.length < 7 || record[0] !== 1) throw new Unfit('its parameter sets are not kept apart from the pictures');
  let at = 5;
  const sets = (mask: number): Uint8Array[] => {
    const count = record.readUInt8(at++) & mask;
    return Array.from({ length: count }, () => {
      const length = record.readUInt16BE(at);
      at += 2 + length;
      if (at > record.length) throw new Unfit('its parameter sets are cut off');
      return record.subarray(at - length, at);
    });
  };
  try {
    const [sps, pps] = [sets(0x1f), sets(0xff)];
    const [, profile, compatibility, level] = record;
    return { profile, compatibility, level, lengthSize: (record[4] & 3) + 1, sps, pps, rest: record.subarray(at) };
  } catch (error) {
    if (error instanceof RangeError) throw new Unfit('its parameter sets are cut off');
    throw error;
  }
}

const counted = (sets: readonly Uint8Array[]): Uint8Array[] =>
  sets.flatMap((set) => [Uint8Array.of(set.length >> 8, set.length & 255), set]);

/** Writes the record; see {@link readConfiguration}. */
export function writeConfiguration({ profile, compatibility, level, lengthSize, sps, pps, rest }: AvcConfiguration): Buffer {
  const head = Uint8Array.of(1, profile, compatibility, level, 0xfc | (lengthSize - 1), 0xe0 | sps.length);
  return Buffer.concat([head, ...counted(sps), Uint8Array.of(pps.length), ...counted(pps), rest]);
}

/**
 * One record for pictures of two encoders. Profile and level are the larger ones: each is a subset of the next among those that are met here.
 * @throws Unfit when there is no room for more sets
 */
export function merged(a: AvcConfiguration, b: AvcConfiguration, format: SequenceParameters): AvcConfiguration {
  const [sps, pps] = [
    [...a.sps, ...b.sps],
    [...a.pps, ...b.pps],
  ];
  if (sps.length > 31 || pps.length > 255) throw new Unfit('it has as many parameter sets as there can be');
  const profile = Math.max(a.profile, b.profile);
  const [luma, chroma] = format.depths;
  const made = Uint8Array.of(0xfc | format.chromaFormat, 0xf8 | (luma - 8), 0xf8 | (chroma - 8), 0);
  const rest = saysFormat(profile) && a.rest.length === 0 ? made : a.rest;
  const compatibility = a.compatibility & b.compatibility;
  return { profile, compatibility, level: Math.max(a.level, b.level), lengthSize: a.lengthSize, sps, pps, rest };
}
