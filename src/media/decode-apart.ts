import { TextlessError } from '../core/errors.js';
import { frameBytes, type Frame } from '../core/frame.js';
import { toNumber } from '../core/time.js';
import { decodeChosen, pictures, type DecodeOptions } from './decode.js';
import type { FrameTimes, Programme } from './programme.js';

/** Containers whose index leads to pictures that can be decoded by themselves; in others seeking lands anywhere. */
const INDEXED = /mov|matroska/;
/** Seconds before a wanted frame from which on is decoded; and seconds that groups of pictures rarely exceed. */
const lead = ({ container }: Programme): number => (INDEXED.test(container) ? 1 : GROUP);
const GROUP = 10;
/** Frames that are decoded before it is known whether all of them are there. */
const TOGETHER = 4;

/**
 * The frames that {@link decodeChosen} delivers, from a file whose frames' times are known: where they lie far apart, what is between them is not
 * decoded. A frame counts by its exact time, and what is not found by seeking comes last, from the beginning of the file. Errors as in `decodeChosen`.
 */
export async function* decodeApart(
  programme: Programme,
  indices: readonly number[],
  times: FrameTimes,
  options: Pick<DecodeOptions, 'signal'> = {},
): AsyncGenerator<Frame, void, undefined> {
  const missing: number[] = [];
  for (const group of groupsOf(indices, times, lead(programme))) {
    const left = new Set(group.frames);
    if (group.from === undefined) missing.push(...left);
    else {
      for await (const frame of sought(programme, group.frames, group.from, times, options)) {
        left.delete(frame.index);
        yield frame;
      }
      missing.push(...left);
    }
  }
  if (missing.length) yield* decodeChosen(programme, missing, options);
}

interface Group {
  readonly frames: readonly number[];
  /** Seconds in the file near which decoding begins; undefined: at its beginning. */
  readonly from: number | undefined;
}

/** Frames in order, those together that lie close to each other. One that shares its time with another is taken to lie at the beginning. */
function groupsOf(indices: readonly number[], { base, ticks }: FrameTimes, ahead: number): Group[] {
  const at = (index: number): number => ticks[index] * toNumber(base);
  const isSingle = (i: number): boolean => ticks[i] !== ticks[i - 1] && ticks[i] !== ticks[i + 1] && ticks[i] !== undefined;
  const groups: { frames: number[]; from: number | undefined; last: number }[] = [{ frames: [], from: undefined, last: at(0) }];
  for (const index of [...new Set(indices)].sort((a, b) => a - b)) {
    const open = groups[groups.length - 1];
    if (!isSingle(index)) groups[0].frames.push(index);
    else if (at(index) - open.last < GROUP + ahead && (open.from === undefined || open.frames.length < TOGETHER)) {
      open.frames.push(index);
      open.last = at(index);
    } else groups.push({ frames: [index], from: at(index) - ahead, last: at(index) });
  }
  return groups;
}

/** Those of some frames that come out when decoding begins near a time. */
async function* sought(
  programme: Programme,
  frames: readonly number[],
  from: number,
  { ticks }: FrameTimes,
  { signal }: Pick<DecodeOptions, 'signal'>,
): AsyncGenerator<Frame, void, undefined> {
  const { geometry } = programme.video;
  const wanted = frames.map((index) => ticks[index]);
  const select = wanted.map((tick) => `eq(pts\\,${tick})`).join('+');
  const filter = `trim=end_pts=${wanted[wanted.length - 1] + 1},select=${select}`;
  const picture = { bytes: frameBytes(geometry), pixFmt: geometry.format.name, filter, clocked: false, from };
  const delivered: Uint8Array[] = [];
  try {
    for await (const data of pictures(programme, picture, { signal })) delivered.push(data);
  } catch (error) {
    // Nothing to decode there: the file's index errs.
    if (!(error instanceof TextlessError) || error.code !== 'TEXTLESS_DECODE') throw error;
  }
  if (delivered.length === frames.length) for (const [i, data] of delivered.entries()) yield { index: frames[i], data };
}
