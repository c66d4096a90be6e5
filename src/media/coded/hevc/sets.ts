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

/** The same video parameter set under another number. */
export function renumberedVps(nal: Uint8Array, { vps }: HevcNumbers): Uint8Array {
  const payload = Uint8Array.from(unescaped(nal));
  payload[HEADER] = (vps << 4) | (payload[HEADER] & 15);
  return escaped(payload);
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
