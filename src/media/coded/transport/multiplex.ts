import { TextlessError } from '../../../core/errors.js';
import type { FrameTimes, Programme } from '../../programme.js';
import { rising } from '../../timeline.js';
import type { CodedPicture } from '../picture.js';
import { fingerprint, fingerprintDifferences } from './fingerprint.js';
import { trailerOf, type Trailer } from './framing.js';
import { ROOM } from './packetise.js';
import { wrapped } from './packet.js';
import { rewrite, type Rewritten } from './rewrite.js';
import { scheduled, sourceOrder, type SourceOrder } from './schedule.js';
import { brokenPromise } from './stated.js';
import { survey, type Survey } from './survey.js';
import { layoutOf, walk, type Layout } from './walk.js';

/** A multiplex of which one picture can be replaced, everything else staying packet for packet. */
export interface Multiplex {
  readonly survey: Survey;
  readonly order: SourceOrder;
  readonly trailer: Trailer;
  /** Times of all frames, rising. */
  readonly shown: readonly number[];
}

/** Farthest that decoding times may have to move, in ticks of 90 kHz: the deepest reordering there is, at 25 frames a second. */
const FARTHEST = 16 * 3600;
/** Stream types of the codecs that are replaced in place (ISO/IEC 13818-1, table 2-34). */
const STREAM_TYPES: Readonly<Record<string, readonly number[]>> = { mpeg2video: [1, 2], h264: [0x1b], hevc: [0x24] };

async function trailerIn(file: string, layout: Layout): Promise<Trailer | undefined> {
  if (layout.stride !== 204) return 'zeros';
  for await (const { kind, data } of walk(file, layout)) if (kind === 'packets') return trailerOf(data.subarray(0, layout.stride));
  return undefined;
}

/**
 * Looks through a transport stream and tells how its picture is replaced in place.
 * @returns why it cannot, as the second half of a sentence, where it cannot
 */
export async function openMultiplex(programme: Programme, times: FrameTimes, signal?: AbortSignal): Promise<Multiplex | string> {
  const { video, path } = programme;
  const pid = programme.streams[video.index].id ?? -1;
  if (times.base.num !== 1 || times.base.den !== 90_000) return 'its times are not in ticks of 90 kHz';
  const layout = await layoutOf(path);
  const trailer = layout && (await trailerIn(path, layout));
  if (!layout || !trailer) return 'what stands between its packets is not understood';
  const shown = rising(times.ticks);
  const seen = await survey(path, layout, pid, shown[0], signal);
  const order = seen && sourceOrder(seen.units, shown);
  if (!seen || !order) return 'its packets do not tell the times of its frames';
  const late = Math.max(...[0, order.decode.length - 1].map((k) => Math.abs(shown[k] - order.decode[k])));
  if (order.decode.length !== shown.length || late > FARTHEST) return 'its packets are not decoded at about the times of its frames';
  const types = STREAM_TYPES[video.codec] ?? [];
  if (seen.entries.some((e) => e.streamType < 0x80 && !types.includes(e.streamType)))
    return 'the tables call its picture something else on the way';
  return { survey: seen, order, trailer, shown };
}

/** Of the null packets, how many new pictures may take. */
const OF_NULLS = 0.8;
/** Of the room in packets, what is left beside heads and stuffing. */
const OF_ROOM = 0.97;
/** Of the time between the place of a picture and its decoding, how much the encoder may count on; and seconds where that time is unknown. */
const OF_LEAD = 0.8;
const SHORTEST = 0.1;

/** Bits a second, and bits of buffer, that new pictures may have where the multiplex has a constant rate. */
export function ceilingOf({ survey: seen }: Multiplex): { readonly rate: number; readonly buffer: number } | undefined {
  if (seen.rate === undefined) return undefined;
  const packets = (seen.rate * 27e6) / seen.layout.stride;
  const rate = ((packets * (seen.packets + OF_NULLS * seen.nulls)) / seen.total) * ROOM * 8 * OF_ROOM;
  return { rate: Math.floor(rate), buffer: Math.floor(rate * Math.max(SHORTEST, (OF_LEAD * (seen.lead ?? 0)) / 90_000)) };
}

const milliseconds = (ticks: number): number => Math.ceil(ticks / 90);

function lossesOf({ survey: seen }: Multiplex, { added, latest }: Rewritten): string[] {
  const losses: string[] = [];
  if (added > 0) losses.push(`the constant rate of the multiplex is exceeded by ${added} packets, as new pictures needed more room`);
  if (seen.countsDown) losses.push('countdowns to a splice in the packets of the picture are left out');
  if (latest > Math.max(0, seen.latest)) losses.push(`pictures arrive up to ${milliseconds(latest)} ms after they are to be decoded`);
  return losses;
}

/**
 * Writes a multiplex anew with other pictures, then reads it back: every packet of other PIDs, every clock reference, the counters and
 * the times of all pictures must be what they were.
 * @param pictures one a frame, in decoding order
 * @param unchanged times of the source's PES packets that were taken over; their bytes are compared too
 * @returns what could not be kept, as sentences for a person
 * @throws TextlessError `TEXTLESS_VERIFY` where the new file differs in what must stay
 */
export async function writeMultiplex(
  programme: Programme,
  multiplex: Multiplex,
  pictures: AsyncIterable<CodedPicture>,
  {
    partial,
    unchanged = [],
    signal,
  }: { readonly partial: string; readonly unchanged?: readonly number[] | undefined; readonly signal?: AbortSignal | undefined },
): Promise<string[]> {
  const { survey: seen, order, trailer, shown } = multiplex;
  let broken: string | undefined;
  async function* looked(): AsyncGenerator<CodedPicture> {
    const unseen = new Set([true, false]);
    for await (const picture of pictures) {
      // The first picture, and the first new one: both have parameter sets.
      if (unseen.delete(picture.kept ?? false)) broken ??= brokenPromise(programme.video.codec, seen.entries, picture.data);
      yield picture;
    }
  }
  const rewritten = await rewrite(programme.path, seen, scheduled(looked(), order), { partial, trailer, signal });
  const look = { pid: seen.pid, withNulls: seen.rate === undefined, copies: new Set(unchanged.map(wrapped)), signal };
  const [source, delivered] = [await fingerprint(programme.path, seen.layout, look), await fingerprint(partial, seen.layout, look)];
  const differences = fingerprintDifferences(source, delivered, Float64Array.from(shown, wrapped).sort());
  if (differences.length > 0) {
    const sentence = `The new version of ${programme.name} differs from it in what must stay: ${differences[0]}.`;
    throw new TextlessError('TEXTLESS_VERIFY', sentence, differences.join('\n'));
  }
  return [...lossesOf(multiplex, rewritten), ...(broken === undefined ? [] : [broken])];
}
