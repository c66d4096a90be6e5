import { toNumber } from '../core/time.js';
import { keepsColourTags } from './codec.js';
import { planContainer, remade, staysInPlace, type Carriage } from './container.js';
import { rising } from './timeline.js';
import type { FrameTimes, Programme, StreamInfo, VideoStream } from './programme.js';

/** What a difference is about. */
export type Aspect = 'frames' | 'times' | 'picture' | 'field-flags' | 'colour-tags' | 'streams';

/** Something that is not as it was, in a sentence for a person. */
export interface Difference {
  readonly about: Aspect;
  readonly says: string;
  /** How often, where that can be counted. */
  readonly count?: number;
}

/** Frame times of both sides, from decoding or from packets. */
export interface ComparedTimes {
  readonly source: FrameTimes;
  readonly delivered: Pick<FrameTimes, 'base' | 'ticks'>;
}

/** Frames that are not shown when they should be: in the same unit to the tick, else to one tick of the coarser unit. */
function timeDifference({ source, delivered }: ComparedTimes): Difference[] {
  const missing = source.ticks.length - delivered.ticks.length;
  if (missing) return [{ about: 'frames', count: Math.abs(missing), says: `${delivered.ticks.length} frames instead of ${source.ticks.length}` }]; // prettier-ignore
  const [a, b] = [toNumber(source.base), toNumber(delivered.base)];
  const wanted = rising(source.ticks);
  const off = (at: number): boolean =>
    a === b ? wanted[at] !== delivered.ticks[at] : Math.abs(wanted[at] * a - delivered.ticks[at] * b) > Math.max(a, b);
  const late = [...wanted.keys()].filter(off);
  const [at] = late;
  if (at === undefined) return [];
  return [{ about: 'times', count: late.length, says: `frame ${at} is shown at ${delivered.ticks[at] * b} s instead of ${wanted[at] * a} s` }]; // prettier-ignore
}

const say = (value: unknown): string => (value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value));

function pictureDifferences(a: VideoStream, b: VideoStream): Difference[] {
  const fields = (v: VideoStream): string => (v.interlaced ? (v.topFieldFirst ? 'top field first' : 'bottom field first') : 'progressive');
  const pairs: [string, unknown, unknown, Aspect?][] = [
    ['codec', a.codec, b.codec],
    ['size', `${a.geometry.width}×${a.geometry.height}`, `${b.geometry.width}×${b.geometry.height}`],
    ['pixel format', a.geometry.format.name, b.geometry.format.name],
    ['sample aspect ratio', a.sar, b.sar],
    ['rotation', a.rotation, b.rotation],
    ['fields', fields(a), fields(b), 'field-flags'],
  ];
  if (keepsColourTags(a)) {
    pairs.push([
      'colour range',
      a.tags.range ?? a.colour.range.replace('limited', 'tv'),
      b.tags.range ?? b.colour.range.replace('limited', 'tv'),
      'colour-tags',
    ]);
    for (const tag of ['space', 'primaries', 'transfer'] as const) pairs.push([`colour ${tag}`, a.tags[tag], b.tags[tag], 'colour-tags']);
  }
  const different = pairs.filter(([, x, y]) => say(x) !== say(y));
  return different.map(([what, x, y, about = 'picture']) => ({ about, says: `${what}: ${say(y)} instead of ${say(x)}` }));
}

function streamDifferences(a: StreamInfo, b: StreamInfo | undefined, inPlace: boolean): string[] {
  if (!b) return [`stream ${a.index} (${a.type}, ${a.codec}) is missing`];
  const language = (s: StreamInfo): string => (s.language === undefined || s.language === 'und' ? 'none' : s.language);
  const pairs: [string, unknown, unknown][] = [
    ['language', language(a), language(b)],
    ['dispositions', a.dispositions, b.dispositions],
  ];
  // A stream that ffmpeg has no name for is carried as private data.
  if (a.type !== 'unknown' || inPlace) pairs.push(['type', a.type, b.type], ['codec', a.codec, b.codec]);
  return pairs.filter(([, x, y]) => say(x) !== say(y)).map(([what, x, y]) => `stream ${a.index}, ${what}: ${say(y)} instead of ${say(x)}`);
}

const usualCarriage = (source: Programme): Carriage => (staysInPlace(source) ? 'in place' : 'anew');

/** Each stream that a delivered file should have, with the one that it has. ffmpeg lists streams of a multiplex as it meets them; there the PID says which is which. */
export function streamPairs(
  source: Programme,
  delivered: Programme,
  carriage: Carriage = usualCarriage(source),
): [StreamInfo, StreamInfo | undefined][] {
  const present = delivered.streams.filter((s) => !remade(delivered, s));
  const byId = source.container === 'mpegts';
  return planContainer(source, carriage === 'anew').streams.map((index, at) => {
    const stream = source.streams[index];
    return [stream, byId ? present.find((d) => d.id === stream.id) : present[at]];
  });
}

/**
 * What is different in a delivered file besides the pictures themselves: times of frames, picture properties, the list of
 * streams, chapters and services. What {@link assertDeliverable} announced as lost is not mentioned again.
 * @param carriage as {@link encodeProgramme} tells it; where packets stayed in place, nothing is expected to be lost
 * @returns empty when the delivery is faithful
 */
export function differencesOf(source: Programme, delivered: Programme, times: ComparedTimes, carriage?: Carriage): Difference[] {
  const pairs = streamPairs(source, delivered, carriage);
  const present = delivered.streams.filter((s) => !remade(delivered, s));
  const streams = pairs.flatMap(([stream, twin]) => streamDifferences(stream, twin, (carriage ?? usualCarriage(source)) === 'in place'));
  if (present.length > pairs.length) streams.push(`${present.length} streams instead of ${pairs.length}`);
  if (source.container !== delivered.container) streams.push(`container: ${delivered.container} instead of ${source.container}`);
  if (source.chapters !== delivered.chapters) streams.push(`${delivered.chapters} chapters instead of ${source.chapters}`);
  const numbers = (p: Programme): string =>
    p.services
      .filter((s) => s.streams.length > 0)
      .map((s) => s.number)
      .join(', ');
  if (numbers(source) !== numbers(delivered)) streams.push(`services ${numbers(delivered)} instead of ${numbers(source)}`);
  const listed = streams.map((says): Difference => ({ about: 'streams', says }));
  return [...timeDifference(times), ...pictureDifferences(source.video, delivered.video), ...listed];
}

/** The same as sentences for a person. */
export const compareDelivered = (...sides: Parameters<typeof differencesOf>): string[] => differencesOf(...sides).map((d) => d.says);
