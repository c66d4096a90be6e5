import { rankOf } from '../../../detect/maps/rank.js';
import { MIXED, type Hole } from '../hole.js';
import { coverage, rowsWithin, stepAt, type Profile } from './sides.js';

/** Share of the fullest row's letters from which on a row is one of a line; rows that a line has at least, as a share of the tallest one's: bars of capitals are no line. */
const LETTERED = 0.2;
const TALL = 0.5;
/** Samples beyond the mask up to which a side is sought; on the other side, up to the letters. */
const OUT = 6;
/** Samples at either end of a side that say nothing of it: a plate's corner is in them. */
const INNER = 2;
/** Samples of a row or column that must tell. */
const ENOUGH = 12;
/** Samples beyond a plate up to which its mask is only generous. */
const GENEROUS = 3;

/** A rectangle in samples of the hole's box; right and bottom are those after its last. */
interface Rectangle {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Columns = Pick<Rectangle, 'left' | 'right'>;
type Rows = Pick<Rectangle, 'top' | 'bottom'>;

/** What is known of a plate: α as each pixel of the hole's box says, NaN where one says nothing; where letters stand, 1; its opacity. */
export interface PlatePixels {
  readonly rate: Float32Array;
  readonly glyphs: Uint8Array;
  readonly hole: Hole;
  readonly opacity: number;
}

/** The plate of one line, and where its letters stand. */
export interface PlateLine extends Rectangle {
  readonly letters: Rectangle;
}

/** α of a plate, of the hole's box, and its lines from top to bottom. */
export interface PlateShape {
  readonly alpha: Float32Array;
  readonly lines: readonly PlateLine[];
}

/**
 * α of a plate whose sides are straight, one rectangle a line of text: they are sought where the pixels along a side, together, say that it is. Where two overlap, the scene shines
 * through both. What the mask hides beyond them is opaque: whatever it is, it is no plate.
 */
export function plateShape(plate: PlatePixels): PlateShape {
  const { hole, opacity } = plate;
  const { width, height } = hole.box;
  const rectangles = rectanglesOf(plate);
  const near = (x: number, y: number): boolean =>
    rectangles.some((r) => x >= r.left - GENEROUS && x < r.right + GENEROUS && y >= r.top - GENEROUS && y < r.bottom + GENEROUS);
  const covers = rectangles.map((r) => ({
    across: coverage(width, r.left, r.right, { profile: columnsOf(plate, r), opacity }),
    down: coverage(height, r.top, r.bottom, { profile: rowsOf(plate, r), opacity }),
  }));
  const alpha = hole.depth.map((deep, i) => {
    if (!deep) return 0;
    const [x, y] = [i % width, Math.floor(i / width)];
    if (deep > MIXED && !near(x, y)) return 1;
    return 1 - covers.reduce((through, { across, down }) => through * (1 - opacity * across[x] * down[y]), 1);
  });
  return { alpha, lines: rectangles };
}

/** The rows of a text's lines, from top to bottom. */
function linesOf({ glyphs, hole }: Pick<PlatePixels, 'glyphs' | 'hole'>): Rows[] {
  const { width, height } = hole.box;
  const counts = Array.from({ length: height }, (_, y) => glyphs.subarray(y * width, (y + 1) * width).reduce((n, v) => n + v, 0));
  const least = LETTERED * Math.max(...counts);
  const lines: Rows[] = [];
  for (let y = 0, top = 0; y <= height; y++) {
    if (y < height && counts[y] > least) continue;
    if (y > top) lines.push({ top, bottom: y });
    top = y + 1;
  }
  const tallest = Math.max(...lines.map((line) => line.bottom - line.top));
  return lines.filter((line) => line.bottom - line.top >= TALL * tallest);
}

function rectanglesOf(plate: PlatePixels): PlateLine[] {
  const lines = linesOf(plate);
  if (!lines.length) return [];
  const masked = maskRows(plate.hole, lines[0].top, lines[lines.length - 1].bottom);
  const between = lines.slice(1).map((line, i) => Math.round((line.top + lines[i].bottom) / 2));
  const found = lines.map((line, i) => {
    const [top, bottom] = [between[i - 1] ?? masked.top, between[i] ?? masked.bottom];
    const mask = { ...columnsAt(plate.hole, line), top, bottom };
    const letters = columnsOfLetters(plate, mask);
    const ends = sidesOf(plate, mask, letters);
    return {
      ...ends,
      letters: { ...letters, ...line },
      top: i ? top : topOf(plate, ends, line.top),
      bottom: i < between.length ? bottom : bottomOf(plate, ends, line.bottom),
    };
  });
  for (const [i, at] of between.entries()) {
    const [upper, lower] = [found[i], found[i + 1]];
    const both = { left: Math.max(upper.left, lower.left), right: Math.min(upper.right, lower.right) };
    const rows = { from: lines[i].top, to: lines[i + 1].bottom };
    const { top, bottom } = rowsWithin({ profile: rowsOf(plate, both), at, ...rows, opacity: plate.opacity });
    found[i] = { ...upper, bottom };
    found[i + 1] = { ...lower, top };
  }
  return found;
}

/** The rows of the mask around some of them. */
function maskRows({ depth, box: { width, height } }: Hole, from: number, to: number): Rows {
  const hidden = (y: number): boolean => depth.subarray(y * width, (y + 1) * width).some((d) => d > MIXED);
  let [top, bottom] = [from, to];
  while (top > 0 && hidden(top - 1)) top--;
  while (bottom < height && hidden(bottom)) bottom++;
  return { top, bottom };
}

/** The columns of the mask in a line's rows: the median of their ends. */
function columnsAt({ depth, box: { width } }: Hole, { top, bottom }: Rows): Columns {
  const rows = Array.from({ length: bottom - top }, (_, k) => depth.subarray((top + k) * width, (top + k + 1) * width));
  const middle = (values: readonly number[]): number => rankOf(values.filter((v) => v >= 0), 0.5) ?? 0; // prettier-ignore
  return {
    left: middle(rows.map((r) => r.findIndex((d) => d > MIXED))),
    right: middle(rows.map((r) => r.findLastIndex((d) => d > MIXED))) + 1,
  };
}

/** A line's plate, given its mask, with its left and right side where the pixels say. */
function sidesOf(plate: PlatePixels, mask: Rectangle, letters: Columns): Rectangle {
  const profile = columnsOf(plate, mask);
  const { opacity } = plate;
  const left = stepAt({ profile, at: mask.left, from: mask.left - OUT, to: letters.left, inwards: 1, opacity });
  const right = stepAt({ profile, at: mask.right, from: letters.right, to: mask.right + OUT, inwards: -1, opacity });
  return { ...mask, left, right };
}

/** The columns of a line from its first to its last letter. */
function columnsOfLetters({ glyphs, hole }: PlatePixels, { top, bottom, ...outer }: Rectangle): Columns {
  const { width } = hole.box;
  const has = (x: number): boolean => Array.from({ length: bottom - top }, (_, k) => glyphs[(top + k) * width + x]).some((v) => v);
  let { left, right } = outer;
  while (left < right && !has(left)) left++;
  while (right > left && !has(right - 1)) right--;
  return { left, right };
}

const topOf = (plate: PlatePixels, { top, ...rest }: Rectangle, letters: number): number =>
  stepAt({ profile: rowsOf(plate, rest), at: top, from: top - OUT, to: letters, inwards: 1, opacity: plate.opacity });

const bottomOf = (plate: PlatePixels, { bottom, ...rest }: Rectangle, letters: number): number =>
  stepAt({ profile: rowsOf(plate, rest), at: bottom, from: letters, to: bottom + OUT, inwards: -1, opacity: plate.opacity });

/** α of columns as some rows say. */
const columnsOf =
  ({ rate, hole }: PlatePixels, { top, bottom }: Rows): Profile =>
  (x) =>
    x < 0 || x >= hole.box.width ? NaN : middleOf(top + INNER, bottom - INNER, (y) => rate[y * hole.box.width + x]);

/** α of rows as some columns say. */
const rowsOf =
  ({ rate, hole }: PlatePixels, { left, right }: Columns): Profile =>
  (y) =>
    y < 0 || y >= hole.box.height ? NaN : middleOf(left + INNER, right - INNER, (x) => rate[y * hole.box.width + x]);

/** The median of some values; NaN where too few say anything. */
function middleOf(from: number, to: number, value: (k: number) => number): number {
  const known: number[] = [];
  for (let k = from; k < to; k++) if (!Number.isNaN(value(k))) known.push(value(k));
  return known.length < Math.min(ENOUGH, (to - from) / 2) ? NaN : (rankOf(known, 0.5) ?? NaN);
}
