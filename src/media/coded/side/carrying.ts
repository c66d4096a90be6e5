import { toNumber } from '../../../core/time.js';
import type { Programme } from '../../programme.js';
import { readConfiguration } from '../avc-configuration.js';
import type { Part, Sample } from '../fragments-in.js';
import { recordOf } from '../fragments-out.js';
import { FramesByTime } from './by-time.js';
import { carriedFrames, type CarriedFrame } from './carried-frames.js';
import { GroupClock } from './group-clock.js';
import { LastingMessages } from './lasting.js';
import type { CodedPicture } from '../picture.js';
import { SeiWriter } from './put-sei.js';
import { putUserData } from './put-user-data.js';
import { bufferOf, type Framing } from './units.js';

/** How new pictures come. */
export interface NewPictures {
  /** How their NAL units stand; of no meaning in MPEG-2. */
  readonly framing: Framing;
  /** NAL units of parameter sets that are not in the pictures themselves. */
  readonly sets?: readonly Uint8Array[];
}

type Put = (picture: CodedPicture, frame: CarriedFrame | undefined) => Uint8Array;

/** Puts what frames of the source carry into pictures, by the codec of both. */
class Writer {
  readonly #clock = new GroupClock();
  readonly #lasting = new LastingMessages();
  readonly put: Put;

  constructor(codec: string, { framing, sets }: NewPictures) {
    this.put = codec === 'h264' || codec === 'hevc' ? this.#messages(new SeiWriter(codec, framing, sets)) : this.#userData;
  }

  /** Takes the next frame of the source, before anything is put that is shown with it. */
  take(frame: CarriedFrame): void {
    this.#clock.take(frame);
    this.#lasting.take(frame);
  }

  #messages(writer: SeiWriter): Put {
    return ({ pts, key, data }, frame) => {
      const own = frame?.payloads.filter((p) => p.kind !== 'sequence') ?? [];
      return writer.put(data, { payloads: [...this.#lasting.at(pts, key), ...own], clock: frame?.clock });
    };
  }

  readonly #userData: Put = ({ data }, frame) => putUserData(data, frame?.payloads ?? [], frame && this.#clock.start(frame));
}

/**
 * New pictures with everything that the pictures of the source carry besides the picture (captions, active format, bars, HDR10+, other user data,
 * time codes): each picture gets the payloads of the source's frame that is shown at the same time, byte for byte and in their order, and none of
 * another encoder's. Captions of two coded fields follow one another in the one picture that both become. A source frame for which there is no
 * new picture is passed over, with what it carries. The source is read beside, no further than is needed.
 *
 * @param pictures of the source's codec in decoding order, perhaps not of every frame; those that are kept stay as they are
 * @throws TextlessError as reading the source does, and whatever `pictures` throws
 */
export async function* carrySideData<P extends CodedPicture>(
  pictures: AsyncIterable<P>,
  source: Programme,
  form: NewPictures,
  signal?: AbortSignal,
): AsyncGenerator<P & { readonly data: Buffer }, void, undefined> {
  const writer = new Writer(source.video.codec, form);
  const reading = carriedFrames(source, { signal, failure: 'TEXTLESS_ENCODE' });
  const { rate, timeBase } = source.video;
  const frames = new FramesByTime(reading, 0.4 / (toNumber(rate) * toNumber(timeBase)), (frame) => writer.take(frame));
  try {
    for await (const picture of pictures) {
      const frame = await frames.at(picture.pts, picture.dts);
      yield { ...picture, data: bufferOf(picture.kept ? picture.data : writer.put(picture, frame)) };
    }
  } finally {
    await reading.return();
  }
}

/** Bytes of a length before NAL units in what an encoder hands over as fragments. */
const SIZED = 4;

/**
 * What an encoder hands over, with what the source's pictures carry; see {@link carrySideData}. The head stays as it is.
 * @param source a programme of which `lookBeside` says that its pictures carry something, or at least one in a codec that is known there
 */
export async function* carriedParts(
  parts: AsyncGenerator<Part, void, undefined>,
  source: Programme,
  signal?: AbortSignal,
): AsyncGenerator<Part, void, undefined> {
  try {
    const first = await parts.next();
    if (first.done) return;
    yield first.value;
    const sets = 'head' in first.value && source.video.codec === 'h264' ? setsOf(first.value.head) : [];
    for await (const sample of carrySideData(samplesOf(parts), source, { framing: SIZED, sets }, signal)) yield { sample };
  } finally {
    await parts.return();
  }
}

async function* samplesOf(parts: AsyncIterable<Part>): AsyncGenerator<Sample, void, undefined> {
  for await (const part of parts) if ('sample' in part) yield part.sample;
}

/** The parameter sets in the head of a file. */
export function setsOf(head: Buffer): Uint8Array[] {
  const record = recordOf(head);
  if (!record) return [];
  const { sps, pps } = readConfiguration(record);
  return [...sps, ...pps];
}
