import { spanLength, type Span } from '../../core/area.js';
import type { Finding } from '../../plan/plan.js';

/** Share of a shot in which a logo that belongs to it shows. */
const WHOLE = 0.5;
/** Shots from which on one that something stands in alone speaks against its being a logo: a station's outlasts shots, what belongs to a scene goes with it. */
const MANY = 4;
/** Shots from which on this speaks even against what is sure by itself, log-odds that it takes, and frames that a shot's own thing may seem to show beside it. */
const VERY_MANY = 8;
const AGAINST = 3;
const BESIDE = 12;

/** Frames of a finding that lie in a shot. */
const framesIn = ({ spans }: Finding, shot: Span): number =>
  spans.reduce((sum, s) => sum + Math.max(0, Math.min(s.last, shot.last) - Math.max(s.first, shot.first) + 1), 0);

/** Whether a finding shows in one shot of many. */
export const isAlone = (finding: Finding, shots: readonly Span[]): boolean =>
  shots.length >= MANY && shots.filter((shot) => framesIn(finding, shot) > WHOLE * spanLength(shot)).length <= 1;

/** Logos with less confidence where they stand in one shot of very many, and next to nowhere else. */
export const doubted = (findings: readonly Finding[], shots: readonly Span[]): Finding[] =>
  findings.map((one) => {
    if (one.kind !== 'logo' || shots.length < VERY_MANY || !isAlone(one, shots)) return one;
    const shown = shots.map((shot) => framesIn(one, shot));
    if (shown.reduce((sum, n) => sum + n, 0) - Math.max(...shown) > BESIDE) return one;
    const left = one.confidence * Math.exp(-AGAINST);
    return { ...one, confidence: left / (left + (1 - one.confidence)) };
  });
