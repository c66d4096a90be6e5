import { growBox, unionBox, type Box, type Mask, type Span } from '../../core/area.js';
import type { Finding, TrackKind } from '../../plan/plan.js';
import type { ColourFrame, LumaSource } from '../survey/luma-source.js';
import { growMap, regionsOf } from '../maps/regions.js';
import { chosenOf, rankIn } from '../maps/rank.js';
import { tight } from '../maps/masks.js';

/** Frames that a mark's colours are read from, at most, and seconds of its first appearances from which they are taken. */
const FRAMES = 12;
const SECONDS = 15;
/** How far around a mark its other parts are looked for, as a share of its shorter side, and samples at least. */
const ASIDE = 0.5;
const LEAST_ASIDE = 8;
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

/** Where a mark's colours are read from: some of its first frames, evenly. */
export function colourFrames(spans: readonly Span[], rate: number): number[] {
  const shown: number[] = [];
  for (const { first, last } of spans) for (let t = first; t <= last && shown.length < SECONDS * rate; t++) shown.push(t);
  const step = Math.max(1, shown.length / FRAMES);
  return [...new Set(Array.from({ length: Math.min(FRAMES, shown.length) }, (_, i) => shown[Math.floor((i + 0.5) * step)]))];
}

/** The part of the picture in which they are read. */
export function colourBox({ box }: Mask, width: number, height: number): Box {
  return growBox(box, Math.max(LEAST_ASIDE, Math.round(ASIDE * Math.min(box.width, box.height))), width, height);
}

/** Means over time, row-major, of a box; `steady` is 1 where neither colour nor luma changes. */
interface ColourPicture {
  readonly box: Box;
  readonly luma: Float32Array;
  readonly cb: Float32Array;
  readonly cr: Float32Array;
  readonly steady: Uint8Array;
}

/**
 * Adds to the mask of an opaque mark the parts that have one of its colours, which nothing around it has: luma alone does not see where a coloured ring is as
 * light as the scene. Parts join the mark, and keep their colour while the frames differ.
 *
 * @param frames of the mark, at {@link colourBox}
 */
export function withColours(mask: Mask, frames: readonly ColourFrame[], box: Box): Mask {
  if (frames.length < 2) return mask;
  const picture = pictureOf(frames, box);
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
  const middle = (map: Float32Array, at: readonly number[]): number =>
    rankIn(
      Float32Array.from(at, (p) => map[p]),
      0.5,
    ) ?? 0;
  return peaks.map((c) => {
    const at = around(c).flatMap((n) => cells[n]);
    return { cb: middle(cb, at), cr: middle(cr, at), luma: middle(luma, at) };
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

function pictureOf(frames: readonly ColourFrame[], box: Box): ColourPicture {
  const size = box.width * box.height;
  const [luma, cb, cr] = (['luma', 'cb', 'cr'] as const).map((plane) => statisticsOf(frames.map((f) => f[plane]), size)); // prettier-ignore
  const steady = new Uint8Array(size);
  for (let p = 0; p < size; p++)
    steady[p] = Math.max(cb.deviation[p], cr.deviation[p]) <= STEADY && luma.deviation[p] <= 2 * STEADY ? 1 : 0;
  return { box, luma: luma.mean, cb: cb.mean, cr: cr.mean, steady };
}

function statisticsOf(planes: readonly Uint8Array[], size: number): { mean: Float32Array; deviation: Float32Array } {
  const [mean, deviation] = [new Float32Array(size), new Float32Array(size)];
  for (let p = 0; p < size; p++) {
    let [sum, squares] = [0, 0];
    for (const plane of planes) {
      sum += plane[p];
      squares += plane[p] * plane[p];
    }
    mean[p] = sum / planes.length;
    deviation[p] = Math.sqrt(Math.max(0, squares / planes.length - mean[p] * mean[p]));
  }
  return { mean, deviation };
}

/** A mask as a map of 1 and 0 of a box that holds it. */
function placed({ box: at, data }: Mask, box: Box): Uint8Array {
  const out = new Uint8Array(box.width * box.height);
  for (let y = 0; y < at.height; y++)
    for (let x = 0; x < at.width; x++) if (data[y * at.width + x]) out[(at.y - box.y + y) * box.width + at.x - box.x + x] = 1;
  return out;
}

/** Kinds of marks that have colours of their own. */
const COLOURED: readonly TrackKind[] = ['logo', 'blinking-logo'];

/** {@link withColours} for each finding that it may concern, in one pass over the frames that they need. */
export async function colouredFindings(
  findings: readonly Finding[],
  { width, height, rate, colour }: Pick<LumaSource, 'width' | 'height' | 'rate' | 'colour'>,
): Promise<Finding[]> {
  const looks = findings
    .filter(({ kind, path }) => COLOURED.includes(kind) && !path)
    .map((finding) => ({
      finding,
      box: colourBox(finding.mask, width, height),
      wanted: new Set(colourFrames(finding.spans, rate)),
      frames: [] as ColourFrame[],
    }));
  if (!colour || !looks.length) return [...findings];
  const all = looks.map(({ box }) => box).reduce(unionBox);
  const indices = [...new Set(looks.flatMap(({ wanted }) => [...wanted]))].sort((a, b) => a - b);
  for await (const frame of colour(indices, all))
    for (const look of looks) if (look.wanted.has(frame.index)) look.frames.push(cutOut(frame, all, look.box));
  const masks = new Map(looks.map(({ finding, frames, box }) => [finding, withColours(finding.mask, frames, box)]));
  return findings.map((finding) => ({ ...finding, mask: masks.get(finding) ?? finding.mask }));
}

/** A box of a frame of the box `from`. */
function cutOut({ index, ...planes }: ColourFrame, from: Box, box: Box): ColourFrame {
  const part = (plane: Uint8Array): Uint8Array => {
    const out = new Uint8Array(box.width * box.height);
    for (let y = 0, at = (box.y - from.y) * from.width + box.x - from.x; y < box.height; y++, at += from.width)
      out.set(plane.subarray(at, at + box.width), y * box.width);
    return out;
  };
  return { index, luma: part(planes.luma), cb: part(planes.cb), cr: part(planes.cr) };
}
