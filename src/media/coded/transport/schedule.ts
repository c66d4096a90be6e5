import type { CodedPicture } from '../picture.js';
import type { SourceUnit } from './survey.js';

/** When the pictures of a source are decoded, and where in its multiplex they begin. Ticks of 90 kHz. */
export interface SourceOrder {
  /** Decoding times, one a frame, rising. */
  readonly decode: readonly number[];
  /** The packets in which frames begin, in rising order of their decoding times. */
  readonly units: readonly SourceUnit[];
}

/** A picture with its place among the packets of the source's picture. */
export interface PlacedPicture extends CodedPicture {
  /** Number of the packet from which on it is sent. */
  readonly from: number;
}

/** Pictures that may be decoded before one that is shown before them, at most, in any of the codecs. */
const DEEPEST = 16;
/** Pictures at the start of which the delay of the new stream is told. */
const LOOK = 48;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/**
 * Brings PES packets and frames together by their times. What begins no frame (second fields, pictures that could not be decoded)
 * belongs to the frame before. A frame that no packet names (several in one PES packet, a lost head) gets the time that
 * frames are usually decoded before they are shown.
 *
 * @param shown times of all frames, rising
 * @returns undefined when no packet has the time of any frame
 */
export function sourceOrder(units: readonly SourceUnit[], shown: readonly number[]): SourceOrder | undefined {
  const left = new Set(shown);
  let before = -Infinity;
  const found = units.filter(({ pts, dts }) => {
    if (dts <= before || !left.delete(pts)) return false;
    before = dts;
    return true;
  });
  if (found.length === 0) return undefined;
  const times = found.map((u) => u.pts).sort((a, b) => a - b);
  const delay = median(times.map((t, k) => t - found[k].dts));
  const decode = [...found.map((u) => u.dts), ...[...left].map((t) => t - delay)].sort((a, b) => a - b);
  for (let k = 1; k < decode.length; k++) decode[k] = Math.max(decode[k], decode[k - 1] + 1);
  return { decode, units: found };
}

/** The latest time at which the first of `ahead` may be decoded, so that it and those after it are decoded before they are shown. */
function latest(ahead: readonly CodedPicture[], from = 0): number {
  let least = Infinity;
  const end = Math.min(ahead.length, from + DEEPEST + 1);
  for (let i = from; i < end; i++) least = Math.min(least, ahead[i].pts - (i - from));
  return least;
}

/**
 * Gives new pictures their decoding times and places. They are decoded when the source's pictures were, one for one; where
 * the new stream needs more delay than the source had, all are decoded, and sent, earlier by that much.
 * @param pictures in decoding order; their own decoding times are not used
 */
export async function* scheduled(pictures: AsyncIterable<CodedPicture>, order: SourceOrder): AsyncGenerator<PlacedPicture> {
  const ahead: CodedPicture[] = [];
  const { decode, units } = order;
  let [k, unit, dts, shift] = [0, 0, -Infinity, -1];
  const next = (): PlacedPicture => {
    if (shift < 0) shift = Math.max(0, ...ahead.slice(0, LOOK - DEEPEST).map((_, i) => (decode[i] ?? -Infinity) - latest(ahead, i)));
    const own = k < decode.length ? decode[k] - shift : Infinity;
    dts = Math.max(dts + 1, Math.min(own, latest(ahead)));
    while (unit + 1 < units.length && units[unit + 1].dts <= dts) unit++;
    k++;
    return { ...(ahead.shift() as CodedPicture), dts, from: units[unit].at };
  };
  for await (const picture of pictures) {
    ahead.push(picture);
    if (ahead.length > (shift < 0 ? LOOK : DEEPEST)) yield next();
  }
  while (ahead.length > 0) yield next();
}
