import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TextlessError } from '../../core/errors.js';
import { MAPS, STATISTICS, type Evidence } from './suspects.js';

/** Evidence that a model weighs, and the sign that its weight may have. */
export const SIGNS = { ...STATISTICS, ...MAPS } as const;
export type EvidenceName = keyof typeof SIGNS;
export const STATISTICS_NAMES = Object.keys(STATISTICS) as (keyof typeof STATISTICS)[];
export const NAMES = Object.keys(SIGNS) as EvidenceName[];

/** A logistic regression on evidence; what it does not name does not count. */
export interface Odds {
  readonly bias: number;
  readonly weights: Partial<Readonly<Record<EvidenceName, number>>>;
}

/** Weights of statistics alone, where no network has looked: fitted by scripts/fit-logos.ts. */
export const STATISTICS_ALONE: Odds = {
  bias: -9.917,
  weights: {
    outlasts: 0.698,
    alone: 0.712,
    dense: 10.013,
    strong: 0.471,
    size: 0.55,
    moving: -0.63,
    aside: 1.592,
    light: 1.285,
    sharp: 4.717,
    margin: -15.353,
  },
};

const weight = z.number();
const fusionSchema = z.object({
  /** The network that it was fitted for. */
  sha256: z.string(),
  bias: weight,
  weights: z.object(Object.fromEntries(NAMES.map((n) => [n, weight])) as Record<EvidenceName, typeof weight>),
});

/** {@link Odds} that belong to a network. */
export type Fusion = z.infer<typeof fusionSchema>;

/**
 * Reads `fusion.json` of a model folder, written by scripts/fit-logos.ts. Undefined when it was fitted for another network than `sha256`: its
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

/** The share of places with this evidence that carry a mark, 0 … 1. */
export function confidenceOf({ bias, weights }: Odds, evidence: Evidence): number {
  const odds = NAMES.reduce((sum, name) => sum + (weights[name] ?? 0) * (evidence[name] ?? 0), bias);
  return 1 / (1 + Math.exp(-odds));
}
