import type { CueEnd } from './ends.js';
import type { CuePicture } from './picture.js';

/** What a cue's ends say about each of its pixels, row-major. */
export interface CueChanges {
  /** Levels by which it stepped with the cue; 0 where it did not. */
  readonly by: Float32Array;
  /** 1 where the scene's own motion may have made the step. */
  readonly explained: Uint8Array;
  /** Levels of a step that is the cue's. */
  readonly least: number;
  /** Whether a pixel that did not step is the scene's: at one end at least the scene goes on as it was. */
  readonly telling: boolean;
}

/** Levels of a step at one end that tell enough without the other end; and least ones, where only one end is to be seen. */
const LARGE = 32;
const ONE_SIDED = 22;
/** Least levels of any step, and multiples of the scene's own change that one at a lone end must be. */
const LEAST = 8;
const CLEARLY = 2;
/** Median step beside the cue, in levels, from which the scene has changed. */
const CUT = 10;
/** Levels that nine tenths of a scene which goes on as it was change by at most. */
const CALM = 6;
/** Levels by which pixels of one colour differ, and share of a cue's pixels that have one of its colours. */
const ALIKE = 6;
const COMMON = 0.12;

/**
 * By how many levels each pixel stepped with the cue. Where the scene goes on as it was beyond an end, that end alone is sure. Elsewhere the steps at both
 * ends count, in the same direction: moving backgrounds step up at one and down at the other.
 * @param noise levels by which pixels of the cue itself change while it stands
 */
export function cueChanges(
  { before, after, recoloured, mean }: Pick<CuePicture, 'before' | 'after' | 'recoloured' | 'mean'>,
  noise: number,
): CueChanges {
  const size = mean.length;
  const least = Math.max(LEAST, 2 * noise);
  const [a, b] = tellingEnds(before, after);
  const calm = [a, b].filter((end) => end !== undefined && end.unrest <= CALM) as CueEnd[];
  const nothing = new Uint8Array(size);
  if (!a && !b) return { by: new Float32Array(size).fill(255), explained: nothing, least, telling: false };
  const lone = calm.length === 1 ? calm[0] : !a ? b : !b ? a : undefined;
  if (lone) return { by: alone(lone), explained: calm.length ? lone.explained : nothing, least, telling: calm.length > 0 };
  const telling = calm.length === 2;
  const by = telling && recoloured ? larger(calm[0], calm[1]) : together(a as CueEnd, b as CueEnd);
  if (telling && !recoloured) dropGhosts(by, calm[0], calm[1], mean, least);
  return { by, explained: telling ? atBothEnds(calm[0], calm[1]) : nothing, least, telling };
}

/** What the scene's motion may have made at both ends. */
function atBothEnds({ explained: a }: CueEnd, { explained: b }: CueEnd): Uint8Array {
  const out = new Uint8Array(a.length);
  for (let p = 0; p < out.length; p++) out[p] = a[p] & b[p];
  return out;
}

/** A small step counts only where the scene itself makes none. */
function alone({ over, unrest }: CueEnd): Float32Array {
  const doubt = Math.max(0, Math.min(ONE_SIDED, CLEARLY * unrest - LEAST));
  const out = new Float32Array(over.length);
  for (let p = 0; p < out.length; p++) out[p] = Math.max(0, Math.abs(over[p]) - doubt);
  return out;
}

function together({ over: a }: CueEnd, { over: b }: CueEnd): Float32Array {
  const out = new Float32Array(a.length);
  for (let p = 0; p < out.length; p++) {
    const least = Math.min(Math.abs(a[p]), Math.abs(b[p]));
    const most = Math.max(Math.abs(a[p]), Math.abs(b[p]));
    out[p] = a[p] * b[p] > 0 ? Math.max(least, most - LARGE) : Math.max(0, most - LARGE);
  }
  return out;
}

/**
 * Where both ends tell, what stepped at one of them only is another cue's that stood there, unless it has a level that many pixels of this one have: one letter may
 * follow another of its colour.
 */
function dropGhosts(by: Float32Array, { over: a }: CueEnd, { over: b }: CueEnd, mean: Float32Array, least: number): void {
  const levels = new Uint32Array(256 + 2 * ALIKE);
  let count = 0;
  const atBoth = (p: number): boolean => Math.min(Math.abs(a[p]), Math.abs(b[p])) >= least;
  for (let p = 0; p < by.length; p++) {
    if (!atBoth(p)) continue;
    levels[Math.round(mean[p]) + ALIKE]++;
    count++;
  }
  const same = Uint32Array.from({ length: 256 }, (_, level) => levels.subarray(level, level + 2 * ALIKE + 1).reduce((a, b) => a + b, 0));
  for (let p = 0; p < by.length; p++) if (by[p] && !atBoth(p) && same[Math.round(mean[p])] < COMMON * count) by[p] = 0;
}

/** Text that changed its colour while it stood may be as light as the scene at one end. */
const larger = ({ over: a }: CueEnd, { over: b }: CueEnd): Float32Array => a.map((v, p) => Math.max(Math.abs(v), Math.abs(b[p])));

/** The ends of the cue without one at which the scene changed as well, a cut: there everything has stepped. */
export function tellingEnds(before: CueEnd | undefined, after: CueEnd | undefined): [CueEnd | undefined, CueEnd | undefined] {
  if (!before || !after) return [before, after];
  if (before.step > CUT && before.step > 2 * after.step) return [undefined, after];
  if (after.step > CUT && after.step > 2 * before.step) return [before, undefined];
  return [before, after];
}
