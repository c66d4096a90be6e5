import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TextlessError } from '../core/errors.js';
import { boxesMeet, type Box, type Span } from '../core/area.js';
import { candidateOf, medianAt, type LogoCandidate } from './logo-candidates.js';
import type { PerceptionMaps } from './perception.js';
import { boxOf, placesSeen, seenAt, type Seen } from './perceived.js';
import { SceneBlocks } from './scene-blocks.js';
import type { StretchStatistics } from './stretch-statistics.js';

/**
 * What the network's side of the odds is made of, and the sign that a weight may have: confidence never falls when the network sees more of a mark,
 * and never rises with writing of the scene.
 */
export const EVIDENCE = {
  /** Log-odds of the maps' means inside the region. */
  mark: 1,
  text: 1,
  band: 1,
  logo: 1,
  /** The same of `mark` in a ring around it. */
  around: -1,
  /** `scene` inside, 0 … 1. */
  scene: -1,
  /** Logarithm of the persistence of its edges: of what came or went meanwhile it is small. */
  persists: 1,
  /** Distance of the region from the picture's nearest border, as a share of its shorter side: signs stand anywhere, marks at the border. */
  margin: -1,
} as const;
export type EvidenceName = keyof typeof EVIDENCE;
export type Evidence = Readonly<Record<EvidenceName, number>>;

/** Largest log-odds that count, either way; and persistence from which more says nothing. */
const ODDS = 4;
const STEADY = 10;
/** Log-odds that the network may take away from what statistics suspect: it is wrong more often than they are. */
const LITTLE = 0.5;
/**
 * Log-odds of the network's `mark` inside a place from which its word counts. The clean clips that the fusion was fitted to, most of which it was
 * trained on, stay below 1.7, drawn houses in whose windows it sees letters below 1.95; three quarters of the true marks lie above 2.
 */
const CERTAIN = 2;
/** Share of the picture that must stand still for statistics to be blind, so that the network's word alone counts. */
const BLIND = 0.25;

const logit = (p: number): number => Math.max(-ODDS, Math.min(ODDS, Math.log((p + 1e-6) / (1 - p + 1e-6))));

const weight = z.number();
const names = Object.keys(EVIDENCE) as EvidenceName[];
const fusionSchema = z.object({
  /** The network that it was fitted for. */
  sha256: z.string(),
  bias: weight,
  weights: z.object(Object.fromEntries(names.map((n) => [n, weight])) as Record<EvidenceName, typeof weight>),
});

/** A logistic regression. */
export type Fusion = z.infer<typeof fusionSchema>;

/**
 * Reads `fusion.json` of a model folder, written by scripts/fit-fusion.ts. Undefined when it was fitted for another network than `sha256`: its
 * weights would mean nothing.
 * @throws TextlessError TEXTLESS_MODEL
 */
export async function readFusion(folder: string, sha256: string): Promise<Fusion | undefined> {
  const file = path.join(folder, 'fusion.json');
  try {
    const fusion = fusionSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return fusion.sha256 === sha256 ? fusion : undefined;
  } catch (cause) {
    throw new TextlessError('TEXTLESS_MODEL', `The weights of the network's evidence, ${file}, cannot be read.`, String(cause), { cause });
  }
}

/**
 * The share of places with this evidence that carry a mark. Where statistics suspect nothing the network decides; otherwise it adds to their log-odds as far as
 * they are blind, and takes away little.
 */
export function confidenceOf({ bias, weights }: Pick<Fusion, 'bias' | 'weights'>, { evidence, still, known }: Suspicion): number {
  const seen = names.reduce((sum, name) => sum + weights[name] * evidence[name], bias);
  const most = evidence.mark > CERTAIN ? Infinity : LITTLE;
  const odds = known ? logit(known.confidence) + still * Math.max(-LITTLE, Math.min(most, seen)) : seen;
  return 1 / (1 + Math.exp(-odds));
}

/** What speaks for a mark at a place. */
export interface Suspicion {
  readonly evidence: Evidence;
  /** Share of the picture around that stands still, 0 … 1. */
  readonly still: number;
  /** What statistics suspect. */
  readonly known?: Pick<LogoCandidate, 'confidence'> | undefined;
}

/** A place where statistics or the network suspect a mark. */
export interface Suspect extends Suspicion {
  readonly box: Box;
  readonly known?: LogoCandidate | undefined;
  /** Its edges in the surveyed picture. */
  readonly pixel: Int32Array;
  readonly seen: Seen;
}

/** What statistics suspect in a stretch, and what the network sees where they are blind, each with all the evidence. */
export function suspectsIn(
  statistics: StretchStatistics,
  logos: readonly LogoCandidate[],
  perceived: PerceptionMaps,
  threshold: number,
): Suspect[] {
  const scene = new SceneBlocks(statistics);
  const suspect = (pixel: Int32Array, known?: LogoCandidate): Suspect => {
    const box = boxOf(pixel, statistics.width);
    const seen = seenAt(perceived, box, statistics);
    return { box, known, pixel, seen, still: 1 - scene.without(box).moving, evidence: evidenceOf(seen, box, pixel, statistics) };
  };
  const alone = placesSeen(perceived, threshold, statistics).map((pixel) => suspect(pixel));
  return [...logos.map((logo) => suspect(logo.pixel, logo)), ...alone.filter(({ still }) => still > BLIND)];
}

function evidenceOf({ inside, around }: Seen, box: Box, pixel: Int32Array, { width, height, persistence }: StretchStatistics): Evidence {
  return {
    mark: logit(inside.mark),
    text: logit(inside.text),
    band: logit(inside.band),
    logo: logit(inside.logo),
    around: logit(around.mark),
    scene: inside.scene,
    persists: Math.log(Math.min(STEADY, medianAt(persistence, pixel))),
    margin: Math.min(box.x, box.y, width - box.x - box.width, height - box.y - box.height) / Math.min(width, height),
  };
}

/** Confidence below which nothing is looked at again. */
const HOPELESS = 0.12;
/** Share of its surest part's confidence that the whole of a mark has; and share of the edges of the largest such place that it has too. */
const WHOLE = 0.8;
const MOST = 0.8;

/** What there is to look at again in a stretch: what statistics suspect, weighed anew, and what the network alone sees. */
export function fused(suspects: readonly Suspect[], fusion: Fusion, statistics: StretchStatistics, span: Span): LogoCandidate[] {
  const known = suspects.flatMap((s) => (s.known ? [{ ...s.known, confidence: confidenceOf(fusion, s) }] : []));
  const alone = suspects
    .filter(({ known, evidence }) => !known && evidence.mark > CERTAIN)
    .map((s) => ({ ...s, confidence: confidenceOf(fusion, s) }))
    .filter(({ box, confidence }) => confidence > HOPELESS && !known.some((k) => k.confidence >= confidence && boxesMeet(k.box, box)));
  return [
    ...known,
    ...wholes(alone).map(({ box, pixel, confidence, seen }) => ({
      ...candidateOf(statistics, box, pixel, span, confidence),
      why: 'The perception network sees it on a picture that hardly moves.',
      text: seen.inside.text,
    })),
  ];
}

/** Of places that meet, cut out at different levels, the tightest that has most of what is nearly as sure as the surest, with the confidence of that one. */
function wholes<T extends { readonly box: Box; readonly pixel: Int32Array; readonly confidence: number }>(places: readonly T[]): T[] {
  const out: T[] = [];
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
