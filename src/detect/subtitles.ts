import { spanLength, type Mask, type Span } from '../core/area.js';
import type { Finding } from '../plan/plan.js';
import type { InspectedCue } from './cue-inspection.js';
import { overlap, tight } from './masks.js';

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
      return mask ? [{ kind: kindOf(cue, mask, context), spans: [cue.span], mask, confidence, why: reason(cue) }] : [];
    });
}

/** Height of a line, as a share of the picture's, from which text is a title. */
const LARGE = 0.095;
/** A name banner: the share of its box that is plate, its largest width, how far it stands from the middle, how high it may begin. */
const BANNER = { plate: 0.8, width: 0.62, aside: 0.08, top: 0.5 };

/** Titles are large; lower thirds stand on a plate of their own beside the middle. */
function kindOf({ lineShare }: InspectedCue, { box, data }: Mask, { width, height }: CueContext): 'subtitle' | 'title' {
  if (lineShare > LARGE) return 'title';
  const plate = data.filter((v) => v).length / data.length;
  const aside = Math.abs((box.x + box.width / 2) / width - 0.5);
  const banner = plate > BANNER.plate && box.width < BANNER.width * width && aside > BANNER.aside && box.y > BANNER.top * height;
  return banner ? 'title' : 'subtitle';
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
