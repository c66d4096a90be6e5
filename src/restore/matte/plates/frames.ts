import type { Mask, Span } from '../../../core/area.js';
import { growMap, shrinkMap } from '../../../detect/maps/regions.js';
import type { Track } from '../../../plan/plan.js';

/** One end of a cue: the frame without it, its outermost frame, and one farther inside. */
export interface PlateEnd {
  readonly away: number;
  readonly shown: number;
  readonly whole: number;
}

/** The frames that tell of a cue's plate: its ends, where the scene is seen without it in the same shot, and some in which it stands. */
export interface PlateFrames {
  readonly ends: readonly PlateEnd[];
  readonly standing: readonly number[];
}

/** Share of a mask that is a plate's, and half of its height in samples at least: rags of the scene about it are thinner, and so are glyphs. */
const FILLED = 0.85;
const THICK = 6;
/** Frames inside a span by which a hard end is told from a fade. */
const INWARDS = 3;
/** Where in a span a plate is looked at while it stands, as shares of its length: its ends, too, as it is taken off there. */
const STANDING = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1];

/** The frames by which a cue's plate can be learnt; none where its mask is no plate. */
export function plateFrames({ mask, spans }: Track, shots: readonly Span[]): PlateFrames {
  if (spans.some(({ first, last }) => last - first < 2 * INWARDS) || !isPlate(mask)) return { ends: [], standing: [] };
  const inOneShot = (a: number, b: number): boolean => shots.some((s) => a >= s.first && b <= s.last);
  const ends: PlateEnd[] = [];
  for (const { first, last } of spans) {
    if (inOneShot(first - 1, first)) ends.push({ away: first - 1, shown: first, whole: first + INWARDS });
    if (inOneShot(last, last + 1)) ends.push({ away: last + 1, shown: last, whole: last - INWARDS });
  }
  const standing = spans.flatMap(({ first, last }) => STANDING.map((share) => Math.round(first + share * (last - first))));
  return { ends, standing };
}

/** Whether a mask is thick nearly everywhere: not glyphs, and one rectangle a line, but for rags. */
function isPlate({ box: { width, height }, data }: Mask): boolean {
  // A frame of nothing: beyond its edge a map counts as set.
  const [w, h] = [width + 2, height + 2];
  const framed = new Uint8Array(w * h);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) framed[(y + 1) * w + x + 1] = data[y * width + x] ? 1 : 0;
  const opened = growMap(shrinkMap(framed, w, h, THICK), w, h, THICK);
  const count = (map: Uint8Array): number => map.reduce((n, v) => n + v, 0);
  return count(opened) > FILLED * count(framed);
}
