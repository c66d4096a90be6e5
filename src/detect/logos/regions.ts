import type { Box } from '../../core/area.js';
import { growMap, regionsOf, type Region } from '../maps/regions.js';

/** Largest share of the picture that the box of a logo may take. */
const LARGEST = 0.06;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Regions of neighbouring edges that are of a logo's size, stand free and do not touch the picture's border.
 * @param map not 0 where an edge is; of the whole picture, or of the box `at` in it
 */
export function compactRegions(map: Uint8Array, picture: Size, at: Box = { x: 0, y: 0, ...picture }): Region[] {
  const unit = Math.min(picture.width, picture.height);
  const reach = Math.round(unit * 0.012);
  const least = 0.0012 * unit * unit;
  return regionsOf(growMap(map, at.width, at.height, reach), at.width, at.height, least).filter(({ box, pixels }) => {
    const [x, y] = [at.x + box.x, at.y + box.y];
    if (x <= 1 || y <= 1 || x + box.width >= picture.width - 1 || y + box.height >= picture.height - 1) return false;
    if (box.width * box.height > LARGEST * picture.width * picture.height) return false;
    if (Math.min(box.width, box.height) - 2 * reach < unit * 0.012) return false;
    let n = 0;
    for (const p of pixels) if (map[p]) n++;
    return n >= least;
  });
}

/** The median of a map's values at some of its pixels; 0 of none. */
export function medianAt(map: Float32Array, pixel: Int32Array): number {
  const values = Float32Array.from(pixel, (p) => map[p]).sort();
  return values[values.length >> 1] ?? 0;
}
