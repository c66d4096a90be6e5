import type { Frame } from '../../../core/frame.js';
import type { FrameTimes, Programme } from '../../programme.js';
import type { Plans } from '../../stream-options.js';
import type { Copies } from './copies.js';
import { encodedPictures, type CodedPictures } from './encoder.js';
import { mixed } from './mixed.js';
import { writeMultiplex, type Multiplex } from './multiplex.js';

/** What is put in place of the source's pictures. */
export interface Replacement {
  /** Of the whole programme. */
  readonly frames: AsyncIterable<Frame>;
  readonly times: FrameTimes;
  /** Where some of the source's coded pictures are taken over. */
  readonly copies?: Copies | undefined;
  /** Changes new coded pictures on their way, such as by putting captions into them; times and order stay. */
  readonly edit?: ((pictures: CodedPictures) => CodedPictures) | undefined;
}

/**
 * Replaces the picture in its multiplex while the encoder makes the new one, or the new parts of it.
 * @returns what could not be kept, as sentences for a person
 * @throws TextlessError as in `feedFfmpeg` and {@link writeMultiplex}
 */
export async function writeInPlace(
  programme: Programme,
  plans: Plans,
  multiplex: Multiplex,
  { frames, times, copies, edit = (pictures) => pictures }: Replacement,
  { partial, signal }: { readonly partial: string; readonly signal?: AbortSignal | undefined },
): Promise<string[]> {
  const { survey, shown } = multiplex;
  const encode = (some: AsyncIterable<Frame>, ticks: readonly number[]): CodedPictures =>
    encodedPictures(programme, copies?.plans ?? plans, some, { ...times, ticks }, signal);
  const pictures = copies ? mixed(programme.path, survey, copies, { shown, frames, encode }) : encode(frames, times.ticks);
  return writeMultiplex(programme, multiplex, edit(pictures), { partial, unchanged: copies?.unchanged, signal });
}
