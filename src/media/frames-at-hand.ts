import type { Frame } from '../core/frame.js';
import { decodeApart } from './decode-apart.js';
import { decodeChosen, type Aside, type DecodeOptions } from './decode.js';
import { framesAside } from './frames-aside.js';
import type { FrameTimes, Programme } from './programme.js';

/** What is there already of a programme. */
export interface AtHand extends Pick<DecodeOptions, 'signal'> {
  readonly aside?: Aside | undefined;
  /** Of all frames. */
  readonly times?: FrameTimes | undefined;
}

/**
 * Some frames, in any order, as cheaply as they can be had: those that a pass has laid aside, the others by seeking; where the times of the frames are not
 * known, by decoding all up to the last. Errors as in `decodeChosen`.
 */
export async function* framesAtHand(
  programme: Programme,
  indices: Iterable<number>,
  { aside, times, signal }: AtHand,
): AsyncGenerator<Frame, void, undefined> {
  const left = new Set(indices);
  if (aside) for await (const frame of framesAside(programme, aside, left)) if (left.delete(frame.index)) yield frame;
  if (!left.size) return;
  yield* times ? decodeApart(programme, [...left], times, { signal }) : decodeChosen(programme, [...left], { signal });
}
