import { TextlessError } from '../../core/errors.js';
import { toNumber } from '../../core/time.js';
import { copyDifference, type CopiedPicture } from '../../media/coded/proof.js';
import { sideDataDifference } from '../../media/coded/side/difference.js';
import { differencesOf, streamPairs, type Aspect, type ComparedTimes, type Difference } from '../../media/compare.js';
import { streamExtents, type Extent } from '../../media/packets.js';
import type { Carriage } from '../../media/container.js';
import type { Programme, StreamInfo } from '../../media/programme.js';
import { soundDifference } from '../../media/sound.js';
import type { GateName } from '../../plan/gates.js';
import { nothing, type Measured } from './gate.js';

const SAME: Record<Aspect, string> = {
  frames: 'All frames are there.',
  times: 'Every frame is shown at its time.',
  picture: 'Codec, size, pixel format, sample aspect and rotation are the source’s.',
  'field-flags': 'The flags of fields are the source’s.',
  'colour-tags': 'The colour tags are the source’s.',
  streams: 'All streams, chapters and services are there.',
};

/** How a finished file was written. */
export interface Finished {
  /** Coded pictures that were taken over as they are. */
  readonly copied: readonly CopiedPicture[];
  /** How everything but the picture was carried over; by default as its container usually is. */
  readonly carriage?: Carriage | undefined;
}

/** Compares what a file says of itself; and byte by byte its sound, the coded pictures that were copied, and what pictures carry besides the picture. */
export async function measureFile(
  source: Programme,
  delivered: Programme,
  times: ComparedTimes,
  { copied, carriage }: Finished,
  signal?: AbortSignal,
): Promise<Measured[]> {
  const differences = differencesOf(source, delivered, times, carriage);
  const about = Object.keys(SAME) as Aspect[];
  const measured = about.map((aspect) => counted(aspect, differences.filter((d) => d.about === aspect))); // prettier-ignore
  const sound = await soundOf(source, delivered, signal);
  const pictures = await copyDifference(source, delivered, copied, signal);
  const beside = await sideDataDifference(source, delivered, { times: times.source, signal });
  const [before, after] = [await streamExtents(source.path, signal), await streamExtents(delivered.path, signal)];
  const pairs = streamPairs(source, delivered, carriage).flatMap(([a, b]) => (b ? [pairOf(a, b, before, after)] : []));
  const frame = frameSeconds(source);
  return [
    ...measured,
    either('sound', sound, 'The sound is that of the source, byte by byte.'),
    either(
      'copied-pictures',
      pictures,
      copied.length
        ? `${copied.length} coded pictures are those of the source, byte by byte.`
        : 'No copied picture had to be compared here; those of a multiplex were when it was written.',
    ),
    either('side-data', beside, 'Captions and whatever else pictures carry are those of the source.'),
    soundOffset(pairs, times, frame),
    duration(pairs, times, frame),
  ];
}

/** A sound that cannot be read at all is not that of the source. */
async function soundOf(source: Programme, delivered: Programme, signal?: AbortSignal): Promise<string | undefined> {
  try {
    return await soundDifference(source, delivered, signal);
  } catch (error) {
    if (error instanceof TextlessError && error.code === 'TEXTLESS_VERIFY') return error.message.replace(/\.$/, '');
    throw error;
  }
}

/** 1 where there is a difference. */
const either = (gate: GateName, difference: string | undefined, same: string): Measured => ({
  gate,
  value: difference ? 1 : 0,
  says: difference ? sentence(difference) : same,
});

function counted(gate: Aspect, found: readonly Difference[]): Measured {
  const value = found.reduce((sum, d) => sum + (d.count ?? 1), 0);
  return { gate, value, says: found.length ? sentence(found.map((d) => d.says).join('; ')) : SAME[gate] };
}

/** When a stream begins and ends in both files, in seconds. */
interface Pair {
  readonly stream: StreamInfo;
  readonly before: Extent | undefined;
  readonly after: Extent | undefined;
}

function pairOf(a: StreamInfo, b: StreamInfo, before: ReadonlyMap<number, Extent>, after: ReadonlyMap<number, Extent>): Pair {
  const seconds = ({ index, timeBase }: StreamInfo, extents: ReadonlyMap<number, Extent>): Extent | undefined => {
    const extent = extents.get(index);
    const unit = timeBase && toNumber(timeBase);
    return extent && unit ? { first: extent.first * unit, end: extent.end * unit } : undefined;
  };
  return { stream: a, before: seconds(a, before), after: seconds(b, after) };
}

/** How far the first sound and the first picture have moved against each other. */
function soundOffset(pairs: readonly Pair[], { source, delivered }: ComparedTimes, frame: number): Measured {
  const picture = delivered.ticks[0] * toNumber(delivered.base) - source.ticks[0] * toNumber(source.base);
  const shifts = pairs.flatMap(({ stream, before, after }) =>
    stream.type === 'audio' && before && after ? [{ stream, by: (after.first - before.first - picture) / frame }] : [],
  );
  if (!shifts.length) return nothing('sound-offset', 'There is no sound.');
  const worst = shifts.reduce((a, b) => (Math.abs(b.by) > Math.abs(a.by) ? b : a));
  const says = `Sound stream ${worst.stream.index} is ${Math.abs(worst.by).toFixed(3)} frames ${worst.by > 0 ? 'later' : 'earlier'} against the picture than in the source.`;
  return { gate: 'sound-offset', value: Math.abs(worst.by), says };
}

function duration(pairs: readonly Pair[], { source, delivered }: ComparedTimes, frame: number): Measured {
  const length = ({ base, ticks }: ComparedTimes['delivered']): number => ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0)) * toNumber(base);
  const all = pairs.flatMap(({ stream, before, after }) =>
    stream.type === 'audio' && before && after ? [{ what: `Sound stream ${stream.index}`, by: (after.end - after.first - before.end + before.first) / frame }] : [],
  ); // prettier-ignore
  all.push({ what: 'The picture', by: (length(delivered) - length(source)) / frame });
  const worst = all.reduce((a, b) => (Math.abs(b.by) > Math.abs(a.by) ? b : a));
  const says = `${worst.what} is ${Math.abs(worst.by).toFixed(3)} frames ${worst.by > 0 ? 'longer' : 'shorter'} than in the source.`;
  return { gate: 'duration', value: Math.abs(worst.by), says };
}

const frameSeconds = ({ video: { rate, averageRate } }: Programme): number => 1 / toNumber(averageRate ?? rate);
const sentence = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}.`;
