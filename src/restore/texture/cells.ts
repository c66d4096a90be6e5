/** Side of the cells over which frames are compared, in samples. */
export const CELL = 8;
/** Luma's shares of R, G and B (BT.709), which are near enough here for all programmes. */
const LUMA = [0.2126, 0.7152, 0.0722];

/**
 * Mean luma of what is visible of each cell of a frame, less the mean of all of them: what stays when the light changes. NaN where nothing is visible.
 * @param rgb [height, width, 3]
 * @param mask [height, width], 0 = visible
 */
export function meansOf(rgb: Uint8Array, mask: Uint8Array, width: number, height: number): Float32Array {
  const across = Math.ceil(width / CELL);
  const sums = new Float64Array(across * Math.ceil(height / CELL));
  const counts = new Uint16Array(sums.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (mask[i]) continue;
      const cell = Math.floor(y / CELL) * across + Math.floor(x / CELL);
      sums[cell] += LUMA[0] * rgb[3 * i] + LUMA[1] * rgb[3 * i + 1] + LUMA[2] * rgb[3 * i + 2];
      counts[cell]++;
    }
  const mean =
    sums.reduce((a, b) => a + b, 0) /
    Math.max(
      1,
      counts.reduce((a, b) => a + b, 0),
    );
  return Float32Array.from(sums, (sum, k) => (counts[k] ? sum / counts[k] - mean : NaN));
}

/** Mean square of {@link meansOf}. */
export function contrast(means: Float32Array): number {
  const known = means.filter((v) => !Number.isNaN(v));
  return known.reduce((sum, v) => sum + v * v, 0) / Math.max(1, known.length);
}
