import type { Box } from '../../core/area.js';
import type { PerceptionMaps } from './perception.js';
import { CLASSES, type PerceptionClass } from './manifest.js';
import { regionsOf } from '../maps/regions.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';

/** Means of the perception network's maps inside a region, 0 … 1. */
export type Seen = Readonly<Record<PerceptionClass, number>>;

/** Means of the maps in a box of the surveyed picture. */
export function seenAt(
  { maps, width, height }: PerceptionMaps,
  box: Box,
  survey: { readonly width: number; readonly height: number },
): Seen {
  const [fx, fy] = [width / survey.width, height / survey.height];
  const x = Math.min(width - 1, Math.floor(box.x * fx));
  const y = Math.min(height - 1, Math.floor(box.y * fy));
  const inner: Box = {
    x,
    y,
    width: Math.max(1, Math.min(width, Math.ceil((box.x + box.width) * fx)) - x),
    height: Math.max(1, Math.min(height, Math.ceil((box.y + box.height) * fy)) - y),
  };
  const n = inner.width * inner.height;
  return Object.fromEntries(CLASSES.map((name) => [name, sumIn(maps[name], width, inner) / n / 255])) as Record<PerceptionClass, number>;
}

function sumIn(map: Uint8Array, width: number, { x, y, width: w, height: h }: Box): number {
  let sum = 0;
  for (let v = y; v < y + h; v++) for (let p = v * width + x, end = p + w; p < end; p++) sum += map[p];
  return sum;
}

/** Shares of the way from the network's threshold to 0 and to 1 at which marks are cut out of its map: at a low one a mark hangs together. */
const LEVELS = [-0.25, 0, 0.5];
/** Levels a sample and persistence from which an edge inside is the mark's. */
const WEAKEST = 4;
const STANDS = 1.2;
/** Edges that a region needs, over the square of the picture's shorter side; and the share of the picture that it may take. */
const LEAST = 0.0012;
const LARGEST = 0.12;
/** Distance from the picture's border, over its shorter side, within which no mark stands: what is there is cut off by the border. */
const BORDER = 0.015;

/** The edges that stand where the network sees a mark, place by place: indices into the surveyed picture, sorted. Places at several levels meet. */
export function placesSeen(perceived: PerceptionMaps, threshold: number, statistics: StretchStatistics): Int32Array[] {
  const { width, height } = statistics;
  const unit = Math.min(width, height);
  return LEVELS.flatMap((level) => {
    const limit = 255 * (threshold + level * (level < 0 ? threshold : 1 - threshold));
    const map = perceived.maps.mark.map((v) => (v > limit ? 1 : 0));
    return regionsOf(map, perceived.width, perceived.height, LEAST * 0.25 * Math.min(perceived.width, perceived.height) ** 2).flatMap(
      ({ pixels }) => {
        const pixel = edgesUnder(pixels, perceived, statistics);
        const box = boxOf(pixel, width);
        const margin = Math.min(box.x, box.y, width - box.x - box.width, height - box.y - box.height);
        if (pixel.length < LEAST * unit * unit || box.width * box.height > LARGEST * width * height) return [];
        return margin > BORDER * unit ? [pixel] : [];
      },
    );
  });
}

/** Edges of the surveyed picture that stand under some samples of the network's maps. */
function edgesUnder(samples: Int32Array, maps: PerceptionMaps, { width, height, strength, persistence }: StretchStatistics): Int32Array {
  const out: number[] = [];
  for (const s of samples) {
    const [u, v] = [s % maps.width, Math.floor(s / maps.width)];
    const [x1, y1] = [Math.floor(((u + 1) * width) / maps.width), Math.floor(((v + 1) * height) / maps.height)];
    for (let y = Math.floor((v * height) / maps.height); y < y1; y++)
      for (let x = Math.floor((u * width) / maps.width), p = y * width + x; x < x1; x++, p++)
        if (strength[p] > WEAKEST && persistence[p] > STANDS) out.push(p);
  }
  return Int32Array.from(out).sort();
}

/** The box around pixels of a picture of that width, which are sorted. */
export function boxOf(pixel: Int32Array, width: number): Box {
  let [x0, x1] = [width, -1];
  for (const p of pixel) {
    const x = p % width;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
  }
  const y = Math.floor((pixel[0] ?? 0) / width);
  return { x: x0, y, width: x1 - x0 + 1, height: Math.floor((pixel[pixel.length - 1] ?? 0) / width) - y + 1 };
}
