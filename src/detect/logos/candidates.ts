import { boxesMeet, type Box, type Span } from '../../core/area.js';
import { confidenceOf, STATISTICS_ALONE, type Odds } from './fusion.js';
import { suspectsIn, type Perceived, type Suspect } from './suspects.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';

/** Edges that may belong to a logo, in samples of the surveyed size. */
export interface LogoCandidate {
  readonly box: Box;
  /** Indices into the surveyed picture, and the gradient of the mean picture there. */
  readonly pixel: Int32Array;
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  /** Stretches in which it stood still. */
  readonly seen: readonly Span[];
  readonly confidence: number;
  /** Confidence in it if it turns out to be a box with figures that change: a scene has few of those. */
  readonly asBar: number;
  readonly why: string;
  /** Mean of the perception network's map of text there, 0 … 1, where the network's word counts alone. */
  readonly text?: number;
  /** The only stretches in which it may show, where other texts stand at its place in others. */
  readonly within?: readonly Span[];
  /** Its strokes, where it is a watermark that stands once; see stamp.ts. */
  readonly strokes?: Strokes;
}

/** The strokes of a word. */
export interface Strokes {
  /** Their width, in samples of the surveyed size. */
  readonly thick: number;
  /** Indices into the surveyed picture. */
  readonly pixel: Int32Array;
}

/** Confidence below which a region is not looked at again. */
const HOPELESS = 0.12;
/** How much less than the steadiest part of a mark its other edges may persist. */
const SHARE = 6;
/** Log-odds by which the whole of a mark may be less sure than its surest part, and by which what statistics cut out may be less sure than what the network does. */
const NEARLY = 0.9;
const PREFERRED = 2;
/** Share of the edges of the largest place that the network gives which a tighter one must have. */
const MOST = 0.8;
/** Share of the scene that must move for statistics to say what a mark is. */
const BLIND = 0.25;
/** Share of the scene that must move for a mark to stand out at all; log-odds of the network's map from which its word counts; and what is claimed at most without. */
const STILL = 0.15;
const CERTAIN = 2;
export const UNSURE = 0.6;

interface Weighed extends Suspect {
  /** What the regression says, and what may be claimed. */
  readonly odds: number;
  readonly confidence: number;
  readonly asBar: number;
}

/**
 * Looks for logos in one stretch of frames without a cut: compact regions whose edges persist while the rest of the picture
 * changes, and what the perception network sees, where it has looked. Where everything stands still statistics say little, and the network most.
 * @param odds fitted with the maps when there are any
 */
export function logosInStretch(
  statistics: StretchStatistics,
  span: Span,
  odds: Odds = STATISTICS_ALONE,
  perceived?: Perceived,
): LogoCandidate[] {
  const all = suspectsIn(statistics, perceived).map((s) => weigh(s, odds));
  return wholes(all.filter((s) => s.confidence > HOPELESS)).map((one) => {
    // The scene's edges, which touch it, persist less.
    const pixel = one.perceived ? one.pixel : one.pixel.filter((p) => statistics.persistence[p] >= one.persists / SHARE);
    const candidate = candidateOf(statistics, { ...one, pixel }, span);
    const alone = one.seen && (one.perceived || one.evidence.moving < BLIND);
    return alone ? { ...candidate, why: 'The perception network sees it.', text: one.seen.text } : candidate;
  });
}

/** Before a still scene a person decides, as advertisements on a court look like marks to the network; so does one where only the network cut it out, without being certain. */
function weigh(suspect: Suspect, odds: Odds): Weighed {
  const { evidence, perceived } = suspect;
  const claimed = confidenceOf(odds, evidence);
  const limited = Math.min(UNSURE, claimed);
  const certain = (evidence.mark ?? 0) >= CERTAIN;
  const [still, alone] = [evidence.moving < STILL, perceived && !certain];
  return {
    ...suspect,
    odds: Math.log(claimed / (1 - claimed)),
    confidence: still || alone ? limited : claimed,
    asBar: alone || (still && !certain) ? limited : claimed,
  };
}

/** A candidate of what stands out in a stretch; `why` is for a person. */
function candidateOf({ gx, gy }: StretchStatistics, { box, pixel, confidence, asBar }: Weighed, span: Span): LogoCandidate {
  const why = 'Its edges persist while the scene changes.';
  const at = (map: Float32Array): Float32Array => Float32Array.from(pixel, (p) => map[p]);
  return { box, pixel, gx: at(gx), gy: at(gy), seen: [span], confidence, asBar, why };
}

/**
 * One of all suspects that meet: whole rather than in part, so not the surest, but of those nearly as sure the one with most edges. Statistics cut out finer than
 * the network's map, of which small parts seem surest: theirs are preferred. It has the confidence of the surest, and of those that statistics cut out, and of the
 * persistences the highest.
 */
function wholes(suspects: readonly Weighed[]): Weighed[] {
  const out: Weighed[] = [];
  let left = [...suspects].sort((a, b) => b.odds - a.odds);
  while (left.length) {
    const [{ box, odds }] = left;
    const meeting = left.filter((s) => boxesMeet(s.box, box));
    const [standing] = meeting.filter((s) => !s.perceived && odds - s.odds < PREFERRED);
    const same = meeting.filter((s) => s.perceived === !standing && (standing ?? left[0]).odds - s.odds < NEARLY);
    const whole = standing ? (standing.evidence.moving < BLIND ? agreeing(same) : most(same)) : tightest(same);
    const say = [left[0], ...same, ...meeting.filter((s) => !s.perceived)];
    const confidence = Math.max(...say.map((s) => s.confidence));
    const asBar = Math.max(...say.map((s) => s.asBar));
    out.push({ ...whole, confidence, asBar, persists: Math.max(...meeting.map((s) => s.persists)) });
    left = left.filter((s) => !boxesMeet(s.box, box) && !boxesMeet(s.box, whole.box));
  }
  return out;
}

/**
 * Where everything stands and statistics cannot tell a mark's edges from the scene's beside it: the box that agrees best with what the network sees, by the
 * Jaccard index of its map's sums. The one with most edges where it has not looked.
 */
function agreeing(of: readonly Weighed[]): Weighed {
  const sums = of.map(({ box, seen }) => (seen?.mark ?? 0) * box.width * box.height);
  const all = Math.max(...sums);
  const shares = of.map(({ box }, i) => sums[i] / (box.width * box.height + all - sums[i]));
  const best = Math.max(...shares);
  return best > 0 ? of[shares.indexOf(best)] : most(of);
}

const most = (of: readonly Weighed[]): Weighed => of.reduce((a, b) => (b.pixel.length > a.pixel.length ? b : a));

/** Of what the network's map gives at different levels, the tightest that has most of it. */
function tightest(of: readonly Weighed[]): Weighed {
  const enough = MOST * most(of).pixel.length;
  return of.filter((s) => s.pixel.length >= enough).reduce((a, b) => (b.pixel.length < a.pixel.length ? b : a));
}
