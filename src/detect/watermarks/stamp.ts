import { unionBox, type Box, type Span } from '../../core/area.js';
import type { LogoCandidate } from '../logos/candidates.js';
import { pixelsOf } from '../logos/mask.js';
import { rankIn } from '../maps/rank.js';
import { growMap } from '../maps/regions.js';
import { SceneBlocks } from '../logos/scene-blocks.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';
import { alikeThick, isEven, wordIn } from './word.js';
import { ridges, strokesIn, type Stroke } from './strokes.js';

/** Levels a sample of an edge that may be a stroke's; width of the widest stroke over the picture's shorter side. */
const WEAKEST = 2.5;
const WIDEST = 0.04;
/** Share of the scene that must move; deviation of what moves beside a stroke; samples that must be known; shares of it that shine through. */
const MOVING = 0.25;
const MOVES = 5;
const KNOWN = 200;
const SHINES = [0.25, 0.93] as const;
/** Persistences from which edges are taken: at a low one a mark over what moves much is whole, at a high one it stands free of a scene that hardly moves. */
const LIMITS = [0.6, 1.2];
/** Confidence in one. */
const SURE = 0.9;

/**
 * Looks for a stamp, a watermark that stands once: letters of one stroke width on a line about the picture's middle, at which the scene goes on moving, though less.
 * What stands still of a scene that moves, as a sign before a crowd, does not shine through; what a camera follows has no such letters.
 */
export function stampIn(statistics: StretchStatistics, span: Span): LogoCandidate | undefined {
  const { width, height, strength, persistence } = statistics;
  const widest = Math.round(WIDEST * Math.min(width, height));
  for (const steady of LIMITS) {
    const edges = ridges(statistics, (p) => strength[p] > WEAKEST && persistence[p] > steady);
    for (const polarity of [1, -1] as const) {
      const strokes = strokesIn(statistics, edges, polarity, widest);
      const letters = wordIn(strokes, statistics);
      if (!letters || !isShownThrough(statistics, letters)) continue;
      const box = mirrored(letters.map((l) => l.box).reduce(unionBox), width);
      const own = strokes.filter((s) => isEven(s) && liesIn(s.box, box) && alikeThick(s, letters[0]));
      return candidateOf(statistics, { box, own, thick: letters[0].thick }, span);
    }
  }
  return undefined;
}

/** Whether the scene moves, and goes on moving inside of letters, though less. */
function isShownThrough(statistics: StretchStatistics, letters: readonly Stroke[]): boolean {
  const shines = shareThrough(statistics, letters);
  if (shines === undefined || shines < SHINES[0] || shines > SHINES[1]) return false;
  return new SceneBlocks(statistics).without(letters.map((l) => l.box).reduce(unionBox)).moving >= MOVING;
}

/** The box with what its middle lies beside the picture's added on the other side: there are letters that stand out less. */
function mirrored({ x, y, width: w, height }: Box, width: number): Box {
  const left = Math.max(1, Math.min(x, width - x - w));
  return { x: left, y, width: width - 2 * left, height };
}

/** The edges along strokes. */
function candidateOf(
  { gx, gy, strength, width, height }: StretchStatistics,
  { box, own, thick }: { readonly box: Box; readonly own: readonly Stroke[]; readonly thick: number },
  span: Span,
): LogoCandidate {
  const map = new Uint8Array(strength.length);
  for (const { pixels } of own) for (const p of pixels) map[p] = 1;
  const strokes = { thick, pixel: Int32Array.from(pixelsOf(map)) };
  const near = growMap(map, width, height, 1);
  const pixel = Int32Array.from(pixelsOf(near).filter((p) => strength[p] > WEAKEST));
  const at = (of: Float32Array): Float32Array => Float32Array.from(pixel, (p) => of[p]);
  const why = 'Letters stand across the middle of the picture, and the scene shines through them.';
  return { box, pixel, gx: at(gx), gy: at(gy), seen: [span], confidence: SURE, asBar: 0, why, strokes };
}

const liesIn = (a: Box, b: Box): boolean => a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

/** How much what moves beside the strokes moves inside of them. */
function shareThrough({ deviation, width, height }: StretchStatistics, letters: readonly Stroke[]): number | undefined {
  const inside = new Uint8Array(deviation.length);
  for (const { pixels } of letters) for (const p of pixels) inside[p] = 1;
  const near = growMap(inside, width, height, 2);
  const shares: number[] = [];
  for (const { pixels, thick } of letters) {
    const far = Math.round(thick) + 3;
    for (const p of pixels) {
      const beside = [p - far, p + far, p - far * width, p + far * width].filter(
        (q) => q >= 0 && q < near.length && !near[q] && deviation[q] > MOVES,
      );
      for (const q of beside) shares.push(deviation[p] / deviation[q]);
    }
  }
  return shares.length < KNOWN ? undefined : rankIn(Float32Array.from(shares), 0.5);
}
