import { readColours, writeColours, type Colours } from '../avc-vui.js';
import { BitReader, BitWriter, unescaped } from '../bits.js';
import { copyRest, HEADER, type HevcLimits, type HevcNumbers } from './sets.js';
import { skipTools } from './skip-tools.js';

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
  readonly places: {
    readonly id: number;
    readonly behindId: number;
    readonly buffer: number;
    readonly behindBuffer: number;
    /** The flag that says whether there is a description (VUI). */
    readonly vui: number;
    readonly behindColours: number;
  };
  /** How samples are to be shown; undefined where it has no description. */
  readonly colours: Colours | undefined;
  readonly layers: number;
}

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
  const orderBits = bits.ue() + 4;
  const bufferAt = bits.at;
  const sets = bits.flag() ? below + 1 : 1;
  let buffer: HevcSequence['buffer'] = [0, 0, 0];
  for (let i = 0; i < sets; i++) buffer = [bits.ue() + 1, bits.ue(), bits.ue()];
  const behindBuffer = bits.at;
  skipTools(bits, orderBits);
  const vui = bits.at;
  const colours = bits.flag() ? readColours(bits) : undefined;
  const places = { id: idAt, behindId, buffer: bufferAt, behindBuffer, vui, behindColours: bits.at };
  return { vps, id, profile, highTier, level, format, buffer, places, colours, layers: below + 1 };
}

/** What a sequence parameter set is to say besides its own. */
export interface HevcWords extends HevcLimits {
  readonly colours: Colours;
}

/** The same sequence parameter set of one layer, which has a description, under other numbers and in other words. */
export function rewordedSps(nal: Uint8Array, { vps, sps }: HevcNumbers, { level, held, colours }: HevcWords): Uint8Array {
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
  out.copy(payload, places.behindBuffer, places.vui + 1);
  writeColours(out, colours);
  return copyRest(out, payload, places.behindColours);
}
