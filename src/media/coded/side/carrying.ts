import { toNumber } from '../../../core/time.js';
import type { Programme } from '../../programme.js';
import { FramesByTime } from './by-time.js';
import { carriedFrames, hasPlaces, type CarriedFrame } from './carried-frames.js';
import { GroupClock } from './group-clock.js';
import { LastingMessages } from './lasting.js';
import type { CodedPicture } from '../picture.js';
import { SeiWriter } from './put-sei.js';
import { putUserData } from './put-user-data.js';
import type { Framing } from './units.js';

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
 * @param pictures of the source's codec in decoding order, all of them encoded anew
 * @throws TextlessError as reading the source does, and whatever `pictures` throws
 */
export async function* carrySideData(
  pictures: AsyncIterable<CodedPicture>,
  source: Programme,
  form: NewPictures,
  signal?: AbortSignal,
): AsyncGenerator<CodedPicture, void, undefined> {
  if (!hasPlaces(source.video.codec)) {
    yield* pictures;
    return;
  }
  const writer = new Writer(source.video.codec, form);
  const reading = carriedFrames(source, signal);
  const { rate, timeBase } = source.video;
  const frames = new FramesByTime(reading, 0.4 / (toNumber(rate) * toNumber(timeBase)));
  try {
    for await (const picture of pictures) {
      const { frame, read } = await frames.at(picture.pts, picture.dts);
      for (const next of read) writer.take(next);
      yield { ...picture, data: writer.put(picture, frame) };
    }
  } finally {
    await reading.return();
  }
}
