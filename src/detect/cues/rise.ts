import { growMap } from '../maps/regions.js';

/**
 * Edge energy at a cue's glyphs while it stands, over that in the frames around it; 1 where there are none.
 * @param outside samples of the same box in frames without the cue
 */
export function riseOf(mean: Float32Array, outside: readonly Uint8Array[], seeds: Uint8Array, width: number, height: number): number {
  if (!outside.length) return 1;
  const near = innerPixels(growMap(seeds, width, height, 1), width, height);
  const around = outside.map((crop) => edgeEnergy(crop, near, width)).sort((a, b) => a - b);
  return edgeEnergy(mean, near, width) / Math.max(1, around[around.length >> 1]);
}

/** The set pixels of a map that do not lie at its border. */
function innerPixels(map: Uint8Array, width: number, height: number): Int32Array {
  const out = new Int32Array(map.length);
  let count = 0;
  for (let y = 1; y < height - 1; y++) for (let p = y * width + 1, end = p + width - 2; p < end; p++) if (map[p]) out[count++] = p;
  return out.slice(0, count);
}

/** Sum of the absolute differences across each of some pixels. */
function edgeEnergy(picture: Uint8Array | Float32Array, at: Int32Array, width: number): number {
  let sum = 0;
  for (let i = 0; i < at.length; i++) {
    const p = at[i];
    sum += Math.abs(picture[p + 1] - picture[p - 1]) + Math.abs(picture[p + width] - picture[p - width]);
  }
  return sum;
}
