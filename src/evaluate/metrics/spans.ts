import { spanLength, type Span } from '../../core/area.js';
import { sharedSpans } from './pairs.js';

/**
 * Errors of the ends of true spans in frames, found minus true: early starts and early ends are negative. Each true span is held against the
 * found one that shares most frames with it; `null` for the ends of a span that nothing shares a frame with. Ends at the programme's own
 * ends say nothing and are left out.
 */
export function endErrors(found: readonly Span[], truth: readonly Span[], frames: number): (number | null)[] {
  return truth.flatMap((span) => {
    const partner = bestPartner(found, span);
    const ends: (number | null)[] = [];
    if (span.first > 0) ends.push(partner ? partner.first - span.first : null);
    if (span.last < frames - 1) ends.push(partner ? partner.last - span.last : null);
    return ends;
  });
}

function bestPartner(found: readonly Span[], span: Span): Span | undefined {
  let best: Span | undefined;
  let most = 0;
  for (const other of found) {
    const shared = sharedSpans([other], [span]).reduce((sum, s) => sum + spanLength(s), 0);
    if (shared <= most) continue;
    most = shared;
    best = other;
  }
  return best;
}

/** Spans of several tracks as one list: in order, joined where they touch or overlap. */
export function joinSpans(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.first - b.first)) {
    const last = out.at(-1);
    if (last && span.first <= last.last + 1) out[out.length - 1] = { first: last.first, last: Math.max(last.last, span.last) };
    else out.push(span);
  }
  return out;
}
