import { BitReader, BitWriter, escaped, unescaped } from '../bits.js';

/** What is of interest in a sequence parameter set of HEVC (ITU-T H.265, 7.3.2.2.1). */
export interface HevcSequence {
  readonly vps: number;
  readonly id: number;
  /** Profile, its tier, and thirty times the level. */
  readonly profile: number;
  readonly highTier: boolean;
  readonly level: number;
  /** All that says what the coded picture is like: chroma format, size, window of it that is shown, depths. */
  readonly format: readonly number[];
  /** For the highest temporal layer: pictures that a decoder holds, those that may overtake another, and how late one may be shown. */
  readonly buffer: readonly [held: number, reorder: number, latency: number];
  /** Bits of the payload at which these stand, one after the other. */
  readonly places: { readonly id: number; readonly behindId: number; readonly buffer: number; readonly behindBuffer: number };
  readonly layers: number;
}

/** Bytes of the header of a NAL unit. */
const HEADER = 2;
/** Bits of the payload up to the level, and of what is said of profile and level for one layer. */
const LEVEL_AT = 16 + 8 + 88;
const PROFILE_BITS = 88;
const LEVEL_BITS = 8;

function skipLayers(bits: BitReader, below: number): void {
  const said = Array.from({ length: below }, () => [bits.flag(), bits.flag()]);
  if (below > 0) bits.bits(2 * (8 - below));
  for (const [profile, level] of said) bits.at += (profile ? PROFILE_BITS : 0) + (level ? LEVEL_BITS : 0);
}

function readFormat(bits: BitReader): number[] {
  const chroma = bits.ue();
  const apart = chroma === 3 ? bits.bits(1) : 0;
  const size = [bits.ue(), bits.ue()];
  const window = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  return [chroma, apart, ...size, ...window, bits.ue(), bits.ue()];
}

/** @param nal the NAL unit, header included @throws RangeError when it is cut or makes no sense */
export function readHevcSps(nal: Uint8Array): HevcSequence {
  const bits = new BitReader(unescaped(nal));
  bits.at = 8 * HEADER;
  const [vps, below] = [bits.bits(4), bits.bits(3)];
  bits.flag();
  bits.bits(2);
  const [highTier, profile] = [bits.flag(), bits.bits(5)];
  bits.at = LEVEL_AT;
  const level = bits.bits(LEVEL_BITS);
  skipLayers(bits, below);
  const idAt = bits.at;
  const id = bits.ue();
  const behindId = bits.at;
  const format = readFormat(bits);
  bits.ue(); // bits of the picture order count
  const bufferAt = bits.at;
  const sets = bits.flag() ? below + 1 : 1;
  let buffer: HevcSequence['buffer'] = [0, 0, 0];
  for (let i = 0; i < sets; i++) buffer = [bits.ue() + 1, bits.ue(), bits.ue()];
  const places = { id: idAt, behindId, buffer: bufferAt, behindBuffer: bits.at };
  return { vps, id, profile, highTier, level, format, buffer, places, layers: below + 1 };
}

/** Number of a video parameter set. */
export const readHevcVps = (nal: Uint8Array): number => nal[HEADER] >> 4;

/** Numbers in a picture parameter set: its own, and that of the sequence parameter set it means. @throws RangeError when it is cut */
export function readHevcPps(nal: Uint8Array): { readonly id: number; readonly sps: number; readonly behind: number } {
  const bits = new BitReader(unescaped(nal));
  bits.at = 8 * HEADER;
  return { id: bits.ue(), sps: bits.ue(), behind: bits.at };
}

/** Everything from a bit on up to the stop bit. */
function copyRest(out: BitWriter, payload: Uint8Array, from: number): Uint8Array {
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

/** The same sequence parameter set of one layer under other numbers, with another level and number of pictures that a decoder holds. */
export function renumberedSps(
  nal: Uint8Array,
  { vps, sps }: HevcNumbers,
  { level, held }: { readonly level: number; readonly held: number },
): Uint8Array {
  const payload = unescaped(nal);
  const { places, buffer } = readHevcSps(nal);
  const out = new BitWriter();
  out.copy(payload, 0, 8 * HEADER);
  out.bits(vps, 4);
  out.copy(payload, 8 * HEADER + 4, LEVEL_AT);
  out.bits(level, LEVEL_BITS);
  out.copy(payload, LEVEL_AT + LEVEL_BITS, places.id);
  out.ue(sps);
  out.copy(payload, places.behindId, places.buffer + 1);
  out.ue(held - 1);
  for (const value of buffer.slice(1)) out.ue(value);
  return copyRest(out, payload, places.behindBuffer);
}
