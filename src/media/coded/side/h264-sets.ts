import { readPps, readSps, type SequenceParameters } from '../avc-sps.js';
import { BitReader, unescaped } from '../bits.js';
import { NAL, nalKind } from '../nal.js';

/** Which coded picture a slice belongs to, as far as two fields of a frame are told apart. */
export interface SliceHead {
  readonly frameNumber: number;
  readonly field?: 'top' | 'bottom';
  readonly sps: SequenceParameters;
}

/** Parameter sets of a stream as they come by. */
export class ParameterSets {
  readonly #sequences = new Map<number, SequenceParameters>();
  readonly #pictures = new Map<number, number>();

  /** Takes a parameter set (of a sequence or of pictures); a damaged one is passed over. */
  take(nal: Uint8Array): void {
    try {
      if (nalKind(nal) === NAL.sps) {
        const sps = readSps(nal);
        this.#sequences.set(sps.id, sps);
      } else {
        const { id, sps } = readPps(nal);
        this.#pictures.set(id, sps);
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
      const sps = this.#sequences.get(this.#pictures.get(bits.ue()) ?? -1);
      if (!sps) return undefined;
      if (sps.planesApart) bits.bits(2);
      const frameNumber = bits.bits(sps.frameNumberBits);
      if (sps.framesOnly || !bits.flag()) return { frameNumber, sps };
      return { frameNumber, sps, field: bits.flag() ? 'bottom' : 'top' };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}
