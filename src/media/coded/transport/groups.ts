import type { SourceOrder } from './schedule.js';
import type { SourceUnit } from './survey.js';

/** How groups of pictures begin: on their own, or open to the one before; by the indices of the units with which they do. */
export type Entries = ReadonlyMap<number, 'closed' | 'open'>;

/** A picture of the source that is taken over. */
export interface CopiedUnit extends SourceUnit {
  readonly key: boolean;
  /** Pictures at the head of its group that are not taken over, as they refer to what comes before. */
  readonly dropped: number;
}

/** A part of a new stream, in decoding order: pictures of the source that are taken over, or frames that are encoded again. */
export type Part =
  | {
      readonly kind: 'copied';
      readonly units: readonly CopiedUnit[];
    }
  | {
      readonly kind: 'encoded';
      /** Index of its first frame in the order they are shown, and how many there are. */
      readonly first: number;
      readonly count: number;
    };

/** A group of pictures of MPEG-2: an I picture, B pictures before it that may refer to the group before, and what follows. */
interface Group {
  /** Its I picture and all that refers to nothing before it. */
  readonly own: readonly SourceUnit[];
  readonly leading: readonly SourceUnit[];
  /** Whether nothing is missing in it. */
  readonly whole: boolean;
}

function groupsOf(units: readonly SourceUnit[], entries: Entries): Group[] {
  const starts = units.flatMap((u, i) => (i === 0 || entries.has(u.index) ? [i] : []));
  return starts.map((start, i) => {
    const all = units.slice(start, starts[i + 1] ?? units.length);
    const [head] = all;
    const entry = entries.get(head.index);
    const isLeading = (u: SourceUnit): boolean => entry === 'open' && u.pts < head.pts;
    const whole = entry !== undefined && all.every((u, n) => u.index === head.index + n);
    return { own: all.filter((u) => !isLeading(u)), leading: all.filter(isLeading), whole };
  });
}

/**
 * Plans which groups of pictures of an MPEG-2 stream are taken over: those of which no frame is touched. B pictures at the head
 * of an open group stay only when the group before does too; else they are encoded with it, and the group begins with its I picture.
 * @param touched by index in the order frames are shown
 * @param shown times of all frames, rising
 * @returns undefined when packets and frames are not one to one
 */
export function planParts(
  { units }: SourceOrder,
  entries: Entries,
  shown: readonly number[],
  touched: (frame: number) => boolean,
): Part[] | undefined {
  if (units.length !== shown.length) return undefined;
  const numbers = new Map(shown.map((time, n) => [time, n]));
  const free = (list: readonly SourceUnit[]): boolean => list.every((u) => !touched(numbers.get(u.pts) ?? 0));
  const parts: (Part & ({ kind: 'copied'; units: CopiedUnit[] } | { kind: 'encoded' }))[] = [];
  let frames = 0;
  const encode = (count: number): void => {
    const last = parts.at(-1);
    if (last?.kind === 'encoded') parts[parts.length - 1] = { ...last, count: last.count + count };
    else if (count > 0) parts.push({ kind: 'encoded', first: frames, count });
    frames += count;
  };
  const copy = (group: readonly SourceUnit[], dropped: number): void => {
    const copies = group.map((u) => ({ ...u, dropped, key: entries.has(u.index) }));
    const last = parts.at(-1);
    if (last?.kind === 'copied') last.units.push(...copies);
    else parts.push({ kind: 'copied', units: copies });
    frames += group.length;
  };
  for (const { own, leading, whole } of groupsOf(units, entries)) {
    if (!whole || !free(own)) encode(own.length + leading.length);
    else if (parts.at(-1)?.kind === 'copied' && free(leading)) {
      copy(
        [...own, ...leading].sort((a, b) => a.index - b.index),
        0,
      );
    } else {
      encode(leading.length);
      copy(own, leading.length);
    }
  }
  return parts;
}

/** Pictures that are taken over. */
export const copiedIn = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + (part.kind === 'copied' ? part.units.length : 0), 0);

/** Times of the pictures of which not a byte changes: not those whose place in a group is counted anew, nor those after which a sequence ends. */
export function unchangedIn(parts: readonly Part[]): number[] {
  const last = parts.at(-1);
  return parts.flatMap((part) => {
    if (part.kind === 'encoded') return [];
    return part.units.filter((u, i) => u.dropped === 0 && (part === last || i < part.units.length - 1)).map((u) => u.pts);
  });
}
