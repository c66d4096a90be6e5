import { boxesMeet, type Box, type Span } from '../core/area.js';
import { confidenceOf, STATISTICS_ALONE, type Odds } from './fusion.js';
import { suspectsIn, type Evidence, type Perceived, type Suspect } from './logo-suspects.js';
import type { StretchStatistics } from './stretch-statistics.js';

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
  readonly why: string;
  /** Mean of the perception network's map of text there, 0 … 1, when the network alone suspects it. */
  readonly text?: number;
}

/** Confidence below which a region is not looked at again. */
const HOPELESS = 0.12;
/** Confidence from which more says nothing. */
const SURE = 0.95;
/** How much less than the steadiest part of a mark its other edges may persist. */
const SHARE = 6;
/** Share of its surest part's confidence that the whole of a mark has; and share of the edges of the largest such place that it has too. */
const WHOLE = 0.8;
const MOST = 0.8;

/** Share of the scene that must move for a mark to stand out at all; log-odds of the network's map from which its word is enough; and what is claimed at most without either. */
const STILL = 0.15;
const CERTAIN = 2;
const UNSURE = 0.6;

type Weighed = Suspect & { readonly confidence: number };

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
  const all = suspectsIn(statistics, perceived).map((s) => ({ ...s, confidence: weigh(s.evidence, odds) }));
  const hopeful = all.filter((s) => s.confidence > HOPELESS);
  const found = [...hopeful.filter((s) => !s.perceived), ...wholes(hopeful.filter((s) => s.perceived))];
  // Among those that are sure, the one with the most of the mark.
  const rank = (c: Weighed): number => Math.min(SURE, c.confidence);
  found.sort((a, b) => rank(b) - rank(a) || b.pixel.length - a.pixel.length);
  return found
    .filter((one, i) => !found.slice(0, i).some((surer) => boxesMeet(surer.box, one.box)))
    .map((one) => {
      const least = Math.max(...found.filter((f) => boxesMeet(f.box, one.box)).map((f) => f.persists)) / SHARE;
      const { box, confidence, perceived: alone, seen } = one;
      // The scene's edges, which touch it, persist less.
      const pixel = alone ? one.pixel : one.pixel.filter((p) => statistics.persistence[p] >= least);
      const candidate = candidateOf(statistics, box, pixel, span, confidence);
      return alone
        ? { ...candidate, why: 'The perception network sees it on a picture that hardly moves.', text: seen?.text ?? 0 }
        : candidate;
    });
}

/** {@link confidenceOf}, but on a still picture a person decides unless the network is certain. */
function weigh(evidence: Evidence, odds: Odds): number {
  const confidence = confidenceOf(odds, evidence);
  return evidence.moving < STILL && (evidence.mark ?? 0) < CERTAIN ? Math.min(UNSURE, confidence) : confidence;
}

/** A candidate of what stands out in a stretch; `why` is for a person. */
function candidateOf({ gx, gy }: StretchStatistics, box: Box, pixel: Int32Array, span: Span, confidence: number): LogoCandidate {
  const why = 'Its edges persist while the scene changes.';
  const at = (map: Float32Array): Float32Array => Float32Array.from(pixel, (p) => map[p]);
  return { box, pixel, gx: at(gx), gy: at(gy), seen: [span], confidence, why };
}

/** Of places that meet, cut out at different levels, the tightest that has most of what is nearly as sure as the surest, with the confidence of that one. */
function wholes(places: readonly Weighed[]): Weighed[] {
  const out: Weighed[] = [];
  let left = [...places].sort((a, b) => b.confidence - a.confidence);
  while (left.length) {
    const [{ box, confidence }] = left;
    const same = left.filter((p) => boxesMeet(p.box, box) && p.confidence >= WHOLE * confidence);
    const most = MOST * Math.max(...same.map((p) => p.pixel.length));
    const whole = same.filter((p) => p.pixel.length >= most).reduce((a, b) => (b.pixel.length < a.pixel.length ? b : a));
    out.push({ ...whole, confidence });
    left = left.filter((p) => !boxesMeet(p.box, box) && !boxesMeet(p.box, whole.box));
  }
  return out;
}
