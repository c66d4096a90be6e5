import type { Programme } from '../../programme.js';
import { fieldsTogether } from './captions.js';
import type { Carried, ReadPicture, SideDataReader } from './carried.js';
import { Mpeg2Reader } from './mpeg2-reader.js';
import { AvcReader, HevcReader, clocksTogether } from './nal-readers.js';
import { copiedPictures, type CopiedPicture, type ReadingOptions } from './copied-pictures.js';

/** What a frame carries, and when it is shown, in ticks of the programme's picture time base. */
export interface CarriedFrame extends Carried {
  readonly pts: number;
  /** Undefined where nobody knows. */
  readonly dts: number | undefined;
}

const READERS: Readonly<Record<string, () => SideDataReader>> = {
  h264: () => new AvcReader(),
  hevc: () => new HevcReader(),
  mpeg2video: () => new Mpeg2Reader(),
  mpeg1video: () => new Mpeg2Reader(),
};

/** Whether coded pictures of this codec have places for captions and the like that are known here. */
export const hasPlaces = (codec: string): boolean => codec in READERS;

type TimedPicture = Omit<CopiedPicture, 'data'> & ReadPicture;

const isPair = (a: TimedPicture, b: TimedPicture): boolean =>
  a.field !== undefined && b.field !== undefined && a.field.parity !== b.field.parity && a.field.frameNumber === b.field.frameNumber;

/** The frame of two coded fields: it is shown when the first of them is. */
function together(a: TimedPicture, b: TimedPicture): TimedPicture {
  const clock = clocksTogether(a.clock, b.clock);
  return { pts: a.pts, dts: a.dts, payloads: fieldsTogether(a.payloads, b.payloads), ...(clock && { clock }) };
}

/** Coded pictures, with coded fields that came apart put together. */
export async function* framesOf(pictures: AsyncIterable<TimedPicture>): AsyncGenerator<TimedPicture, void, undefined> {
  let held: TimedPicture | undefined;
  for await (const picture of pictures) {
    if (held && isPair(held, picture)) {
      yield together(held, picture);
      held = undefined;
      continue;
    }
    if (held) yield held;
    held = undefined;
    if (picture.field) held = picture;
    else yield picture;
  }
  if (held) yield held;
}

async function* read(programme: Programme, reader: SideDataReader, options: ReadingOptions): AsyncGenerator<TimedPicture, void, undefined> {
  for await (const { pts, dts, data } of copiedPictures(programme, options)) yield { pts, dts, ...reader.read(data) };
}

/**
 * What each frame of a programme carries besides its picture, in decoding order. Frames of which nobody knows when they are shown are left out.
 * Errors as in {@link copiedPictures}; nothing comes of a codec that is not known here.
 */
export async function* carriedFrames(programme: Programme, options: ReadingOptions = {}): AsyncGenerator<CarriedFrame, void, undefined> {
  const reader = READERS[programme.video.codec]?.();
  if (!reader) return;
  for await (const { pts, ...frame } of framesOf(read(programme, reader, options))) if (pts !== undefined) yield { ...frame, pts };
}
