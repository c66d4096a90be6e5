import type { Hole } from '../hole.js';

/** Samples from the hole's edge up to which a plate's own border may lie. */
const DEEP = 8;
/** Samples beyond the hole's edge at which the scene is taken: codecs mix the next ones with the plate. */
const BEYOND = 2;
/** Levels by which the scene must differ from the plate for it to tell. */
export const CONTRAST = 24;

/**
 * α near a plate's border as the frames say in which it stands: the scene goes on over the border, so what is beside it is likely what is under it, too. NaN far from the border, and where the scene is as
 * the plate.
 * @param frames levels of the hole's box
 * @param level that of the plate
 */
export function againstBeside(frames: readonly Uint8Array[], hole: Hole, level: number): Float32Array {
  return hole.depth.map((deep, i) => {
    const beside = deep && deep <= DEEP ? besideOf(i, hole) : undefined;
    if (beside === undefined) return NaN;
    let [product, power] = [0, 0];
    for (const f of frames) {
      const contrast = f[beside] - level;
      product += (f[beside] - f[i]) * contrast;
      power += contrast ** 2;
    }
    return power < frames.length * CONTRAST ** 2 ? NaN : product / power;
  });
}

/** The sample of the scene that is nearest in a row or a column. */
function besideOf(at: number, { unknown, box: { width, height } }: Hole): number | undefined {
  const [x, y] = [at % width, Math.floor(at / width)];
  for (let k = 1; k <= DEEP; k++)
    for (const [dx, dy] of [
      [0, -1],
      [0, 1],
      [-1, 0],
      [1, 0],
    ] as const) {
      const [u, v] = [x + dx * k, y + dy * k];
      if (u < 0 || v < 0 || u >= width || v >= height || unknown[v * width + u]) continue;
      const [far, low] = [
        Math.min(width - 1, Math.max(0, u + dx * (BEYOND - 1))),
        Math.min(height - 1, Math.max(0, v + dy * (BEYOND - 1))),
      ];
      return unknown[low * width + far] ? v * width + u : low * width + far;
    }
  return undefined;
}
