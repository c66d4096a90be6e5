import { boundsOf, type Box } from '../../core/area.js';
import { rankOf, rankWhere } from '../maps/rank.js';
import { regionsOf } from '../maps/regions.js';

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
/** Share of a bar's height above and below its figures; deviations of a plate that the scene beyond it exceeds; share of a line that must show something. */
const MARGIN = 0.15;
const RESTLESS = 2;
const MOSTLY = 0.7;
/** Samples at a plate's border that the coding smears. */
const BORDER = 2;
/** Samples around the box that are the scene; share of the box that may be open without a question, and of the open part that must be still. */
const RING = 10;
const SMALL = 0.08;
const PLATE = 0.6;
/** Samples of a small open part that tell, share of the scene's deviation and levels by which theirs differ where the scene shows in them. */
const HOLES = 24;
const ALIKE = 0.35;
const LIKE_SCENE = 8;
/** Width over height of a bar, and the deviation and share of what changes inside one. */
const LONG = 2;
const CHANGES = 8;
const SOME = 0.002;
/** Deviation of a plate, and the share of a bar that is nothing but plate. */
const STILL = 3;
const FLAT = 0.25;
const MOST = 0.5;

/**
 * The box that a mark stands in, when at least three sides of it show: a score bar whose plate is as dark as the scene has gaps
 * in its mask, but straight borders.
 */
export function boxAround(picture: BoxPicture): Box | undefined {
  const bounds = boundsOf(picture.mask, picture.width, picture.height);
  if (!bounds || bounds.width < 8 || bounds.height < 8) return undefined;
  const { x, y, width: w, height: h } = bounds;
  const columns = [x, x + w] as const;
  const noise = plateNoise(picture);
  const top = endOfPlate(picture, noise, y, -1, columns, true) ?? side(picture, y, columns, true);
  const bottom = endOfPlate(picture, noise, y + h - 1, 1, columns, true) ?? side(picture, y + h - 1, columns, true);
  const rows = [top ?? y, (bottom ?? y + h - 1) + 1] as const;
  const sides = [
    top,
    bottom,
    endOfPlate(picture, noise, x, -1, rows, false) ?? side(picture, x, rows, false),
    endOfPlate(picture, noise, x + w - 1, 1, rows, false) ?? side(picture, x + w - 1, rows, false),
  ];
  if (sides.filter((s) => s !== undefined).length < 3) return undefined;
  const [above, below, left, right] = sides.map((s, i) => s ?? [y, y + h - 1, x, x + w - 1][i]);
  if (below <= above || right <= left) return undefined;
  const box = { x: left, y: above, width: right - left + 1, height: below - above + 1 };
  return hasPlate(
    picture,
    box,
    sides.every((s) => s !== undefined),
  )
    ? box
    : undefined;
}

/** Hides all of a box in a mask that is `width` samples wide. */
export function fillBox(mask: Uint8Array, width: number, { x, y, width: w, height: h }: Box): void {
  for (let row = y; row < y + h; row++) mask.fill(255, row * width + x, row * width + x + w);
}

/** Whether what the mask leaves open inside the box stands still although the scene around does not: between letters without a plate the scene shows. */
function hasPlate({ mask, mean, deviation, width, height }: BoxPicture, box: Box, whole: boolean): boolean {
  const [open, around, levels, opening]: number[][] = [[], [], [], []];
  for (let y = Math.max(0, box.y - RING); y < Math.min(height, box.y + box.height + RING); y++) {
    for (let x = Math.max(0, box.x - RING); x < Math.min(width, box.x + box.width + RING); x++) {
      const p = y * width + x;
      const beside = x < box.x - 2 || y < box.y - 2 || x > box.x + box.width + 1 || y > box.y + box.height + 1;
      const inside = x > box.x + 1 && y > box.y + 1 && x < box.x + box.width - 2 && y < box.y + box.height - 2;
      if (beside) {
        around.push(deviation[p]);
        levels.push(mean[p]);
      } else if (inside && !mask[p]) {
        open.push(deviation[p]);
        opening.push(mean[p]);
      }
    }
  }
  const restless = rankOf(around, 0.5) ?? 0;
  if (open.length < SMALL * box.width * box.height) {
    const isAlike = (value: number, as: number, by: number): boolean => Math.abs(value - as) <= by;
    const [unrest, level, scene] = [open, opening, levels].map((of) => rankOf(of, 0.5) ?? 0);
    const shines = isAlike(unrest, restless, ALIKE * restless) && isAlike(level, scene, LIKE_SCENE);
    return restless <= 2 || open.length < HOLES || !shines;
  }
  const limit = Math.max(2, 0.4 * restless);
  if (restless <= 2) return whole; // in a still scene only the sides can tell
  return open.filter((d) => d < limit).length > PLATE * open.length;
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

/**
 * The row (or column) from `at` on, going down or up, where a plate ends: it stands still, at least at both ends of the line beside what is written
 * on it, and beyond it the scene moves: letters have straight sides, too, but a plate goes on beside them.
 */
function endOfPlate(
  { deviation, width, height }: BoxPicture,
  noise: number,
  at: number,
  direction: 1 | -1,
  [first, end]: readonly [number, number],
  row: boolean,
): number | undefined {
  const [along, across] = row ? [1, width] : [width, 1];
  const limit = (row ? height : width) - 3;
  const margin = Math.max(2, Math.round((end - first) * MARGIN));
  const beyond = 2 * direction * across;
  let last: number | undefined;
  for (let i = at; i > 2 && i < limit; i += direction) {
    let [still, ends] = [0, 0];
    for (let k = first + BORDER; k < end - BORDER; k++) {
      const p = i * across + k * along;
      const [inner, outer] = [p - direction * across, p + beyond];
      if (k < first + BORDER + margin || k >= end - BORDER - margin) still += deviation[inner] <= 2 * noise ? 1 : 0;
      if (deviation[outer] > RESTLESS * noise) ends++;
    }
    if (still < MOSTLY * 2 * margin) break;
    if (ends > MOSTLY * (end - first - 2 * BORDER)) last = i;
  }
  return last;
}

/** Deviation that a plate's pixels hardly exceed. */
function plateNoise({ deviation, mask }: BoxPicture): number {
  return Math.max(1, 2 * (rankWhere(deviation, mask, 0.5) ?? 0));
}

/** Whether a boxed mark is a bar with figures that change: surrounded by its plate, while between letters without one the scene reaches in. */
export function isScoreBar({ mean, deviation, width, height }: BoxPicture, box: Box): boolean {
  if (box.width < LONG * box.height) return false;
  let flat = 0;
  const changing = new Uint8Array(width * height);
  for (let y = box.y + 1; y < box.y + box.height - 1; y++)
    for (let p = y * width + box.x + 1, end = p + box.width - 2; p < end; p++) {
      if (deviation[p] > CHANGES) changing[p] = 1;
      if (deviation[p] < STILL && Math.abs(mean[p + 1] - mean[p - 1]) + Math.abs(mean[p + width] - mean[p - width]) < STEP) flat++;
    }
  if (flat < FLAT * box.width * box.height) return false;
  const inside = regionsOf(changing, width, height).filter(
    ({ box: b }) => b.x > box.x + 1 && b.y > box.y + 1 && b.x + b.width < box.x + box.width - 1 && b.y + b.height < box.y + box.height - 1,
  );
  const share = inside.reduce((n, { pixels }) => n + pixels.length, 0) / (box.width * box.height);
  return share > SOME && share < MOST;
}
