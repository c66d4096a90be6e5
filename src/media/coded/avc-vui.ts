import type { BitReader, BitWriter } from './bits.js';

/** How a sequence of pictures is to be shown and held (ITU-T H.264, E.1.1). */
export interface Vui {
  readonly aspect: { readonly code: number; readonly width: number; readonly height: number } | undefined;
  readonly overscan: boolean | undefined;
  readonly signal:
    { readonly format: number; readonly full: boolean; readonly colour: readonly [number, number, number] | undefined } | undefined;
  readonly chromaPlace: readonly [top: number, bottom: number] | undefined;
  readonly timing: { readonly units: number; readonly scale: number; readonly fixed: boolean } | undefined;
  readonly hrd: Hrd | undefined;
  readonly pictureStructure: boolean;
  readonly limits: Limits | undefined;
}

/** Of a model of a buffer (ITU-T H.264, E.1.2): bits of the numbers in messages of picture timing. */
export interface Hrd {
  readonly removalDelay: number;
  readonly outputDelay: number;
  readonly timeOffset: number;
}

/** `bitstream_restriction`. */
export interface Limits {
  readonly overEdges: boolean;
  readonly bytes: number;
  readonly bits: number;
  readonly across: number;
  readonly down: number;
  /** Pictures that may come before another in the stream and are shown after it. */
  readonly reorder: number;
  /** Pictures that a decoder holds at most. */
  readonly held: number;
}

const EXTENDED_SAR = 255;

function readHrd(bits: BitReader): Hrd {
  const count = bits.ue() + 1;
  bits.bits(8);
  for (let i = 0; i < count; i++) {
    bits.ue();
    bits.ue();
    bits.flag();
  }
  bits.bits(5);
  return { removalDelay: bits.bits(5) + 1, outputDelay: bits.bits(5) + 1, timeOffset: bits.bits(5) };
}

function readAspect(bits: BitReader): Vui['aspect'] {
  const code = bits.bits(8);
  return code === EXTENDED_SAR ? { code, width: bits.bits(16), height: bits.bits(16) } : { code, width: 0, height: 0 };
}

function readSignal(bits: BitReader): Vui['signal'] {
  const [format, full] = [bits.bits(3), bits.flag()];
  return { format, full, colour: bits.flag() ? [bits.bits(8), bits.bits(8), bits.bits(8)] : undefined };
}

function readLimits(bits: BitReader): Limits {
  const overEdges = bits.flag();
  const [bytes, perBlock, across, down, reorder, held] = [bits.ue(), bits.ue(), bits.ue(), bits.ue(), bits.ue(), bits.ue()];
  return { overEdges, bytes, bits: perBlock, across, down, reorder, held };
}

/** What a description begins with, the same in H.264 and HEVC: how samples are to be shown. */
export type Colours = Pick<Vui, 'aspect' | 'overscan' | 'signal' | 'chromaPlace'>;

/** Reads the first part of what follows `vui_parameters_present_flag`. */
export function readColours(bits: BitReader): Colours {
  const aspect = bits.flag() ? readAspect(bits) : undefined;
  const overscan = bits.flag() ? bits.flag() : undefined;
  const signal = bits.flag() ? readSignal(bits) : undefined;
  return { aspect, overscan, signal, chromaPlace: bits.flag() ? ([bits.ue(), bits.ue()] as const) : undefined };
}

/** Reads what follows `vui_parameters_present_flag`. */
export function readVui(bits: BitReader): Vui {
  const colours = readColours(bits);
  const timing = bits.flag() ? { units: bits.bits(32), scale: bits.bits(32), fixed: bits.flag() } : undefined;
  const nal = bits.flag() ? readHrd(bits) : undefined;
  const vcl = bits.flag() ? readHrd(bits) : undefined;
  const hrd = nal ?? vcl;
  if (hrd) bits.flag(); // low delay
  const pictureStructure = bits.flag();
  const limits = bits.flag() ? readLimits(bits) : undefined;
  return { ...colours, timing, hrd, pictureStructure, limits };
}

/** Writes the first part of a description. */
export function writeColours(out: BitWriter, { aspect, overscan, signal, chromaPlace }: Colours): void {
  out.flag(aspect !== undefined);
  if (aspect) out.bits(aspect.code, 8);
  if (aspect?.code === EXTENDED_SAR) for (const side of [aspect.width, aspect.height]) out.bits(side, 16);
  out.flag(overscan !== undefined);
  if (overscan !== undefined) out.flag(overscan);
  out.flag(signal !== undefined);
  if (signal) {
    out.bits(signal.format, 3);
    out.flag(signal.full);
    out.flag(signal.colour !== undefined);
    for (const code of signal.colour ?? []) out.bits(code, 8);
  }
  out.flag(chromaPlace !== undefined);
  for (const place of chromaPlace ?? []) out.ue(place);
}

/** Writes a description, without a model of a buffer. */
export function writeVui(out: BitWriter, vui: Vui): void {
  writeColours(out, vui);
  const { timing, limits } = vui;
  out.flag(timing !== undefined);
  if (timing) {
    out.bits(timing.units, 32);
    out.bits(timing.scale, 32);
    out.flag(timing.fixed);
  }
  out.flag(false);
  out.flag(false);
  out.flag(vui.pictureStructure);
  out.flag(limits !== undefined);
  if (!limits) return;
  out.flag(limits.overEdges);
  for (const value of [limits.bytes, limits.bits, limits.across, limits.down, limits.reorder, limits.held]) out.ue(value);
}
