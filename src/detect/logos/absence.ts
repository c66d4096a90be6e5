import { boundsOf } from '../../core/area.js';
import type { Crop } from '../survey/crops.js';
import { LevelSums, type LevelStatistics } from '../maps/level-sums.js';
import { growMap, regionsOf, shrinkMap } from '../maps/regions.js';

/** Frames after a mark was last seen in which the scene is taken to be the same, and how many of them tell enough. */
const SOON = 12;
const ENOUGH = 4;
const MOST = 100;
/** Levels, and deviations, by which a pixel of the mark differs from the scene without it. */
const DIFFERS = 7;
const SURELY = 2.5;
/** Levels that the scene around a mark may differ without it: more is another scene. */
const SAME = 4;
/** Samples around a mark that are compared, and between its parts that are closed. */
const RING = 6;
const CLOSED = 2;

/** What the place of a mark looks like while the mark is away; for marks that come and go. */
export class Absence {
  private levels: LevelSums | undefined;
  private seen = -Infinity;

  /** @param size samples of the place */
  constructor(private readonly size: number) {}

  /** Takes a frame. `there`: the mark surely shows in it; `away`: it surely does not. */
  add(index: number, crop: Crop, there: boolean, away: boolean): void {
    if (there) this.seen = index;
    if (!away || index - this.seen > SOON) return;
    const levels = (this.levels ??= new LevelSums(this.size));
    if (levels.count < MOST) levels.add(crop.samples(levels.input));
  }

  /** The place without the mark; undefined where too few frames tell. */
  picture(): LevelStatistics | undefined {
    return !this.levels || this.levels.count < ENOUGH ? undefined : this.levels.statistics();
  }
}

/**
 * Adds to a mask what touches it and differs from the scene without the mark: the inside of a plate on a plain ground, which shows no edge.
 * @param mean of the frames with the mark
 */
export function complete(mask: Uint8Array, mean: Float32Array, gone: LevelStatistics, width: number, height: number): Uint8Array {
  const bounds = boundsOf(mask, width, height);
  if (!bounds) return mask;
  const { x, y, width: w, height: h } = bounds;
  const own = mask.slice();
  const around: number[] = [];
  for (let row = Math.max(0, y - RING); row < Math.min(height, y + h + RING); row++) {
    for (let column = Math.max(0, x - RING); column < Math.min(width, x + w + RING); column++) {
      const p = row * width + column;
      const difference = Math.abs(mean[p] - gone.mean[p]);
      const inside = column >= x && row >= y && column < x + w && row < y + h;
      if (!inside) around.push(difference);
      else if (difference > Math.max(DIFFERS, SURELY * gone.deviation[p])) own[p] = 1;
    }
  }
  if ((around.sort((a, b) => a - b)[around.length >> 1] ?? 0) > SAME) return mask;
  const closed = shrinkMap(growMap(own, width, height, CLOSED), width, height, CLOSED);
  const out = mask.slice();
  for (const { pixels } of regionsOf(closed, width, height)) if (pixels.some((p) => mask[p])) for (const p of pixels) out[p] = 255;
  return out;
}
