import type { CodedPicture } from '../picture.js';
import { SEQUENCE_END, withoutLeading } from './mpeg2.js';

/** What a codec asks for where taken over and new pictures meet. */
export interface Seams {
  /** The last picture of a part, where another follows. */
  readonly closed: (picture: Buffer) => Buffer;
  /** A picture of a group whose first `dropped` shown pictures are no more. */
  readonly opened: (picture: Buffer, dropped: number) => Buffer;
  /** The whole stream, in decoding order. */
  readonly settled: (pictures: AsyncGenerator<CodedPicture, void, undefined>) => AsyncGenerator<CodedPicture, void, undefined>;
}

/** Each part is a sequence of its own: what follows may have another bit rate and buffer. */
export const MPEG2_SEAMS: Seams = {
  closed: (picture) => Buffer.concat([picture, SEQUENCE_END]),
  opened: withoutLeading,
  settled: (pictures) => pictures,
};
