import { spanLength, type Span } from '../../core/area.js';
import { overlapOf } from './overlap.js';
import { type Shown } from './truth.js';

/** How a found track and a true mark lie to each other over the programme. */
export interface Pair {
  /** Frames in which both are, over frames in which one is: 0 … 1. */
  readonly time: number;
  /** Samples of both over samples of one, summed over the frames in which both are: 0 … 1. */
  readonly place: number;
  /** The share of all that the found track hides, in all its frames, that lies on the mark: 0 … 1. */
  readonly inside: number;
}

/** From these values on, a found track and a mark are the same thing. */
const SAME_TIME = 0.5;
const SAME_PLACE = 0.2;
/** A track that lies with this share on a mark is a part of it. */
export const PART = 0.5;

/** Frames in which both are, over frames in which one is: 0 … 1. */
function timeShared(a: readonly Span[], b: readonly Span[]): number {
  const both = length(sharedSpans(a, b));
  return both / Math.max(1, length(a) + length(b) - both);
}

/** Whether two lists of spans are the same for {@link matchPairs}. Spans of a list do not overlap. */
export const sameTime = (a: readonly Span[], b: readonly Span[]): boolean => timeShared(a, b) >= SAME_TIME;

export function comparePair(found: Shown, truth: Shown): Pair {
  const shared = sharedSpans(found.spans, truth.spans);
  const frames = length(shared);
  const time = timeShared(found.spans, truth.spans);
  if (!frames) return { time: 0, place: 0, inside: 0 };
  const sum = { both: 0, a: 0, b: 0 };
  const cached = memo(overlapOf);
  for (const { first, last } of shared) {
    for (let frame = first; frame <= last; frame++) {
      const { both, a, b } = cached(found.maskAt(frame), truth.maskAt(frame));
      sum.both += both;
      sum.a += a;
      sum.b += b;
    }
  }
  // The found mask hides as much in its other frames as on average in these.
  const all = (sum.a / frames) * length(found.spans);
  const union = sum.a + sum.b - sum.both;
  return { time, place: union ? sum.both / union : 0, inside: all ? sum.both / all : 0 };
}

/** Remembers the answer for the pair of masks asked last: most of the time nothing changes from frame to frame. */
export function memo<T, M extends object>(ask: (a: M, b: M) => T): (a: M, b: M) => T {
  let last: { a: M; b: M; answer: T } | undefined;
  return (a, b) => {
    if (last?.a !== a || last.b !== b) last = { a, b, answer: ask(a, b) };
    return last.answer;
  };
}

/** One found track a mark at most, one mark a track at most; the best pairs first. Index of the found track by that of the mark. */
export function matchPairs(pairs: readonly (readonly Pair[])[]): Map<number, number> {
  const all = pairs.flatMap((row, f) => row.map((pair, t) => ({ f, t, pair })));
  const good = all.filter(({ pair }) => pair.time >= SAME_TIME && pair.place >= SAME_PLACE);
  good.sort((x, y) => y.pair.time * y.pair.place - x.pair.time * x.pair.place || x.f - y.f || x.t - y.t);
  const taken = new Set<number>();
  const out = new Map<number, number>();
  for (const { f, t } of good) {
    if (taken.has(f) || out.has(t)) continue;
    taken.add(f);
    out.set(t, f);
  }
  return out;
}

/** Frames that lie in both lists of spans. */
export function sharedSpans(a: readonly Span[], b: readonly Span[]): Span[] {
  return a.flatMap((x) =>
    b.flatMap((y) => {
      const first = Math.max(x.first, y.first);
      const last = Math.min(x.last, y.last);
      return last >= first ? [{ first, last }] : [];
    }),
  );
}

const length = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + spanLength(span), 0);
