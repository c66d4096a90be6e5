import { boxesMeet, inSpans, type Span } from '../core/area.js';
import type { Plan } from '../plan/plan.js';
import type { Region } from './regions.js';

/** Frames restored at once, and the others that lend their pixels. */
export const TARGETS = 4;
export const REFERENCES = 12;
/** A frame without the mark this near shows the place as it is. */
const NEAR = 75;
/** Distances of references before and after the targets: far enough that a moving picture shows what was hidden. */
const DISTANCES = [6, 14, 1, 22, 3, 30];
/** The same where letters travel through the place, each frame showing another part of it; and how many times as many references that takes. */
const DISTANCES_OF_CRAWL = [6, 14, 22, 30, 10, 18, 26, 34, 1, 3, 8, 12, 16, 20, 24, 28, 42, 50, 60, 75];
const MORE = 3;

/** One call of the network: some frames of a region and what they are restored from. */
export interface Window {
  readonly region: Region;
  /** Frame indices, ascending. */
  readonly targets: readonly number[];
  /** Frame indices within the shot, the most telling ones first. */
  readonly references: readonly number[];
  /** Whether no frame that it looks at shows the place as it is, so that there may be something that is never seen. */
  readonly blind: boolean;
  /** The last frame that must be there before the window can be restored. */
  readonly last: number;
  /** The windows whose targets come right before and right after, of the same region. */
  before?: Window;
  after?: Window;
}

/**
 * The windows of a region, in order.
 * @param reach how many frames after the last target may be looked at
 * @param most references of a window in which nothing travels
 */
export function planWindows(region: Region, plan: Pick<Plan, 'tracks'>, reach: number, most = REFERENCES): Window[] {
  const hidden = plan.tracks.filter((t) => t.action === 'wipe' && !t.crawl && boxesMeet(t.mask.box, region.core)).flatMap((t) => t.spans);
  const crawls = region.tracks.some((t) => t.crawl);
  const from = { reach, most: crawls ? MORE * most : most, distances: crawls ? DISTANCES_OF_CRAWL : DISTANCES };
  const windows: Window[] = [];
  for (const { first, last } of region.spans) {
    let before: Window | undefined;
    for (let a = first; a <= last; a += TARGETS) {
      const targets = Array.from({ length: Math.min(TARGETS, last - a + 1) }, (_, k) => a + k);
      const { references, blind } = chooseReferences(targets, region.shot, hidden, from);
      const window: Window = { region, targets, references, blind, last: Math.max(targets[targets.length - 1], ...references) };
      if (before) [window.before, before.after] = [before, window];
      windows.push((before = window));
    }
  }
  return windows;
}

/** Frames in which the place is not hidden come first, then neighbours of the same shot on both sides. */
function chooseReferences(
  targets: readonly number[],
  shot: Span,
  hidden: readonly Span[],
  { reach, most, distances }: { readonly reach: number; readonly most: number; readonly distances: readonly number[] },
): Pick<Window, 'references' | 'blind'> {
  const a = targets[0];
  const b = targets[targets.length - 1];
  const first = shot.first;
  const last = Math.min(shot.last, b + reach);
  const before = nearestClear(a - 1, -1, first, hidden);
  const after = nearestClear(b + 1, 1, last, hidden);
  const clear = [before, after].filter((f) => f !== undefined);
  const wishes = clear.filter((f) => a - f <= NEAR && f - b <= NEAR);
  for (const d of distances) wishes.push(a - d, b + d);
  wishes.push(...clear);
  const chosen: number[] = [];
  for (const f of wishes) {
    const there = f >= first && f <= last && !(f >= a && f <= b);
    if (there && !chosen.includes(f) && chosen.length < most) chosen.push(f);
  }
  return { references: chosen, blind: !clear.length };
}

/** The first frame from `from` on, towards `edge`, in which nothing is hidden. */
function nearestClear(from: number, direction: 1 | -1, edge: number, hidden: readonly Span[]): number | undefined {
  let f = from;
  while ((edge - f) * direction >= 0) {
    const span = hidden.find((s) => inSpans([s], f));
    if (!span) return f;
    f = direction > 0 ? span.last + 1 : span.first - 1;
  }
  return undefined;
}
