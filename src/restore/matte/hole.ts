import { growBox, type Box, type Mask } from '../../core/area.js';
import { growMap, shrinkMap } from '../../detect/maps/regions.js';

/** A way in the picture, luma samples. */
export interface Shift {
  readonly x: number;
  readonly y: number;
}

/** A mark's place, or one like it beside the mark, as a hole in a part of the picture. Maps are row-major, `width * height`. */
export interface Hole {
  /** The part of the picture, in luma samples: the hole and some of what is round it. */
  readonly box: Box;
  /** 1 where the scene is not seen: under this hole, and under the mark. */
  readonly unknown: Uint8Array;
  /** Samples from what is seen; 0 outside this hole. */
  readonly depth: Float32Array;
  /** Well inside the mark's own mask, moved here. */
  readonly inner: Uint8Array;
  /** How far this hole is from the mark's own, in samples. */
  readonly by: Shift;
}

/** Samples that codecs mix with a mark; picture round a hole that its membrane is spanned over. */
export const MIXED = 2;
const ROUND = 12;
/** Holes beside the mark, at most; so many that those close to it are not needed; and the share of one that the mark may cover. */
const MOST = 8;
const ENOUGH = 3;
const COVERED = 0.25;
/** Where holes are put: in sizes of the mark, and for marks as large as the picture in samples. */
const SIZES = [-1, 1, -2, 2, -3, 3];
const BY_SAMPLES: readonly Shift[] = [7, 11, 16, 23].flatMap((s) => [{ x: s, y: 0 }, { x: 0, y: s }, { x: -s, y: 0 }, { x: 0, y: -s }]); // prettier-ignore

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The hole of a mark. */
export const holeOf = (mask: Mask, picture: Size): Hole => {
  const shape = shapeOf(mask, picture);
  return holeAt(shape.box, shape, picture)!; // nothing covers a mark's own hole
};

/** Holes of a mark's shape over the scene beside it, on which an estimate can be tried: there the truth is known. */
export function holesBeside(mask: Mask, picture: Size): Hole[] {
  const mark = shapeOf(mask, picture);
  const { box } = mark;
  const others: Hole[] = [];
  for (const by of [...bySize(box), ...BY_SAMPLES]) {
    const there = { ...box, x: box.x + by.x, y: box.y + by.y };
    if (others.length === MOST || (others.length >= ENOUGH && BY_SAMPLES.includes(by))) break;
    if (there.x < 0 || there.y < 0 || there.x + there.width > picture.width || there.y + there.height > picture.height) continue;
    const hole = holeAt(there, mark, picture);
    if (hole) others.push(hole);
  }
  return others;
}

function shapeOf(mask: Mask, picture: Size): Shape {
  const box = growBox(mask.box, MIXED + 1, picture.width, picture.height);
  const own = cutOut(mask, box);
  return { box, hidden: growMap(own, box.width, box.height, MIXED), inner: shrinkMap(own, box.width, box.height, 1) };
}

/** Shifts by the mark's own size, the nearest first. */
function bySize({ width, height }: Size): Shift[] {
  const around = SIZES.flatMap((v) => [0, -1, 1].map((u) => ({ x: u * (width + 4), y: v * (height + 4) })));
  const beside = SIZES.map((u) => ({ x: u * (width + 4), y: 0 }));
  return [...around, ...beside].sort((a, b) => Math.hypot(a.x, a.y) - Math.hypot(b.x, b.y));
}

interface Shape {
  readonly box: Box;
  readonly hidden: Uint8Array;
  readonly inner: Uint8Array;
}

/** The mark's hole moved to `there`; undefined where the mark covers too much of it. */
function holeAt(there: Box, mark: Shape, picture: Size): Hole | undefined {
  const box = growBox(there, ROUND, picture.width, picture.height);
  const hidden = moved(mark.hidden, mark.box, box);
  const here = moved(mark.hidden, there, box);
  const inner = moved(mark.inner, there, box);
  const own = there.x === mark.box.x && there.y === mark.box.y;
  let [all, covered] = [0, 0];
  for (let i = 0; i < here.length; i++) {
    if (!here[i]) continue;
    all++;
    if (own || !hidden[i]) continue;
    covered++;
    here[i] = inner[i] = 0;
  }
  if (covered > COVERED * all) return undefined;
  const unknown = here.map((v, i) => v | hidden[i]);
  const depth = depthIn(unknown, box.width, box.height);
  for (let i = 0; i < depth.length; i++) if (!here[i]) depth[i] = 0;
  return { box, unknown, depth, inner, by: { x: there.x - mark.box.x, y: there.y - mark.box.y } };
}

/** A map of `from` seen through `to`; 0 where `from` has nothing. */
export function moved<T extends Uint8Array | Float32Array>(map: T, from: Box, to: Box): T {
  const out = new (map.constructor as new (length: number) => T)(to.width * to.height);
  const [x0, x1] = [Math.max(from.x, to.x), Math.min(from.x + from.width, to.x + to.width)];
  const y1 = Math.min(from.y + from.height, to.y + to.height);
  for (let y = Math.max(from.y, to.y); y < y1; y++) {
    const at = (y - from.y) * from.width - from.x;
    for (let x = x0, o = (y - to.y) * to.width + x0 - to.x; x < x1; x++, o++) out[o] = map[at + x];
  }
  return out;
}

/** A mask's pixels within a box, 1 where hidden. */
const cutOut = ({ box, data }: Mask, to: Box): Uint8Array => Uint8Array.from(moved(data, box, to), (v) => (v ? 1 : 0));

/** Distance to the nearest zero of a map, in samples (chamfer 5-7-11 would be finer; steps of 1 and √2 do). */
function depthIn(map: Uint8Array, width: number, height: number): Float32Array {
  const depth = Float32Array.from(map, (v) => (v ? 1e6 : 0));
  const step = (i: number, x: number, left: number, up: number): void => {
    if (!depth[i]) return;
    let best = depth[i];
    const inside = x + left >= 0 && x + left < width;
    if (inside) best = Math.min(best, depth[i + left] + 1);
    const above = i + up * width;
    if (above >= 0 && above < depth.length) {
      best = Math.min(best, depth[above] + 1);
      if (x > 0) best = Math.min(best, depth[above - 1] + Math.SQRT2);
      if (x < width - 1) best = Math.min(best, depth[above + 1] + Math.SQRT2);
    }
    depth[i] = best;
  };
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) step(i, x, -1, -1);
  for (let y = height - 1, i = depth.length - 1; y >= 0; y--) for (let x = width - 1; x >= 0; x--, i--) step(i, x, 1, 1);
  return depth;
}
