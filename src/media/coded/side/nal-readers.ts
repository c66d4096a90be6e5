import { fieldsTogether } from './captions.js';
import type { ReadPicture, SideDataReader } from './carried.js';
import { ParameterSets, type SliceHead } from './h264-sets.js';
import { isField, readPictureTiming, type ClockStamps } from './picture-timing.js';
import { SEI, seiMessages, type SeiMessage } from './sei.js';
import { messageKind, type SidePayload } from './side-data.js';
import { nalUnits, type Framing } from './units.js';

/** Types of NAL units of H.264 (table 7-1). */
export const AVC = { slice: 1, partition: 2, idr: 5, sei: 6, sequenceSet: 7, pictureSet: 8 } as const;
/** Types of NAL units of HEVC (table 7-1): coded slices are below 32. */
export const HEVC = { firstOther: 32, prefixSei: 39, suffixSei: 40 } as const;

export const hevcType = (nal: Uint8Array): number => (nal[0] >> 1) & 63;
export const avcType = (nal: Uint8Array): number => nal[0] & 31;
export const isAvcSlice = (type: number): boolean => type >= AVC.slice && type <= AVC.idr;

/** Messages that say something of the picture, in copies of their own. */
const payloadsOf = (messages: readonly SeiMessage[]): SidePayload[] =>
  messages.flatMap(({ type, payload }) => {
    const kind = messageKind({ type, payload });
    return kind === undefined ? [] : [{ kind, sei: type, bytes: Uint8Array.from(payload) }];
  });

/** Stamps of two coded fields, one after the other. */
export function clocksTogether(a: ClockStamps | undefined, b: ClockStamps | undefined): ClockStamps | undefined {
  return a && b ? { stamps: [...a.stamps, ...b.stamps] } : (a ?? b);
}

interface Field {
  readonly messages: SeiMessage[];
  head?: SliceHead;
  sliced: boolean;
}

/** Reads SEI messages and clock time stamps of H.264 pictures. */
export class AvcReader implements SideDataReader {
  readonly #sets = new ParameterSets();

  constructor(private readonly framing: Framing = 'annexb') {}

  read(picture: Uint8Array): ReadPicture {
    const fields: Field[] = [{ messages: [], sliced: false }];
    for (const { body, end } of nalUnits(picture, this.framing)) this.#take(picture.subarray(body, end), fields);
    const [first, second] = fields;
    const parity = second === undefined ? first.head?.field : undefined;
    const clock = fields.map((field) => this.#clock(field)).reduce(clocksTogether);
    return {
      payloads: fields.map(({ messages }) => payloadsOf(messages)).reduce(fieldsTogether),
      ...(clock && { clock }),
      ...(parity && first.head && { field: { parity, frameNumber: first.head.frameNumber } }),
    };
  }

  #take(nal: Uint8Array, fields: Field[]): void {
    const type = avcType(nal);
    let field = fields[fields.length - 1];
    if (type === AVC.sequenceSet || type === AVC.pictureSet) this.#sets.take(nal);
    const head = isAvcSlice(type) && type !== 3 && type !== 4 ? this.#sets.slice(nal) : undefined;
    const other = head?.field !== undefined && field.head?.field !== undefined && head.field !== field.head.field;
    // There is no SEI behind the slices of a picture: it belongs to the other field, whose slices follow.
    if ((type === AVC.sei && field.sliced) || other) fields.push((field = { messages: [], sliced: false }));
    if (type === AVC.sei) field.messages.push(...seiMessages(nal, 1));
    if (isAvcSlice(type)) field.sliced = true;
    if (head) field.head ??= head;
  }

  #clock({ messages, head }: Field): ClockStamps | undefined {
    const timing = messages.find((m) => m.type === SEI.pictureTiming);
    const read = timing && head && readPictureTiming(timing.payload, head.sps);
    if (!read?.stamps.some(Boolean)) return undefined;
    const { structure, stamps } = read;
    return isField(structure) ? { stamps } : { structure, stamps };
  }
}

/** Reads SEI messages of HEVC pictures. */
export class HevcReader implements SideDataReader {
  constructor(private readonly framing: Framing = 'annexb') {}

  read(picture: Uint8Array): ReadPicture {
    const nals = nalUnits(picture, this.framing).map(({ body, end }) => picture.subarray(body, end));
    const sei = nals.filter((nal) => hevcType(nal) === HEVC.prefixSei || hevcType(nal) === HEVC.suffixSei);
    return { payloads: payloadsOf(sei.flatMap((nal) => seiMessages(nal, 2))) };
  }
}
