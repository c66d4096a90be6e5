import { ParameterSets } from './h264-sets.js';
import { AVC, HEVC, avcType, hevcType, isAvcSlice } from './nal-readers.js';
import { readPictureTiming, writePictureTiming, type ClockStamps } from './picture-timing.js';
import { SEI, seiMessages, seiNal, type SeiMessage } from './sei.js';
import { messageKind, type SidePayload } from './side-data.js';
import { framed, nalUnits, type Framing, type Unit } from './units.js';

/** What is put into a picture. */
export interface ToPut {
  readonly payloads: readonly SidePayload[];
  readonly clock?: ClockStamps | undefined;
}

/** What differs between H.264 and HEVC in where messages stand. */
interface Form {
  readonly headerBytes: number;
  readonly isSei: (nal: Uint8Array) => boolean;
  readonly isSlice: (nal: Uint8Array) => boolean;
  /** The header of an SEI unit that stands before this slice. */
  readonly header: (slice: Uint8Array) => Uint8Array;
}

const FORMS: Readonly<Record<'h264' | 'hevc', Form>> = {
  h264: {
    headerBytes: 1,
    isSei: (nal) => avcType(nal) === AVC.sei,
    isSlice: (nal) => isAvcSlice(avcType(nal)),
    header: () => Uint8Array.of(AVC.sei),
  },
  hevc: {
    headerBytes: 2,
    isSei: (nal) => hevcType(nal) === HEVC.prefixSei || hevcType(nal) === HEVC.suffixSei,
    isSlice: (nal) => hevcType(nal) < HEVC.firstOther,
    // In the temporal layer of the picture (H.265, 7.4.2.2).
    header: (slice) => Uint8Array.of(HEVC.prefixSei << 1, slice[1] & 7),
  },
};

/** Puts messages into coded pictures of one stream, in decoding order. */
export class SeiWriter {
  readonly #form: Form;
  readonly #sets = new ParameterSets();

  /** @param sets parameter sets of H.264 that are not in the pictures */
  constructor(
    private readonly codec: 'h264' | 'hevc',
    private readonly framing: Framing,
    sets: readonly Uint8Array[] = [],
  ) {
    this.#form = FORMS[codec];
    for (const set of sets) this.#sets.take(set);
  }

  /**
   * The picture with these messages before its first slice, and without those of its encoder whose place they take: captions and the like
   * come from nowhere else. A picture without a slice is given back as it is.
   */
  put(picture: Uint8Array, { payloads, clock }: ToPut): Uint8Array {
    const units = nalUnits(picture, this.framing);
    const nal = ({ body, end }: Unit): Uint8Array => picture.subarray(body, end);
    if (this.codec === 'h264') for (const unit of units) this.#remember(nal(unit));
    const first = units.find((unit) => this.#form.isSlice(nal(unit)));
    if (!first) return picture;
    const replaced = new Set(payloads.flatMap(({ sei }) => sei ?? []));
    const out: Uint8Array[] = [picture.subarray(0, units[0].start)];
    for (const [i, unit] of units.entries()) {
      if (unit === first) out.push(...this.#fresh(payloads, nal(unit)));
      const bytes = picture.subarray(unit.start, units[i + 1]?.start ?? picture.length);
      const edited = this.#form.isSei(nal(unit)) ? this.#edited(nal(unit), nal(first), replaced, clock) : undefined;
      out.push(edited ?? bytes);
    }
    return Buffer.concat(out);
  }

  #remember(nal: Uint8Array): void {
    const type = avcType(nal);
    if (type === AVC.sequenceSet || type === AVC.pictureSet) this.#sets.take(nal);
  }

  #fresh(payloads: readonly SidePayload[], slice: Uint8Array): Buffer[] {
    const header = this.#form.header(slice);
    return payloads.flatMap(({ sei, bytes }) =>
      sei === undefined ? [] : [framed(seiNal(header, [{ type: sei, payload: bytes }]), this.framing)],
    );
  }

  /** The SEI unit as it shall be; undefined where that is as it is. */
  #edited(nal: Uint8Array, slice: Uint8Array, replaced: ReadonlySet<number>, clock: ToPut['clock']): Uint8Array | undefined {
    const { headerBytes } = this.#form;
    const messages = seiMessages(nal, headerBytes);
    const kept = messages.filter((m) => {
      const kind = messageKind(m);
      return kind === undefined || (kind === 'sequence' && !replaced.has(m.type));
    });
    const timed = clock && this.codec === 'h264' ? kept.map((m) => this.#stamped(m, slice, clock)) : kept;
    if (messages.length === timed.length && timed.every((m, i) => m === messages[i])) return undefined;
    return timed.length > 0 ? framed(seiNal(nal.subarray(0, headerBytes), timed), this.framing) : Buffer.alloc(0);
  }

  #stamped(message: SeiMessage, slice: Uint8Array, clock: ClockStamps): SeiMessage {
    if (message.type !== SEI.pictureTiming) return message;
    const sps = this.#sets.slice(slice)?.sps;
    const timing = sps && readPictureTiming(message.payload, sps);
    return timing ? { type: message.type, payload: writePictureTiming(timing, clock, sps) } : message;
  }
}
