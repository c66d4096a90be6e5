import type { Peak, SelfSimilarity } from './self-similarity.js';

/** A shift in samples. */
export interface Shift {
  readonly x: number;
  readonly y: number;
}

/** All sums of whole multiples of two shifts, in samples of the surveyed size. Where a pattern repeats in one direction only, `b` leads out of the picture. */
export interface Lattice {
  readonly a: Shift;
  readonly b: Shift;
}

/** Peaks that are tried as shifts, the least of them as a share of the first, and how far apart they lie. */
const TRIED = 20;
const LEAST_PEAK = 0.2;
const APART = 6;
/** Shortest shift, as a share of the picture's shorter side: of peaks, and of what divides them. */
const NEAREST = 0.12;
const SHORTEST = 0.06;
/** Share of the picture that must overlap where a lattice is judged. */
const OVERLAP = 0.08;
/** Share of the clearest peak's value below which a place speaks against a lattice. */
const WORTH = 0.3;
/** Multiples of both shifts that are looked at. */
const REACH = 9;
/** Places between those of a lattice that may belong to it, too: (i a + j b) / n. */
const DIVISIONS = [
  [0, 1, 2],
  [1, 0, 2],
  [1, 1, 2],
  [0, 1, 3],
  [1, 0, 3],
  [1, 1, 3],
  [1, 2, 3],
] as const;

/** A place of a lattice, i a + j b, and the share of the picture that overlaps there. */
interface Place extends Shift {
  readonly i: number;
  readonly j: number;
  readonly overlap: number;
}

/**
 * The lattice at whose places a picture is most like itself. All pairs of peaks are tried; places where it is like itself
 * count for a lattice, others against it, so that neither a part of the pattern nor a grid finer than it wins. Undefined
 * when there is no peak at all.
 */
export function latticeOf(similarity: SelfSimilarity): Lattice | undefined {
  const peaks = peaksOf(similarity);
  if (!peaks.length) return undefined;
  const worth = WORTH * Math.max(...peaks.slice(0, 3).map((p) => p.value * Math.min(1, 2 * Math.sqrt(similarity.overlap(p.x, p.y)))));
  const score = (l: Lattice): number => {
    let sum = 0;
    for (const { x, y, overlap } of placesOf(l, similarity)) sum += (Math.min(1, similarity.peakNear(x, y).value) - worth) * overlap;
    return sum;
  };
  const tried = peaks.flatMap((a, k) => [
    inOneDirection(a, similarity),
    ...peaks
      .slice(k + 1)
      .filter((b) => isAcross(a, b))
      .map((b) => reduced(a, b)),
  ]);
  return doubled(fitted(divided(highest(tried, score), score, similarity), similarity, worth));
}

/** The highest places that are not next to a higher one; where little overlaps, chance makes high values, and they count less. */
function peaksOf(similarity: SelfSimilarity): Peak[] {
  const { values, width, height } = similarity;
  const weighed = new Float32Array(values.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = -width; x < width; x++, i++) {
      const overlap = similarity.overlap(x, y);
      if (overlap < OVERLAP || Math.hypot(x, y) < NEAREST * Math.min(width, height) || (y === 0 && x < 0)) continue;
      weighed[i] = Math.min(1.5, values[i]) * Math.sqrt(overlap);
    }
  const peaks: Peak[] = [];
  let first = 0;
  while (peaks.length < TRIED) {
    let best = 0;
    for (let i = 1; i < weighed.length; i++) if (weighed[i] > weighed[best]) best = i;
    if (weighed[best] <= LEAST_PEAK * first) break;
    first ||= weighed[best];
    const y = Math.floor(best / (2 * width));
    const x = best - y * 2 * width;
    peaks.push({ x: x - width, y, value: values[best] });
    for (let v = Math.max(0, y - APART); v <= Math.min(height - 1, y + APART); v++)
      weighed.fill(0, v * 2 * width + Math.max(0, x - APART), v * 2 * width + Math.min(2 * width, x + APART + 1));
  }
  return peaks;
}

/** The places of one half plane, so that none comes twice with its opposite. */
function placesOf({ a, b }: Lattice, similarity: SelfSimilarity): Place[] {
  const out: Place[] = [];
  for (let i = 0; i <= REACH; i++)
    for (let j = i ? -REACH : 1; j <= REACH; j++) {
      const [x, y] = [i * a.x + j * b.x, i * a.y + j * b.y];
      const overlap = similarity.overlap(x, y);
      if (overlap > OVERLAP) out.push({ i, j, x, y, overlap });
    }
  return out;
}

const length = ({ x, y }: Shift): number => Math.hypot(x, y);

/** The area of a cell, with a sign. */
export const areaOf = ({ a, b }: Lattice): number => a.x * b.y - a.y * b.x;

const isAcross = (a: Shift, b: Shift): boolean => Math.abs(areaOf({ a, b })) > 0.2 * length(a) * length(b);

/** A lattice whose other shift leads out of the picture. */
function inOneDirection(a: Shift, { width, height }: { readonly width: number; readonly height: number }): Lattice {
  const far = (1.1 * Math.hypot(width, height)) / length(a);
  return { a, b: { x: -a.y * far, y: a.x * far } };
}

/** The shortest shifts that make the same lattice (Lagrange and Gauss). */
export function reduced(a: Shift, b: Shift): Lattice {
  let [short, long] = [a, b];
  for (;;) {
    if (length(short) > length(long)) [short, long] = [long, short];
    const share = (short.x * long.x + short.y * long.y) / (short.x * short.x + short.y * short.y);
    // Two shifts may be equally short: without the margin, rounding errors swap them for ever.
    if (!(Math.abs(share) > 0.5 + 1e-6)) return { a: short, b: long };
    const times = Math.round(share);
    long = { x: long.x - times * short.x, y: long.y - times * short.y };
  }
}

function highest(lattices: readonly Lattice[], score: (l: Lattice) => number): Lattice {
  let [best, most] = [lattices[0], -Infinity];
  for (const one of lattices) {
    const value = score(one);
    if (value > most) [best, most] = [one, value];
  }
  return best;
}

/** The lattice, or a finer one that is more like the picture. */
function divided(lattice: Lattice, score: (l: Lattice) => number, similarity: SelfSimilarity): Lattice {
  const { a, b } = lattice;
  const least = SHORTEST * Math.min(similarity.width, similarity.height);
  const finer = DIVISIONS.map(([i, j, n]) => {
    const part = { x: (i * a.x + j * b.x) / n, y: (i * a.y + j * b.y) / n };
    return i ? reduced(part, b) : reduced(a, part);
  }).filter((l) => length(l.a) >= least);
  const best = highest([lattice, ...finer], score);
  return best === lattice ? lattice : divided(best, score, similarity);
}

/** The shifts to a part of a sample: those that meet the peaks at all places best (least squares). */
function fitted(lattice: Lattice, similarity: SelfSimilarity, worth: number): Lattice {
  let [ii, ij, jj, ix, iy, jx, jy] = [0, 0, 0, 0, 0, 0, 0];
  for (const { i, j, x, y, overlap } of placesOf(lattice, similarity)) {
    const peak = similarity.peakNear(x, y);
    if (peak.value < worth) continue;
    const weight = peak.value * overlap;
    ii += weight * i * i;
    ij += weight * i * j;
    jj += weight * j * j;
    ix += weight * i * peak.x;
    iy += weight * i * peak.y;
    jx += weight * j * peak.x;
    jy += weight * j * peak.y;
  }
  const determinant = ii * jj - ij * ij;
  if (determinant > 1e-6)
    return {
      a: { x: (jj * ix - ij * jx) / determinant, y: (jj * iy - ij * jy) / determinant },
      b: { x: (ii * jx - ij * ix) / determinant, y: (ii * jy - ij * iy) / determinant },
    };
  return ii > 0 && !jj ? inOneDirection({ x: ix / ii, y: iy / ii }, similarity) : lattice;
}

/** From half the surveyed size to it. */
const doubled = ({ a, b }: Lattice): Lattice => ({ a: { x: 2 * a.x, y: 2 * a.y }, b: { x: 2 * b.x, y: 2 * b.y } });

/** Whether each place of one lattice is one of the other: the same pattern, seen whole or in part. */
export function agree(one: Lattice, other: Lattice): boolean {
  const [fine, coarse] = Math.abs(areaOf(one)) < Math.abs(areaOf(other)) ? [one, other] : [other, one];
  return [coarse.a, coarse.b].every((s) => offGrid(fine, s) < 4);
}

/** How far a shift is from the nearest place of a lattice, in samples. */
function offGrid({ a, b }: Lattice, { x, y }: Shift): number {
  const area = a.x * b.y - a.y * b.x;
  const [u, v] = [(x * b.y - y * b.x) / area, (a.x * y - a.y * x) / area];
  const [i, j] = [u - Math.round(u), v - Math.round(v)];
  return Math.hypot(i * a.x + j * b.x, i * a.y + j * b.y);
}
