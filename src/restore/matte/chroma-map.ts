import type { Box } from '../../core/area.js';

/** Subsampling of a plane against luma, see `chromaShift`. */
export interface Shift {
  readonly x: number;
  readonly y: number;
}

/** The box of a subsampled plane that holds every sample which a box of luma touches. */
export function chromaBox({ x, y, width, height }: Box, shift: Shift): Box {
  const [left, top] = [x >> shift.x, y >> shift.y];
  return { x: left, y: top, width: ((x + width - 1) >> shift.x) - left + 1, height: ((y + height - 1) >> shift.y) - top + 1 };
}

/** Means of a map of a luma box over the luma samples of each sample of {@link chromaBox}. */
export function chromaMap(map: ArrayLike<number>, from: Box, shift: Shift): Float32Array {
  const to = chromaBox(from, shift);
  const [sums, counts] = [new Float32Array(to.width * to.height), new Uint8Array(to.width * to.height)];
  for (let y = 0, i = 0; y < from.height; y++) {
    for (let x = 0; x < from.width; x++, i++) {
      const at = (((from.y + y) >> shift.y) - to.y) * to.width + ((from.x + x) >> shift.x) - to.x;
      sums[at] += map[i];
      counts[at]++;
    }
  }
  return sums.map((sum, i) => sum / counts[i]);
}
