import { BitReader, BitWriter, escaped, unescaped } from '../bits.js';

/** Bytes of the header of a NAL unit. */
export const HEADER = 2;

/** Number of a video parameter set. */
export const readHevcVps = (nal: Uint8Array): number => nal[HEADER] >> 4;

/** Numbers in a picture parameter set: its own, and that of the sequence parameter set it means. @throws RangeError when it is cut */
export function readHevcPps(nal: Uint8Array): { readonly id: number; readonly sps: number; readonly behind: number } {
  const bits = new BitReader(unescaped(nal));
  bits.at = 8 * HEADER;
  return { id: bits.ue(), sps: bits.ue(), behind: bits.at };
}

/** Everything from a bit on up to the stop bit. */
export function copyRest(out: BitWriter, payload: Uint8Array, from: number): Uint8Array {
  let end = payload.length * 8 - 1;
  while (end > from && ((payload[end >> 3] >> (7 - (end & 7))) & 1) === 0) end--;
  out.copy(payload, from, end);
  return escaped(out.payload());
}

/** Numbers of parameter sets. */
export interface HevcNumbers {
  readonly vps: number;
  readonly sps: number;
  readonly pps: number;
}

/** What sets are to say besides their own: thirty times the level, and pictures that a decoder holds. */
export interface HevcLimits {
  readonly level: number;
  readonly held: number;
}

/** Bits of a video parameter set up to its level (ITU-T H.265, 7.3.2.1). */
const LEVEL_AT = 8 * HEADER + 32 + 88;

/** The same video parameter set of one layer under another number and with other limits. */
export function rewordedVps(nal: Uint8Array, { vps }: HevcNumbers, { level, held }: HevcLimits): Uint8Array {
  const payload = unescaped(nal);
  const bits = new BitReader(payload);
  const out = new BitWriter();
  out.copy(payload, 0, 8 * HEADER);
  out.bits(vps, 4);
  out.copy(payload, 8 * HEADER + 4, LEVEL_AT);
  out.bits(level, 8);
  bits.at = LEVEL_AT + 8;
  out.flag(bits.flag());
  bits.ue();
  out.ue(held - 1);
  return copyRest(out, payload, bits.at);
}

/** The same picture parameter set under other numbers. */
export function renumberedPps(nal: Uint8Array, { sps, pps }: HevcNumbers): Uint8Array {
  const payload = unescaped(nal);
  const out = new BitWriter();
  out.copy(payload, 0, 8 * HEADER);
  out.ue(pps);
  out.ue(sps);
  return copyRest(out, payload, readHevcPps(nal).behind);
}
