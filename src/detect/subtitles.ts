import { boundsOf, spanLength, type Mask, type Span } from '../core/area.js';
import type { Finding } from '../plan/plan.js';
import type { InspectedCue } from './cue-inspection.js';

/** Facts about the programme that a cue is judged by. */
export interface CueContext {
  readonly shots: readonly Span[];
  readonly frames: number;
  /** Frames a second. */
  readonly rate: number;
  readonly width: number;
  readonly height: number;
}

/** Cues from which nothing is reported: too doubtful even to bother a person. */
const LEAST_CONFIDENCE = 0.2;
const NO_TEXT = -9;

/** Weighs inspected cues, settles those that claim the same place at the same time, and turns them into findings. */
export function subtitleFindings(cues: readonly InspectedCue[], context: CueContext): Finding[] {
  const judged = cues
    .filter((cue) => cue.before !== undefined || cue.after !== undefined) // neither end seen: it may be the scene itself
    .map((cue) => ({ cue, confidence: confidenceOf(cue, context) }));
  const kept: typeof judged = [];
  for (const one of judged.sort((a, b) => b.confidence - a.confidence)) {
    if (one.confidence < LEAST_CONFIDENCE) break;
    if (!kept.some((k) => sameCue(k.cue, one.cue))) kept.push(one);
  }
  return kept
    .sort((a, b) => a.cue.span.first - b.cue.span.first)
    .flatMap(({ cue, confidence }) => {
      const mask = tight(cue.mask);
      return mask ? [{ kind: 'subtitle' as const, spans: [cue.span], mask, confidence, why: reason(cue) }] : [];
    });
}

/** Log-odds with hand-set weights, started from the survey's own. */
function confidenceOf(cue: InspectedCue, { shots, rate, width }: CueContext): number {
  const { span, candidate, mask } = cue;
  const atCut = (t: number): boolean => shots.some((s) => Math.abs(s.first - t) <= 1);
  const ends = Number(atCut(span.first)) + Number(atCut(span.last + 1));
  const seconds = spanLength(span) / rate;
  let odds = 2 * (candidate.score ?? NO_TEXT) - 3.5;
  for (const side of [cue.before, cue.after]) odds += side === undefined ? -0.7 : side < 0.3 ? 0.7 : side < 0.5 ? 0 : -1;
  odds += cue.rise < 0.9 ? -4 : cue.rise < 1.15 ? -2 : cue.rise > 1.5 ? 0.7 : 0;
  odds += cue.unrest > 0.12 ? -1.5 : cue.unrest < 0.06 ? 0.5 : 0;
  odds += ends === 2 ? -3 : ends === 1 ? -1 : 0;
  odds += seconds < 0.6 || seconds > 15 ? -1 : 0;
  if (mask.box.x === 0 || mask.box.x + mask.box.width >= width) odds -= 3; // titles keep a margin; what reaches the border is the scene
  return 1 / (1 + Math.exp(-odds));
}

function reason({ span, rise }: InspectedCue): string {
  return `Lines of strokes appear together at frame ${span.first} and are gone after ${span.last}; edges there rise ${rise.toFixed(1)}-fold.`;
}

/** Whether two cues share most of their frames and touch. */
function sameCue(a: InspectedCue, b: InspectedCue): boolean {
  const shared = Math.min(a.span.last, b.span.last) - Math.max(a.span.first, b.span.first) + 1;
  if (shared < 0.3 * Math.min(spanLength(a.span), spanLength(b.span))) return false;
  return overlap(a.mask, b.mask) > 0.3;
}

/** Hidden pixels in both masks, as a share of the smaller one's. */
export function overlap(a: Mask, b: Mask): number {
  let na = 0,
    nb = 0,
    both = 0;
  for (let i = 0; i < b.data.length; i++) if (b.data[i]) nb++;
  for (let y = 0, i = 0; y < a.box.height; y++) {
    for (let x = 0; x < a.box.width; x++, i++) {
      if (!a.data[i]) continue;
      na++;
      const u = a.box.x + x - b.box.x;
      const v = a.box.y + y - b.box.y;
      if (u >= 0 && v >= 0 && u < b.box.width && v < b.box.height && b.data[v * b.box.width + u]) both++;
    }
  }
  return both / Math.max(1, Math.min(na, nb));
}

/** The mask cut down to its hidden pixels; undefined when it hides nothing. */
export function tight({ box, data }: Mask): Mask | undefined {
  const inner = boundsOf(data, box.width, box.height);
  if (!inner) return undefined;
  const out = new Uint8Array(inner.width * inner.height);
  for (let r = 0; r < inner.height; r++) {
    const from = (inner.y + r) * box.width + inner.x;
    out.set(data.subarray(from, from + inner.width), r * inner.width);
  }
  return { box: { ...inner, x: box.x + inner.x, y: box.y + inner.y }, data: out };
}
