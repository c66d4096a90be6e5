import type { HiddenPicture } from './hidden-picture.js';
import { selfSimilar } from './patch-search.js';

/** From one sample of a picture to another. */
export interface Shift {
  readonly dx: number;
  readonly dy: number;
}

/** Share of the picture's longer side that a shift spans at least, and samples. */
const AWAY = 1 / 15;
const LEAST_AWAY = 4;
const PASSES = 5;
/** Half the side of the square of which a shift must be the most frequent. */
const APART = 4;
/** Counts of shifts are softened, as the same one is found a sample more or less. */
const SOFT = [0.06, 0.24, 0.4, 0.24, 0.06];

/** The shifts by which a picture resembles itself most often, the most frequent ones first (He & Sun, Statistics of Patch Offsets for Image Completion, ECCV 2012). */
export function dominantShifts(picture: HiddenPicture, most: number): Shift[] {
  const { width, height } = picture;
  const { centres, match } = selfSimilar(picture, Math.max(LEAST_AWAY, Math.max(width, height) * AWAY), PASSES);
  const wide = 2 * width - 1;
  const counts = new Float32Array(wide * (2 * height - 1));
  centres.forEach((at, k) => {
    if (match[k] === at) return;
    const dx = (match[k] % width) - (at % width);
    const dy = Math.floor(match[k] / width) - Math.floor(at / width);
    counts[(dy + height - 1) * wide + dx + width - 1]++;
  });
  const soft = soften(soften(counts, 1), wide);
  return peaks(soft, wide, 2 * height - 1)
    .slice(0, most)
    .map((at) => ({ dx: (at % wide) - width + 1, dy: Math.floor(at / wide) - height + 1 }));
}

/** Along one axis; what lies beyond the ends of a row counts as its neighbour, which no peak that is looked at comes near. */
function soften(map: Float32Array, step: number): Float32Array {
  const half = SOFT.length >> 1;
  return map.map((_, i) => SOFT.reduce((sum, weight, k) => sum + weight * (map[i + (k - half) * step] ?? 0), 0));
}

/** Places of the largest values of their surroundings, largest first. */
function peaks(map: Float32Array, width: number, height: number): number[] {
  const found: number[] = [];
  for (let y = APART; y < height - APART; y++)
    for (let x = APART; x < width - APART; x++) {
      const at = y * width + x;
      if (map[at] > 0 && isPeak(map, at, width)) found.push(at);
    }
  return found.sort((a, b) => map[b] - map[a] || a - b);
}

function isPeak(map: Float32Array, at: number, width: number): boolean {
  for (let dy = -APART; dy <= APART; dy++)
    for (let dx = -APART; dx <= APART; dx++) {
      const other = at + dy * width + dx;
      // Of equal ones the first counts.
      if (map[other] > map[at] || (map[other] === map[at] && other < at)) return false;
    }
  return true;
}
