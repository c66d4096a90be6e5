import { spanLength, type Span } from '../../core/area.js';
import type { Finding } from '../../plan/plan.js';

/** Share of a shot in which a logo that belongs to it shows. */
const WHOLE = 0.5;
/** Shots from which on one that something stands in alone speaks against its being a logo: a station's outlasts shots, what belongs to a scene goes with it. */
const MANY = 4;
/** Shots from which on this speaks even against what is sure by itself, and log-odds that it takes. */
const VERY_MANY = 8;
const AGAINST = 3;

/** Whether a finding shows in one shot of many. */
export function isAlone({ spans }: Finding, shots: readonly Span[]): boolean {
  const shown = shots.filter((shot) =>
    spans.some((s) => Math.min(s.last, shot.last) - Math.max(s.first, shot.first) + 1 > WHOLE * spanLength(shot)),
  );
  return shots.length >= MANY && shown.length <= 1;
}

/** Logos with less confidence where they stand in one shot of very many. */
export const doubted = (findings: readonly Finding[], shots: readonly Span[]): Finding[] =>
  findings.map((one) => {
    if (one.kind !== 'logo' || shots.length < VERY_MANY || !isAlone(one, shots)) return one;
    const odds = (one.confidence / (1 - one.confidence)) * Math.exp(-AGAINST);
    return { ...one, confidence: odds / (1 + odds) };
  });
