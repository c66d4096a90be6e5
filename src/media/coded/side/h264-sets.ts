import { BitReader } from './bits.js';
import { unescaped } from './units.js';

/** Lengths of the fields of picture timing (ITU-T H.264, E.1.2). */
export interface Hrd {
  readonly removalDelay: number;
  readonly outputDelay: number;
  readonly timeOffset: number;
}

/** What is needed of a sequence parameter set to read slice headers and picture timing. */
export interface SequenceSet {
  readonly separatePlanes: boolean;
  readonly frameNumberBits: number;
  readonly framesOnly: boolean;
  /** Undefined where picture timing carries no delays. */
  readonly hrd?: Hrd;
  /** Whether picture timing says how a picture is shown, and may carry clock time stamps. */
  readonly pictureStructure: boolean;
}

/** Profiles whose set says chroma format and scaling (ITU-T H.264, 7.3.2.1.1). */
const HIGH = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

function skipScalingList(bits: BitReader, size: number): void {
  let [last, next] = [8, 8];
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + bits.se() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

/** Chroma format, depths, scaling; whether the planes are coded separately. */
function skipHigh(bits: BitReader): boolean {
  const chroma = bits.ue();
  const separate = chroma === 3 && bits.flag();
  bits.ue();
  bits.ue();
  bits.flag();
  if (bits.flag()) {
    for (let i = 0; i < (chroma === 3 ? 12 : 8); i++) if (bits.flag()) skipScalingList(bits, i < 6 ? 16 : 64);
  }
  return separate;
}

function skipOrderCount(bits: BitReader): void {
  const type = bits.ue();
  if (type === 0) bits.ue();
  if (type !== 1) return;
  bits.flag();
  bits.se();
  bits.se();
  const count = bits.ue();
  if (count > 255) throw new RangeError('no such order count');
  for (let i = 0; i < count; i++) bits.se();
}

function readHrd(bits: BitReader): Hrd {
  const count = bits.ue() + 1;
  if (count > 32) throw new RangeError('no such buffer model');
  bits.u(8);
  for (let i = 0; i < count; i++) {
    bits.ue();
    bits.ue();
    bits.flag();
  }
  bits.u(5);
  return { removalDelay: bits.u(5) + 1, outputDelay: bits.u(5) + 1, timeOffset: bits.u(5) };
}

/** `vui_parameters()` up to what picture timing depends on (ITU-T H.264, E.1.1). */
function readUsability(bits: BitReader): Pick<SequenceSet, 'hrd' | 'pictureStructure'> {
  if (bits.flag() && bits.u(8) === 255) bits.u(32);
  if (bits.flag()) bits.flag();
  if (bits.flag()) {
    bits.u(4);
    if (bits.flag()) bits.u(24);
  }
  if (bits.flag()) {
    bits.ue();
    bits.ue();
  }
  if (bits.flag()) {
    bits.u(32);
    bits.u(32);
    bits.flag();
  }
  const nal = bits.flag() ? readHrd(bits) : undefined;
  const vcl = bits.flag() ? readHrd(bits) : undefined;
  const hrd = nal ?? vcl;
  if (hrd) bits.flag();
  return { pictureStructure: bits.flag(), ...(hrd && { hrd }) };
}

/** @param nal a sequence parameter set with its header @throws RangeError when it is damaged */
export function readSequenceSet(nal: Uint8Array): { readonly id: number; readonly set: SequenceSet } {
  const bits = new BitReader(unescaped(nal.subarray(1)));
  const profile = bits.u(8);
  bits.u(16);
  const id = bits.ue();
  const separatePlanes = HIGH.has(profile) && skipHigh(bits);
  const frameNumberBits = bits.ue() + 4;
  skipOrderCount(bits);
  bits.ue();
  bits.flag();
  bits.ue();
  bits.ue();
  const framesOnly = bits.flag();
  if (!framesOnly) bits.flag();
  bits.flag();
  if (bits.flag()) for (let i = 0; i < 4; i++) bits.ue();
  const usability = bits.flag() ? readUsability(bits) : { pictureStructure: false };
  return { id, set: { separatePlanes, frameNumberBits, framesOnly, ...usability } };
}

/** Which coded picture a slice belongs to, as far as two fields of a frame are told apart. */
export interface SliceHead {
  readonly frameNumber: number;
  readonly field?: 'top' | 'bottom';
  readonly set: SequenceSet;
}

/** Parameter sets of a stream as they come by. */
export class ParameterSets {
  readonly #sequences = new Map<number, SequenceSet>();
  readonly #pictures = new Map<number, number>();

  /** Takes a parameter set (type 7 or 8); a damaged one is passed over. */
  take(nal: Uint8Array): void {
    try {
      if ((nal[0] & 31) === 7) {
        const { id, set } = readSequenceSet(nal);
        this.#sequences.set(id, set);
      } else {
        const bits = new BitReader(unescaped(nal.subarray(1, 32)));
        this.#pictures.set(bits.ue(), bits.ue());
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }

  /** The head of a slice (type 1 or 5; ITU-T H.264, 7.3.3); undefined where its parameter sets are unknown or it is damaged. */
  slice(nal: Uint8Array): SliceHead | undefined {
    try {
      const bits = new BitReader(unescaped(nal.subarray(1, 32)));
      bits.ue();
      bits.ue();
      const set = this.#sequences.get(this.#pictures.get(bits.ue()) ?? -1);
      if (!set) return undefined;
      if (set.separatePlanes) bits.u(2);
      const frameNumber = bits.u(set.frameNumberBits);
      if (set.framesOnly || !bits.flag()) return { frameNumber, set };
      return { frameNumber, set, field: bits.flag() ? 'bottom' : 'top' };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}
