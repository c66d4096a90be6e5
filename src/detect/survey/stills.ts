import type { Span } from '../../core/area.js';

/** Part of a span's length at either end in which a mark may still fade. */
const FADE = 0.25;

/**
 * Few frames that show all marks: one at least in the middle half of each span (stabbing of intervals, greedily from the earliest end, which needs the fewest). Where that takes
 * more than `most`, some of them, evenly spread.
 */
export function stillsOf(spans: readonly Span[], most: number): number[] {
  const middles = spans.map(({ first, last }) => {
    const fade = Math.floor(FADE * (last - first));
    return { first: first + fade, last: last - fade };
  });
  const frames: number[] = [];
  for (const { first, last } of middles.sort((a, b) => a.last - b.last))
    if (!frames.length || frames[frames.length - 1] < first) frames.push(last);
  const step = Math.max(1, frames.length / most);
  return frames.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step)).slice(0, most);
}
