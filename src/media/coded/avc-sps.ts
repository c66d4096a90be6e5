import { BitReader, unescaped } from './bits.js';
import { readVui, type Vui } from './avc-vui.js';

/** What is of interest in a sequence parameter set (ITU-T H.264, 7.3.2.1.1). */
export interface SequenceParameters {
  readonly id: number;
  readonly profile: number;
  /** The byte of constraint flags. */
  readonly constraints: number;
  readonly level: number;
  readonly chromaFormat: number;
  readonly depths: readonly [luma: number, chroma: number];
  /** Size of the picture in samples, after cropping. */
  readonly width: number;
  readonly height: number;
  /** Macroblocks of a frame. */
  readonly macroblocks: number;
  readonly vui: Vui | undefined;
  /** The bit of the payload that says whether there is a description (VUI). */
  readonly vuiAt: number;
}

/** Profiles whose parameter sets say how chroma is sampled and how deep samples are. */
const WITH_FORMAT = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

export const saysFormat = (profile: number): boolean => WITH_FORMAT.has(profile);

function skipScalingList(bits: BitReader, size: number): void {
  let [last, next] = [8, 8];
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + bits.se() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function readFormat(bits: BitReader): { chromaFormat: number; depths: [number, number] } {
  const chromaFormat = bits.ue();
  if (chromaFormat === 3) bits.flag(); // planes coded apart
  const depths: [number, number] = [bits.ue() + 8, bits.ue() + 8];
  bits.flag(); // lossless transform bypass
  if (bits.flag()) {
    const lists = chromaFormat === 3 ? 12 : 8;
    for (let i = 0; i < lists; i++) if (bits.flag()) skipScalingList(bits, i < 6 ? 16 : 64);
  }
  return { chromaFormat, depths };
}

function skipPictureOrder(bits: BitReader): void {
  bits.ue(); // log2_max_frame_num
  const type = bits.ue();
  if (type === 0) bits.ue();
  if (type !== 1) return;
  bits.flag();
  bits.se();
  bits.se();
  for (let left = bits.ue(); left > 0; left--) bits.se();
}

function readSize(bits: BitReader, chromaFormat: number): Pick<SequenceParameters, 'width' | 'height' | 'macroblocks'> {
  const across = bits.ue() + 1;
  const units = bits.ue() + 1;
  const framesOnly = bits.flag();
  const down = units * (framesOnly ? 1 : 2);
  if (!framesOnly) bits.flag(); // fields macroblock by macroblock
  bits.flag(); // direct inference
  const [left, right, top, bottom] = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = (chromaFormat === 1 ? 2 : 1) * (framesOnly ? 1 : 2);
  const [width, height] = [16 * across - unitX * (left + right), 16 * down - unitY * (top + bottom)];
  return { width, height, macroblocks: across * down };
}

/**
 * Reads a sequence parameter set.
 * @param nal the NAL unit, header included
 * @throws RangeError when it is cut or makes no sense
 */
export function readSps(nal: Uint8Array): SequenceParameters {
  const bits = new BitReader(unescaped(nal));
  bits.bits(8);
  const [profile, constraints, level] = [bits.bits(8), bits.bits(8), bits.bits(8)];
  const id = bits.ue();
  const { chromaFormat, depths } = saysFormat(profile) ? readFormat(bits) : { chromaFormat: 1, depths: [8, 8] as [number, number] };
  skipPictureOrder(bits);
  bits.ue(); // reference frames
  bits.flag(); // gaps
  const size = readSize(bits, chromaFormat);
  const vuiAt = bits.at;
  return { id, profile, constraints, level, chromaFormat, depths, ...size, vui: bits.flag() ? readVui(bits) : undefined, vuiAt };
}

/** Identities in a picture parameter set: its own, and that of the sequence parameter set it means. */
export function readPps(nal: Uint8Array): { readonly id: number; readonly sps: number } {
  const bits = new BitReader(unescaped(nal).subarray(1));
  return { id: bits.ue(), sps: bits.ue() };
}
