import type { SequenceParameters } from '../avc-sps.js';
import type { Hrd } from '../avc-vui.js';
import { BitReader, BitWriter } from '../bits.js';

/** A clock time stamp of H.264 (ITU-T H.264, D.1.3), field by field; those that it does not state are absent. */
export interface ClockStamp {
  /** `ct_type`, `nuit_field_based_flag`, `counting_type`. */
  readonly kind: readonly [scan: number, fieldBased: number, counting: number];
  readonly full: boolean;
  /** `discontinuity_flag`, `cnt_dropped_flag`. */
  readonly flags: readonly [discontinuity: number, dropped: number];
  readonly frames: number;
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
  /** `time_offset`, a signed number. */
  readonly offset: number;
}

/** Clock time stamps of a frame. */
export interface ClockStamps {
  /** `pic_struct`: how its fields are shown; undefined where two coded fields each have their own. */
  readonly structure?: number;
  /** For each time that a field or frame is shown: its stamp, or none. */
  readonly stamps: readonly (ClockStamp | undefined)[];
}

/** Picture timing of one picture. */
export interface PictureTiming {
  /** `cpb_removal_delay` and `dpb_output_delay`, where the set has them. */
  readonly delays?: readonly [number, number];
  readonly structure: number;
  /** For each time that a field or frame is shown: its stamp, or none. */
  readonly stamps: readonly (ClockStamp | undefined)[];
}

/** Single fields in `pic_struct` (ITU-T H.264, table D-1). */
export const isField = (structure: number): boolean => structure === 1 || structure === 2;

/** Stamps for each `pic_struct` (ITU-T H.264, table D-1). */
const STAMPS: readonly number[] = [1, 1, 1, 2, 2, 3, 3, 2, 3];
/** Bits of `time_offset` where no buffer model says. */
const USUAL_OFFSET = 24;

const offsetBits = (hrd: Hrd | undefined): number => hrd?.timeOffset ?? USUAL_OFFSET;

function readStamp(bits: BitReader, width: number): ClockStamp {
  const kind = [bits.bits(2), bits.bits(1), bits.bits(5)] as const;
  const full = bits.flag();
  const flags = [bits.bits(1), bits.bits(1)] as const;
  const frames = bits.bits(8);
  // In a full stamp all three are there; else each says whether the next is (and ends the stamp where it is not).
  const seconds = full || bits.flag() ? bits.bits(6) : undefined;
  const minutes = seconds !== undefined && (full || bits.flag()) ? bits.bits(6) : undefined;
  const hours = minutes !== undefined && (full || bits.flag()) ? bits.bits(5) : undefined;
  const raw = width > 0 ? bits.bits(width) : 0;
  const offset = width > 0 && raw >= 2 ** (width - 1) ? raw - 2 ** width : raw;
  const clock = {
    ...(seconds !== undefined && { seconds }),
    ...(minutes !== undefined && { minutes }),
    ...(hours !== undefined && { hours }),
  };
  return { kind, full, flags, frames, ...clock, offset };
}

/** @returns undefined where the set gives picture timing no structure, or the payload is damaged */
export function readPictureTiming(payload: Uint8Array, { vui }: SequenceParameters): PictureTiming | undefined {
  if (!vui?.pictureStructure) return undefined;
  const { hrd } = vui;
  try {
    const bits = new BitReader(payload);
    const delays = hrd && ([bits.bits(hrd.removalDelay), bits.bits(hrd.outputDelay)] as const);
    const structure = bits.bits(4);
    const count = STAMPS[structure] ?? 0;
    const stamps = Array.from({ length: count }, () => (bits.flag() ? readStamp(bits, offsetBits(hrd)) : undefined));
    return { structure, stamps, ...(delays && { delays }) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function writeStamp(bits: BitWriter, stamp: ClockStamp, width: number): void {
  const [scan, fieldBased, counting] = stamp.kind;
  bits.bits(scan, 2);
  bits.bits(fieldBased, 1);
  bits.bits(counting, 5);
  bits.flag(stamp.full);
  for (const flag of stamp.flags) bits.bits(flag, 1);
  bits.bits(stamp.frames, 8);
  for (const [i, value] of [stamp.seconds, stamp.minutes, stamp.hours].entries()) {
    if (!stamp.full) bits.flag(value !== undefined);
    if (value === undefined) break;
    bits.bits(value, i === 2 ? 5 : 6);
  }
  bits.bits(stamp.offset < 0 ? stamp.offset + 2 ** width : stamp.offset, width);
}

/**
 * The payload of picture timing with these stamps, as many as there are places for. Where the stamps are those of one coded frame, it is shown
 * as that was: else stamps and places would not fit each other.
 */
export function writePictureTiming({ delays, structure }: PictureTiming, clock: ClockStamps, { vui }: SequenceParameters): Uint8Array {
  const bits = new BitWriter();
  const shown = clock.structure ?? structure;
  const hrd = vui?.hrd;
  if (hrd && delays) {
    bits.bits(delays[0], hrd.removalDelay);
    bits.bits(delays[1], hrd.outputDelay);
  }
  bits.bits(shown, 4);
  for (let i = 0; i < (STAMPS[shown] ?? 0); i++) {
    const stamp = clock.stamps[i];
    bits.flag(stamp !== undefined);
    if (stamp) writeStamp(bits, stamp, offsetBits(hrd));
  }
  return bits.message();
}
