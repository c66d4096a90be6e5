import { boundsOf, type Box } from '../core/area.js';
import { shrinkMap } from './regions.js';

/** Mean and deviation over time at full size around a mark, and its mask, row-major. */
export interface BoxPicture {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  readonly mask: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Samples by which a side may lie beside the mask's own end. */
const SLACK = 5;
/** Step across a side in levels, and in deviations; and the share of a side that must show it. */
const STEP = 5;
const CLEAR = 0.8;
const SHARE = 0.55;
/** Width over height of a bar, and the deviation and share of what changes inside one. */
const LONG = 2;
const CHANGES = 8;
const SOME = 0.002;
const MOST = 0.5;

/**
 * The box that a mark stands in, when at least three sides of it show: a score bar whose plate is as dark as the scene has gaps
 * in its mask, but straight borders.
 */
export function boxAround(picture: BoxPicture): Box | undefined {
  const bounds = boundsOf(picture.mask, picture.width, picture.height);
  if (!bounds || bounds.width < 8 || bounds.height < 8) return undefined;
  const { x, y, width: w, height: h } = bounds;
  const sides = [
    side(picture, y, [x, x + w], true),
    side(picture, y + h - 1, [x, x + w], true),
    side(picture, x, [y, y + h], false),
    side(picture, x + w - 1, [y, y + h], false),
  ];
  if (sides.filter((s) => s !== undefined).length < 3) return undefined;
  const [top, bottom, left, right] = sides.map((s, i) => s ?? [y, y + h - 1, x, x + w - 1][i]);
  return bottom > top && right > left ? { x: left, y: top, width: right - left + 1, height: bottom - top + 1 } : undefined;
}

/** The row (or column) near `at` along which most of the pixels in `between` step up or down, whatever is beyond them. */
function side(
  { mean, deviation, width, height }: BoxPicture,
  at: number,
  between: readonly [number, number],
  row: boolean,
): number | undefined {
  const [along, across] = row ? [1, width] : [width, 1];
  const last = (row ? height : width) - 2;
  let best: number | undefined;
  let most = SHARE;
  for (let i = Math.max(1, at - SLACK); i <= Math.min(last, at + SLACK); i++) {
    let n = 0;
    for (let k = between[0]; k < between[1]; k++) {
      const p = i * across + k * along;
      const step = Math.abs(mean[p + across] - mean[p - across]);
      if (step > STEP && step > CLEAR * Math.min(deviation[p + across], deviation[p - across])) n++;
    }
    const share = n / (between[1] - between[0]);
    if (share > most) [best, most] = [i, share];
  }
  return best;
}

/** Whether a boxed mark is a bar with figures that change: most of it stands, some of it does not. */
export function isScoreBar({ deviation, width, height }: BoxPicture, box: Box): boolean {
  if (box.width < LONG * box.height) return false;
  const inside = new Uint8Array(width * height);
  for (let y = box.y; y < box.y + box.height; y++) inside.fill(1, y * width + box.x, y * width + box.x + box.width);
  const inner = shrinkMap(inside, width, height, 3);
  let all = 0;
  let changing = 0;
  for (let p = 0; p < inner.length; p++) {
    if (!inner[p]) continue;
    all++;
    if (deviation[p] > CHANGES) changing++;
  }
  return changing > SOME * all && changing < MOST * all;
}
