import { spanLength, tight, type Span } from '../../core/area.js';
import type { CueLook } from './inspection.js';

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
export const LEAST_CONFIDENCE = 0.2;
/** Log-odds that readable text adds at most. */
export const CONFIRMED = 2.5;
const NO_TEXT = -9;

/** One end at least was seen; otherwise it may be the scene itself. */
export const isSeen = ({ before, after }: CueLook): boolean => before !== undefined || after !== undefined;

/** Whether readable text can still make a finding of a cue, or unreadable text unmake one. */
export const isWorthReading = (cue: CueLook, context: CueContext): boolean =>
  isSeen(cue) && logistic(oddsOf(cue, context) + CONFIRMED) >= LEAST_CONFIDENCE;

/** Samples from the picture's left or right border within which text does not stand. */
const BORDER = 3;

/** Log-odds with hand-set weights, started from the survey's own. */
export function oddsOf(cue: CueLook, { shots, rate, width }: CueContext): number {
  const { span, candidate, mask } = cue;
  const atCut = (t: number): boolean => shots.some((s) => Math.abs(s.first - t) <= 1 || Math.abs(s.last + 1 - t) <= 1);
  const ends = Number(atCut(span.first)) + Number(atCut(span.last + 1));
  const seconds = spanLength(span) / rate;
  let odds = 2 * (candidate.score ?? NO_TEXT) - 3.5;
  for (const side of [cue.before, cue.after]) odds += side === undefined ? -0.7 : side < 0.3 ? 0.7 : side < 0.5 ? 0 : -1;
  odds += cue.rise < 0.9 ? -4 : cue.rise < 1.15 ? -2 : cue.rise > 1.5 ? 0.7 : 0;
  odds += cue.unrest > 0.12 ? -1.5 : cue.unrest < 0.06 ? 0.5 : 0;
  odds += ends === 2 ? -3 : ends === 1 ? -1 : 0;
  const isWhole = cue.before !== undefined && cue.after !== undefined;
  odds += (isWhole && seconds < 0.6) || seconds > 15 ? -1 : 0;
  const shown = tight(mask)?.box ?? mask.box;
  if (shown.x <= BORDER || shown.x + shown.width >= width - BORDER) odds -= 3; // titles keep a margin; what reaches the border is the scene
  return odds;
}

export const logistic = (odds: number): number => 1 / (1 + Math.exp(-odds));
