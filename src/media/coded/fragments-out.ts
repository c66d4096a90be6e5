import { box, heldBoxes, u32, u64 } from './boxes-out.js';
import type { CodedPicture } from './picture.js';

/*
 * Coded pictures with exact times of showing and decoding for ffmpeg's stdin: a fragmented file (ISO/IEC 14496-12, 8.8) of one
 * track. The head is the one that ffmpeg's own muxer writes for the encoder's pictures, with another record for the decoder.
 */

/** The boxes that lead to the record, with the bytes before the first box inside each. */
const WAY: readonly { readonly type: RegExp; readonly before: number }[] = [
  ...['moov', 'trak', 'mdia', 'minf', 'stbl'].map((type) => ({ type: new RegExp(`^${type}$`), before: 0 })),
  { type: /^stsd$/, before: 8 },
  { type: /^(avc1|hvc1|hev1)$/, before: 78 },
  { type: /^(avcC|hvcC)$/, before: 0 },
];

function replaced(bytes: Buffer, record: Uint8Array, depth: number): Buffer {
  const { type, before } = WAY[depth];
  return Buffer.concat(
    heldBoxes(bytes).map(({ type: found, body }) => {
      if (!type.test(found)) return box(found, body);
      if (depth === WAY.length - 1) return box(found, record);
      return box(found, body.subarray(0, before), replaced(body.subarray(before), record, depth + 1));
    }),
  );
}

/** The head of a file with another record for the decoder. @throws RangeError when it cannot be read */
export const withRecord = (head: Buffer, record: Uint8Array): Buffer => replaced(head, record, 0);

/** The record for the decoder in the head of a file; undefined where there is none. */
export function recordOf(head: Buffer): Buffer | undefined {
  let bytes = head;
  for (const { type, before } of WAY) {
    const found = heldBoxes(bytes).find((b) => type.test(b.type));
    if (!found) return undefined;
    bytes = found.body.subarray(before);
  }
  return bytes;
}

const SYNC = 0x0200_0000;
const NOT_SYNC = 0x0101_0000;
/** Durations, sizes, flags and offsets of each sample are in the run, and where its bytes begin. */
const RUN_FLAGS = 0xf01;
const BASE_IS_MOOF = 0x2_0000;

/** A picture with the ticks up to the next in decoding order. */
export interface TimedPicture extends CodedPicture {
  readonly duration: number;
}

/**
 * One fragment.
 * @param pictures in decoding order, without gaps; no time is below 0, and none is decoded after it is shown
 */
export function fragment(sequence: number, pictures: readonly TimedPicture[]): Buffer {
  const samples = pictures.map((p) => u32(p.duration, p.data.length, p.key ? SYNC : NOT_SYNC, p.pts - p.dts));
  const moof = (offset: number): Buffer => {
    const run = box('trun', u32(RUN_FLAGS, pictures.length, offset), ...samples);
    const traf = box('traf', box('tfhd', u32(BASE_IS_MOOF, 1)), box('tfdt', u32(0x0100_0000), u64(pictures[0].dts)), run);
    return box('moof', box('mfhd', u32(0, sequence)), traf);
  };
  const head = moof(moof(0).length + 8);
  return Buffer.concat([head, box('mdat', ...pictures.map((p) => p.data))]);
}

/** Pictures and bytes of a fragment at most, unless a single picture is larger. */
const MOST = { pictures: 32, bytes: 1 << 20 };

/** A whole file, fragment by fragment. */
export async function* writeFragments(head: Buffer, pictures: AsyncIterable<TimedPicture>): AsyncGenerator<Buffer, void, undefined> {
  yield head;
  let sequence = 1;
  let held: TimedPicture[] = [];
  let bytes = 0;
  for await (const picture of pictures) {
    held.push(picture);
    bytes += picture.data.length;
    if (held.length < MOST.pictures && bytes < MOST.bytes) continue;
    yield fragment(sequence++, held);
    [held, bytes] = [[], 0];
  }
  if (held.length) yield fragment(sequence, held);
}
