import type { Programme } from './programme.js';

/** Largest rate in bits a second, and the buffer in bits over which it is measured. */
export interface Ceiling {
  readonly rate: number;
  readonly buffer: number;
}

/** Options that keep an encoder below all of these. */
export function capped(...ceilings: readonly (Ceiling | undefined)[]): (readonly [string, string])[] {
  const set = ceilings.filter((c) => c !== undefined);
  if (set.length === 0) return [];
  return [
    ['maxrate', String(Math.min(...set.map((c) => c.rate)))],
    ['bufsize', String(Math.min(...set.map((c) => c.buffer)))],
  ];
}

/** Largest rate and buffer of the levels of H.264 in kbit (Recommendation H.264, table A-1), by ten times the level. */
export const H264_LEVELS: readonly (readonly [level: number, rate: number, buffer: number])[] = [
  [10, 64, 175],
  [11, 192, 500],
  [12, 384, 1000],
  [13, 768, 2000],
  [20, 2000, 2000],
  [21, 4000, 4000],
  [30, 10_000, 10_000],
  [31, 14_000, 14_000],
  [32, 20_000, 20_000],
  [40, 20_000, 25_000],
  [41, 50_000, 62_500],
  [50, 135_000, 135_000],
  [51, 240_000, 240_000],
];
/** And of the main tier of HEVC (Recommendation H.265, table A.9), by 30 times the level. */
export const HEVC_LEVELS: typeof H264_LEVELS = [
  [60, 1500, 1500],
  [63, 3000, 3000],
  [90, 6000, 6000],
  [93, 10_000, 10_000],
  [120, 12_000, 12_000],
  [123, 20_000, 20_000],
  [150, 25_000, 25_000],
  [153, 40_000, 40_000],
  [156, 60_000, 60_000],
  [183, 120_000, 120_000],
];

/** cpbBrVclFactor by profile (Recommendation H.264, table A-2); 1000 elsewhere. */
const VCL_FACTORS: readonly (readonly [RegExp, number])[] = [
  [/^High$/, 1250],
  [/^High 10/, 3000],
  [/^High 4/, 4000],
];

/** What a level allows; receivers of a broadcast count on the level that its tables and parameter sets state. */
export function levelCeiling(levels: typeof H264_LEVELS, { container, bytes, durationSeconds, video }: Programme): Ceiling | undefined {
  const { level, profile } = video;
  if (container !== 'mpegts') return undefined;
  const found = levels.filter(([at]) => at <= (level ?? 0)).at(-1);
  const bits = VCL_FACTORS.find(([name]) => name.test(profile ?? ''))?.[1] ?? 1000;
  const ceiling = found && { rate: found[1] * bits, buffer: found[2] * bits };
  // A source that does not keep to its level itself is not one to be made worse for it.
  return ceiling && bytes * 8 <= ceiling.rate * (durationSeconds ?? 0) ? ceiling : undefined;
}
