import type { Span } from '../core/area.js';

/** A stretch of a programme in seconds; without an end it goes on to the programme's end. */
export interface TimeRange {
  readonly from: number;
  readonly to?: number | undefined;
}

/** When marks are treated: inside one of `include` (all the time when there are none) and outside all of `exclude`. */
export interface Times {
  readonly include: readonly TimeRange[];
  readonly exclude: readonly TimeRange[];
}

/** Seconds of `90`, `1:30`, `0:01:30.5`; undefined for anything else. */
export function parseClock(text: string): number | undefined {
  const parts = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)$/.exec(text);
  if (!parts) return undefined;
  const [hours, minutes, seconds] = [parts[1], parts[2], parts[3]].map((v) => Number(v ?? 0));
  if (parts[2] !== undefined && (seconds >= 60 || (parts[1] !== undefined && minutes >= 60))) return undefined;
  return hours * 3600 + minutes * 60 + seconds;
}

/** Cuts spans where treatment begins or ends. A frame belongs to the time at which it begins to show. */
export function splitByTimes(spans: readonly Span[], times: Times, rate: number): { readonly treated: Span[]; readonly left: Span[] } {
  const inside = (ranges: readonly TimeRange[], frame: number): boolean =>
    ranges.some(({ from, to = Infinity }) => frame >= frameAt(from, rate) && frame < frameAt(to, rate));
  const edges = [...times.include, ...times.exclude].flatMap(({ from, to }) => [frameAt(from, rate), frameAt(to ?? Infinity, rate)]);
  const [treated, left]: [Span[], Span[]] = [[], []];
  for (const { first, last } of spans) {
    const starts = [first, ...[...new Set(edges)].filter((e) => e > first && e <= last).sort((a, b) => a - b)];
    starts.forEach((start, i) => {
      const end = (starts[i + 1] ?? last + 1) - 1;
      const within = (!times.include.length || inside(times.include, start)) && !inside(times.exclude, start);
      append(within ? treated : left, { first: start, last: end });
    });
  }
  return { treated, left };
}

/** The first frame that begins at or after a time. A hair of tolerance: 0.1 s at 30 frames a second is frame 3. */
const frameAt = (seconds: number, rate: number): number => (seconds === Infinity ? Infinity : Math.ceil(seconds * rate - 1e-6));

function append(spans: Span[], span: Span): void {
  const before = spans.at(-1);
  if (before && before.last + 1 === span.first) spans[spans.length - 1] = { first: before.first, last: span.last };
  else spans.push(span);
}
