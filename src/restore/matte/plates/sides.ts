/** α of a row or a column of samples, as they say together; NaN where they say nothing. */
export type Profile = (at: number) => number;

/** A side to be found. */
export interface Sought {
  readonly profile: Profile;
  /** Where it should be: before that sample. */
  readonly at: number;
  /** The samples that it is sought before and after. */
  readonly from: number;
  readonly to: number;
  readonly opacity: number;
}

/** By how much α must fit better elsewhere, a sample away from where a side should be; and for two lines to overlap or lie apart. */
const AWAY = 0.01;
const OTHERWISE = 0.5;
/** α by which a sample may be off at most: what is farther off says no more. */
const MOST = 0.5;

const off = (value: number, should: number): number => (Number.isNaN(value) ? 0 : Math.min(MOST, Math.abs(value - should)));

/** Where a plate begins (`inwards` 1) or ends (−1): before which sample the step from nothing to its opacity fits best. */
export function stepAt({ profile, at, from, to, inwards, opacity }: Sought & { readonly inwards: 1 | -1 }): number {
  const values = Array.from({ length: Math.max(0, to - from) }, (_, k) => profile(from + k));
  const misfit = (edge: number): number =>
    values.reduce((sum, v, k) => sum + off(v, from + k >= edge === inwards > 0 ? opacity : 0), AWAY * Math.abs(edge - at));
  let best = Math.max(from, Math.min(to, at));
  for (let edge = from; edge <= to; edge++) if (misfit(edge) < misfit(best)) best = edge;
  return best;
}

/** How much of each of some samples a plate covers that lies from one on to before another: all within, but for those at its ends, which say it themselves. */
export function coverage(
  length: number,
  from: number,
  to: number,
  { profile, opacity }: Pick<Sought, 'profile' | 'opacity'>,
): Float32Array {
  const out = new Float32Array(length).fill(1, Math.max(0, from), Math.max(0, to));
  for (const k of [from - 1, from, to - 1, to]) {
    const share = k < 0 || k >= length ? NaN : profile(k) / opacity;
    if (!Number.isNaN(share)) out[k] = Math.max(0, Math.min(1, share));
  }
  return out;
}

/** Two plates, one below the other: where the upper ends and the lower begins. They touch, overlap, or let the scene be seen between them. */
export function rowsWithin({ profile, at, from: first, to, opacity }: Sought): { readonly bottom: number; readonly top: number } {
  const values = Array.from({ length: Math.max(0, to - first) }, (_, k) => profile(first + k));
  const twice = 1 - (1 - opacity) ** 2;
  const gain = (k: number, level: number): number => off(values[k], opacity) - off(values[k], level);
  let best = { by: OTHERWISE, bottom: at, top: at };
  for (let from = 0; from < values.length; from++) {
    let [over, apart] = [0, 0];
    for (let last = from; last < values.length; last++) {
      over += gain(last, twice);
      apart += gain(last, 0);
      if (over > best.by) best = { by: over, bottom: first + last + 1, top: first + from };
      if (apart > best.by) best = { by: apart, bottom: first + from, top: first + last + 1 };
    }
  }
  return best;
}
