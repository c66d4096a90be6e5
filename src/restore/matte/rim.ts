import type { Hole } from './hole.js';
import type { Ends } from './opacity.js';

/** What a mark's outline or shadow adds to its matte; maps of the hole's box. */
export interface RimMap {
  /** α of the whole mark. */
  readonly alpha: Float32Array;
  /** 1 where it is the rim's. */
  readonly where: Uint8Array;
  /** Level of the rim, 8 bits. */
  readonly level: number;
}

/** α from which a sample is a rim's. */
const LEAST = 0.01;
/** Largest α of a rim: what is more is no outline of a mark that the scene shines through. */
const MOST = 0.6;

/** Ghost of a mark in one colour from which it may have a rim; what may stay of it at most where it has one, and as a share. */
const TRACE = 1.2;
const CLEAN = 1.6;
const CLEARER = 0.8;
/** By how much more opaque than it seems either colour may be: each blurs the other. */
const SCALES = [0.8, 1, 1.2, 1.4, 1.6, 1.8];

/** A mark's mean picture, the scene that is likely there, and its error: levels of the hole's box. */
interface Seen {
  readonly mean: Float32Array;
  readonly scene: Float32Array;
  readonly error: Float32Array;
  readonly hole: Hole;
  readonly ends: Ends;
}

interface Body {
  readonly alpha: Float32Array;
  readonly level: number;
  readonly ghost: number;
}

/** A matte in two colours; `by` how much the body is more opaque than it seemed. */
interface Rimmed extends RimMap {
  readonly by: number;
  readonly ghost: number;
}

/**
 * Looks for an outline or a shadow of the other tone, where taking off the mark in one colour leaves a ghost. Of both colours that opacity counts which leaves least in the
 * mean picture.
 * @param ghostOf what stays when so much of such colours is taken off
 * @returns undefined where there is none, or where that leaves a ghost as well
 */
export function withRim(
  seen: Seen,
  body: Body,
  ghostOf: (alpha: Float32Array, colour: (i: number) => number) => number,
): Rimmed | undefined {
  if (body.ghost < TRACE) return undefined;
  const rim = rimOf(seen, body);
  const colour = (i: number): number => (rim.where[i] ? rim.level : body.level);
  const tried = SCALES.flatMap((by) =>
    SCALES.map((byRim) => {
      const alpha = rim.alpha.map((a, i) => Math.min(1, a * (rim.where[i] ? byRim : by)));
      return { ...rim, alpha, by, ghost: ghostOf(alpha, colour) };
    }),
  );
  const best = tried.reduce((a, b) => (b.ghost < a.ghost ? b : a));
  return best.ghost <= Math.min(CLEAN, CLEARER * body.ghost) ? best : undefined;
}

/** Where the mean picture differs from the scene the other way than by the body. Each sample's own α counts as far as those around it stand out of their error (Wiener's filter). */
function rimOf({ mean, scene, error, hole: { depth, box }, ends: { white, black } }: Seen, body: Body): RimMap {
  const { width } = box;
  const level = body.level < (white + black) / 2 ? white : black;
  const rate = mean.map((m, i) => (depth[i] ? Math.max(0, Math.min(MOST, (m - scene[i]) / (level - scene[i] || 1))) : 0));
  const around = [-width - 1, -width, -width + 1, -1, 0, 1, width - 1, width, width + 1];
  const where = new Uint8Array(mean.length);
  const alpha = body.alpha.slice();
  for (let i = 0; i < mean.length; i++) {
    if (!rate[i]) continue;
    const power = around.reduce((sum, by) => sum + (rate[i + by] ?? 0) ** 2, 0) / 9;
    const noise = (error[i] / Math.max(1, Math.abs(level - scene[i]))) ** 2;
    const own = rate[i] * Math.max(0, 1 - noise / power);
    if (own <= Math.max(LEAST, alpha[i])) continue;
    alpha[i] = own;
    where[i] = 1;
  }
  return { alpha, where, level };
}
