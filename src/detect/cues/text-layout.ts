import type { Box } from '../../core/area.js';
import { bridgeRows, regionsOf } from '../maps/regions.js';

/** One line (or part of a line) of strokes. */
export interface TextLine {
  readonly box: Box;
  /** Pixels of the set inside. */
  readonly count: number;
  /** Share of them that begin and end within a frame of the others. */
  readonly sharp: number;
  /** Strokes met by an average row, in a stretch as long as the line is high. Text has about 1 to 4, blobs under 0.7. */
  readonly strokes: number;
  /** Share of the pixels whose level is within 10 of the two commonest levels: fill and outline. */
  readonly twoTone: number;
  /** Levels between those two. */
  readonly contrast: number;
}

/** Chosen pixels of a picture and their levels. `map`: 0 = not chosen, 2 = in step with the others, 1 = nearly so. */
export interface PixelSet {
  readonly map: Uint8Array;
  readonly level: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Shorter side of the picture that the map is a part of. */
  readonly unit: number;
}

/** Groups the pixels that are in step into lines of neighbouring strokes and measures how much like text each is. Specks are dropped. */
export function textLines(set: PixelSet): TextLine[] {
  const { map, width, height, unit } = set;
  const joined = bridgeRows(map, width, height, Math.round(unit * 0.03), 2);
  const lines: TextLine[] = [];
  for (const region of regionsOf(joined, width, height, 40)) {
    if (region.box.height < unit * 0.012) continue;
    const line = measure(set, region.box);
    if (line) lines.push(line);
  }
  return lines;
}

function measure(set: PixelSet, box: Box): TextLine | undefined {
  const { map, level, width } = set;
  const histogram = new Uint32Array(256);
  let count = 0;
  let sharp = 0;
  let entries = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let p = y * width + box.x, end = p + box.width; p < end; p++) {
      if (!map[p]) continue;
      count++;
      if (map[p] === 2) sharp++;
      histogram[level[p]]++;
      if (!map[p - 1]) entries++;
    }
  }
  if (count < 30) return undefined;
  const first = mode(histogram, -1);
  const second = mode(histogram, first.level);
  return {
    box,
    count,
    sharp: sharp / count,
    strokes: entries / box.width,
    twoTone: (first.count + second.count) / count,
    contrast: Math.abs(first.level - second.level),
  };
}

/** The level with the most pixels within 10 of it, at least 40 away from `other`. */
function mode(histogram: Uint32Array, other: number): { level: number; count: number } {
  let best = { level: 0, count: -1 };
  let sum = 0;
  for (let v = -10; v < 256; v++) {
    if (v + 10 < 256) sum += histogram[v + 10];
    if (v - 11 >= 0) sum -= histogram[v - 11];
    if (v >= 0 && sum > best.count && (other < 0 || Math.abs(v - other) > 40)) best = { level: v, count: sum };
  }
  return best;
}
