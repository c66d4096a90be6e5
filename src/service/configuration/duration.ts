import { z } from 'zod';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `90`, `10s`, `5m`, `2h`, `1d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(text);
  return parts ? Number(parts[1]) * UNITS[parts[2]] : undefined;
}

/** A length of time as people write it, as seconds. */
export const duration = z
  .union([z.number().min(0), z.string()])
  .refine((v) => typeof v === 'number' || parseDuration(v) !== undefined, { message: 'must be seconds, or a time such as 10s, 5m or 2h' })
  .transform((v) => (typeof v === 'number' ? v : (parseDuration(v) ?? 0)));
