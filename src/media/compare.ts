import { toNumber } from '../core/time.js';
import { keepsColourTags } from './codec.js';
import { planContainer, remade, staysInPlace, type Carriage } from './container.js';
import { rising } from './timeline.js';
import type { FrameTimes, Programme, StreamInfo, VideoStream } from './programme.js';

/** Frame times of both sides, from decoding or from packets. */
export interface ComparedTimes {
  readonly source: FrameTimes;
  readonly delivered: Pick<FrameTimes, 'base' | 'ticks'>;
}

/** The first frame that is not shown when it should be: in the same unit to the tick, else to one tick of the coarser unit. */
function timeDifference({ source, delivered }: ComparedTimes): string | undefined {
  if (source.ticks.length !== delivered.ticks.length) return `${delivered.ticks.length} frames instead of ${source.ticks.length}`;
  const [a, b] = [toNumber(source.base), toNumber(delivered.base)];
  const wanted = rising(source.ticks);
  const off = (at: number): boolean =>
    a === b ? wanted[at] !== delivered.ticks[at] : Math.abs(wanted[at] * a - delivered.ticks[at] * b) > Math.max(a, b);
  const at = wanted.findIndex((_, i) => off(i));
  return at < 0 ? undefined : `frame ${at} is shown at ${delivered.ticks[at] * b} s instead of ${wanted[at] * a} s`;
}

const say = (value: unknown): string => (value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value));

function pictureDifferences(a: VideoStream, b: VideoStream): string[] {
  const fields = (v: VideoStream): string => (v.interlaced ? (v.topFieldFirst ? 'top field first' : 'bottom field first') : 'progressive');
  const pairs: [string, unknown, unknown][] = [
    ['codec', a.codec, b.codec],
    ['size', `${a.geometry.width}×${a.geometry.height}`, `${b.geometry.width}×${b.geometry.height}`],
    ['pixel format', a.geometry.format.name, b.geometry.format.name],
    ['sample aspect ratio', a.sar, b.sar],
    ['rotation', a.rotation, b.rotation],
    ['fields', fields(a), fields(b)],
  ];
  if (keepsColourTags(a)) {
    pairs.push([
      'colour range',
      a.tags.range ?? a.colour.range.replace('limited', 'tv'),
      b.tags.range ?? b.colour.range.replace('limited', 'tv'),
    ]);
    for (const tag of ['space', 'primaries', 'transfer'] as const) pairs.push([`colour ${tag}`, a.tags[tag], b.tags[tag]]);
  }
  return pairs.filter(([, x, y]) => say(x) !== say(y)).map(([what, x, y]) => `${what}: ${say(y)} instead of ${say(x)}`);
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

/**
 * What is different in a delivered file besides the pictures themselves: times of frames, picture properties, the list of
 * streams, chapters and services. What {@link assertDeliverable} announced as lost is not mentioned again.
 * @param carriage as {@link encodeProgramme} tells it; where packets stayed in place, nothing is expected to be lost
 * @returns sentences for a person; empty when the delivery is faithful
 */
export function compareDelivered(
  source: Programme,
  delivered: Programme,
  times: ComparedTimes,
  carriage: Carriage = staysInPlace(source) ? 'in place' : 'anew',
): string[] {
  const expected = planContainer(source, carriage === 'anew').streams.map((index) => source.streams[index]);
  const present = delivered.streams.filter((s) => !remade(delivered, s));
  // ffmpeg lists streams of a multiplex as it meets them; there the PID says which is which.
  const byId = source.container === 'mpegts';
  const twin = (s: StreamInfo, at: number): StreamInfo | undefined => (byId ? present.find((d) => d.id === s.id) : present[at]);
  const late = timeDifference(times);
  const out = late === undefined ? [] : [late];
  out.push(...pictureDifferences(source.video, delivered.video));
  out.push(...expected.flatMap((stream, at) => streamDifferences(stream, twin(stream, at), carriage === 'in place')));
  if (present.length > expected.length) out.push(`${present.length} streams instead of ${expected.length}`);
  if (source.container !== delivered.container) out.push(`container: ${delivered.container} instead of ${source.container}`);
  if (source.chapters !== delivered.chapters) out.push(`${delivered.chapters} chapters instead of ${source.chapters}`);
  const numbers = (p: Programme): string =>
    p.services
      .filter((s) => s.streams.length > 0)
      .map((s) => s.number)
      .join(', ');
  if (numbers(source) !== numbers(delivered)) out.push(`services ${numbers(delivered)} instead of ${numbers(source)}`);
  return out;
}
