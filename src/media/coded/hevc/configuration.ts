import { Unfit } from '../unfit.js';
import { HEVC_NAL } from './kinds.js';

/** The parameter sets of a track (ISO/IEC 14496-15, 8.3.3.1, `hvcC`). */
export interface HevcConfiguration {
  /** What comes before the sets. */
  readonly head: Uint8Array;
  readonly arrays: readonly HevcArray[];
}

/** NAL units of one kind. */
export interface HevcArray {
  /** The byte with the kind, and whether pictures bring no others along. */
  readonly mark: number;
  readonly units: readonly Uint8Array[];
}

const HEAD = 22;
const LENGTH_SIZE = 21;
const PROFILE = 1;
const COMPATIBILITY = 2;
const LEVEL = 12;
const SEGMENTATION = 13;
const PARALLELISM = 15;
const LAYERS = 21;

export const kindOf = ({ mark }: HevcArray): number => mark & 63;

/** The units of one kind. */
export const unitsOf = ({ arrays }: HevcConfiguration, kind: number): Uint8Array[] =>
  arrays.filter((array) => kindOf(array) === kind).flatMap(({ units }) => units);

/** Bytes that tell the length of a NAL unit. */
export const lengthSizeOf = ({ head }: HevcConfiguration): number => (head[LENGTH_SIZE] & 3) + 1;

/** @throws Unfit when this is no such record, or cut */
export function readHevcConfiguration(bytes: Uint8Array): HevcConfiguration {
  const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (record.length <= HEAD || record[0] !== 1) throw new Unfit('its parameter sets are not kept apart from the pictures');
  let at = HEAD + 1;
  const unit = (): Uint8Array => {
    const length = record.readUInt16BE(at);
    at += 2 + length;
    if (at > record.length) throw new RangeError('a unit is cut off');
    return record.subarray(at - length, at);
  };
  try {
    const arrays = Array.from({ length: record[HEAD] }, () => {
      const mark = record.readUInt8(at);
      const count = record.readUInt16BE(at + 1);
      at += 3;
      return { mark, units: Array.from({ length: count }, unit) };
    });
    return { head: record.subarray(0, HEAD), arrays };
  } catch (error) {
    if (error instanceof RangeError) throw new Unfit('its parameter sets are cut off');
    throw error;
  }
}

const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 255);

/** Writes the record; see {@link readHevcConfiguration}. */
export function writeHevcConfiguration({ head, arrays }: HevcConfiguration): Buffer {
  const parts = arrays.flatMap(({ mark, units }) => [
    Uint8Array.of(mark),
    u16(units.length),
    ...units.flatMap((unit) => [u16(unit.length), unit]),
  ]);
  return Buffer.concat([head, Uint8Array.of(arrays.length), ...parts]);
}

/** What is said of both: of the source, unless it is more than is true of the other. */
function headOf(a: Uint8Array, b: Uint8Array): Buffer {
  const head = Buffer.from(a);
  head[PROFILE] |= b[PROFILE] & 0x20; // the tier
  for (let i = COMPATIBILITY; i < COMPATIBILITY + 4; i++) head[i] &= b[i];
  head[LEVEL] = Math.max(a[LEVEL], b[LEVEL]);
  if (a[SEGMENTATION] !== b[SEGMENTATION] || a[SEGMENTATION + 1] !== b[SEGMENTATION + 1]) head.set([0xf0, 0], SEGMENTATION);
  if (a[PARALLELISM] !== b[PARALLELISM]) head[PARALLELISM] = 0xfc;
  const [layers, nested] = [Math.max(a[LAYERS] & 0x38, b[LAYERS] & 0x38), a[LAYERS] & b[LAYERS] & 4];
  head[LAYERS] = (a[LAYERS] & 0xc3) | layers | nested;
  return head;
}

/** One record for pictures of two encoders; what else there is in the second one is left out. */
export function mergedHevc(a: HevcConfiguration, b: HevcConfiguration): HevcConfiguration {
  const kinds = a.arrays.map(kindOf);
  const added = (at: number): Uint8Array[] => (SETS.includes(kinds[at]) && kinds.indexOf(kinds[at]) === at ? unitsOf(b, kinds[at]) : []);
  const arrays = a.arrays.map((array, at) => ({ ...array, units: [...array.units, ...added(at)] }));
  return { head: headOf(a.head, b.head), arrays };
}

const SETS: readonly number[] = [HEVC_NAL.vps, HEVC_NAL.sps, HEVC_NAL.pps];
