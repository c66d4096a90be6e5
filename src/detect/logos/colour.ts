import { tight, type Box, type Mask } from '../../core/area.js';
import type { ColourFrame } from '../survey/luma-source.js';
import { LevelSums } from '../maps/level-sums.js';
import { growMap, regionsOf } from '../maps/regions.js';
import { chosenOf, rankIn, rankOf } from '../maps/rank.js';

/** Levels of Cb and Cr within which two colours are one; of luma within which a part of one colour stays; and by how much either changes over time by coding alone. */
const SAME = 9;
const SHADES = 45;
const STEADY = 5;
/** Levels of Cb and Cr by which a colour of the mark differs from that of the scene around it. */
const DISTINCT = 20;
/** Share of a mark that one of its colours has; how many pixels around it have the same colour at most, over those of the mark; and samples of the mark's border that are mixed with the scene. */
const COMMON = 0.08;
const ELSEWHERE = 1.5;
const MIXED = 2;
/** Levels of a cell of the (Cb, Cr) plane, and cells a side. */
const CELL = 8;
const CELLS = 256 / CELL;
/** Samples between a part and the mark, least samples of a part, and share of the mark that parts may add. */
const GAP = 2;
const LEAST = 4;
const MOST = 1.5;

/** Means over time, row-major, of a box; `steady` is 1 where neither colour nor luma changes. */
interface ColourPicture {
  readonly luma: Float32Array;
  readonly cb: Float32Array;
  readonly cr: Float32Array;
  readonly steady: Uint8Array;
}

/**
 * Adds to the mask of an opaque mark the parts that have one of its colours, which nothing around it has: luma alone does not see where a coloured ring is as
 * light as the scene. Parts join the mark, and keep their colour while the frames differ.
 *
 * @param frames of the mark @param box of the picture in which they show it and its surroundings
 */
export function withColours(mask: Mask, frames: readonly ColourFrame[], box: Box): Mask {
  if (frames.length < 2) return mask;
  const picture = pictureOf(frames, box.width * box.height);
  const own = placed(mask, box);
  const { width, height } = box;
  const aside = growMap(own, width, height, MIXED).map((v) => 1 - v);
  const parts = new Uint8Array(own.length);
  const scene = { cb: middleOf(picture.cb, aside), cr: middleOf(picture.cr, aside) };
  for (const colour of coloursOf(picture, own)) {
    if (Math.hypot(colour.cb - scene.cb, colour.cr - scene.cr) < DISTINCT) continue;
    if (countAlike(picture, aside, colour) > ELSEWHERE * countAlike(picture, own, colour)) continue;
    for (let p = 0; p < own.length; p++) if (!own[p] && picture.steady[p] && isAlike(picture, p, colour)) parts[p] = 1;
  }
  return joined(mask, own, parts, box);
}

/** The mask with those parts that lie at it, unless there are too many: then it is the scene that has its colour. */
function joined(mask: Mask, own: Uint8Array, parts: Uint8Array, box: Box): Mask {
  const { width, height } = box;
  const near = growMap(own, width, height, GAP);
  const out = own.slice();
  let added = 0;
  for (const { box: b, pixels } of regionsOf(parts, width, height, LEAST)) {
    const atBorder = b.x === 0 || b.y === 0 || b.x + b.width === width || b.y + b.height === height;
    if (atBorder || !pixels.some((p) => near[p])) continue;
    for (const p of pixels) out[p] = 1;
    added += pixels.length;
  }
  const size = own.reduce((sum, v) => sum + v, 0);
  if (!added || added > MOST * size) return mask;
  return tight({ box, data: out.map((v) => (v ? 255 : 0)) }) ?? mask;
}

interface Colour {
  readonly cb: number;
  readonly cr: number;
  readonly luma: number;
}

/** The commonest colours of a mark's pixels: peaks of their density in the (Cb, Cr) plane. */
function coloursOf({ luma, cb, cr, steady }: ColourPicture, own: Uint8Array): Colour[] {
  const cells: number[][] = Array.from({ length: CELLS * CELLS }, () => []);
  let count = 0;
  for (let p = 0; p < own.length; p++) {
    if (!own[p] || !steady[p]) continue;
    count++;
    cells[Math.floor(cb[p] / CELL) * CELLS + Math.floor(cr[p] / CELL)].push(p);
  }
  const around = (c: number): number[] =>
    [-CELLS - 1, -CELLS, -CELLS + 1, -1, 0, 1, CELLS - 1, CELLS, CELLS + 1].map((by) => c + by).filter((n) => n >= 0 && n < cells.length);
  const density = cells.map((_, c) => around(c).reduce((sum, n) => sum + cells[n].length, 0));
  const peaks = [...cells.keys()].filter(
    (c) => density[c] >= COMMON * count && around(c).every((n) => density[n] < density[c] || (density[n] === density[c] && n >= c)),
  );
  return peaks.map((c) => {
    const at = around(c).flatMap((n) => cells[n]);
    const [u, v, y] = [cb, cr, luma].map((map) => rankOf(at.map((p) => map[p]), 0.5) ?? 0); // prettier-ignore
    return { cb: u, cr: v, luma: y };
  });
}

const isAlike = ({ luma, cb, cr }: ColourPicture, p: number, colour: Colour): boolean =>
  Math.hypot(cb[p] - colour.cb, cr[p] - colour.cr) <= SAME && Math.abs(luma[p] - colour.luma) <= SHADES;

const middleOf = (values: Float32Array, where: Uint8Array): number => rankIn(chosenOf(values, where), 0.5) ?? 0;

/** How many pixels of a map have a colour. */
function countAlike(picture: ColourPicture, where: Uint8Array, colour: Colour): number {
  let count = 0;
  for (let p = 0; p < where.length; p++) if (where[p] && isAlike(picture, p, colour)) count++;
  return count;
}

function pictureOf(frames: readonly ColourFrame[], size: number): ColourPicture {
  const [luma, cb, cr] = (['luma', 'cb', 'cr'] as const).map((plane) => {
    const sums = new LevelSums(size);
    for (const frame of frames) sums.add(frame[plane]);
    return sums.statistics();
  });
  const steady = new Uint8Array(size);
  for (let p = 0; p < size; p++)
    steady[p] = Math.max(cb.deviation[p], cr.deviation[p]) <= STEADY && luma.deviation[p] <= 2 * STEADY ? 1 : 0;
  return { luma: luma.mean, cb: cb.mean, cr: cr.mean, steady };
}

/** A mask as a map of 1 and 0 of a box that holds it. */
function placed({ box: at, data }: Mask, box: Box): Uint8Array {
  const out = new Uint8Array(box.width * box.height);
  for (let y = 0; y < at.height; y++)
    for (let x = 0; x < at.width; x++) if (data[y * at.width + x]) out[(at.y - box.y + y) * box.width + at.x - box.x + x] = 1;
  return out;
}
