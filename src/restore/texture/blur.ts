/** Radius of each of the means, in samples, and how many follow each other: together about a Gaussian of standard deviation 4.5. */
const RADIUS = 4;
const TIMES = 3;

/**
 * Blurs what belongs to a hole, as if all else were 0, in place.
 * @param values [height, width, 3]; 0 where `hole` is 0
 * @param hole [height, width]
 */
export function blurInside(values: Float32Array, hole: Uint8Array, width: number, height: number): void {
  const box = boundsOf(hole, width, height);
  if (!box) return;
  const [left, top, right, bottom] = box;
  for (let time = 0; time < TIMES; time++) {
    for (let y = top; y <= bottom; y++) for (let c = 0; c < 3; c++) meanAlong(values, 3 * (y * width + left) + c, 3, right - left + 1);
    for (let x = left; x <= right; x++)
      for (let c = 0; c < 3; c++) meanAlong(values, 3 * (top * width + x) + c, 3 * width, bottom - top + 1);
  }
}

/** The hole's extent and what the means reach beyond it: left, top, right, bottom. */
function boundsOf(hole: Uint8Array, width: number, height: number): [number, number, number, number] | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (!hole[i]) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), y];
    }
  const reach = RADIUS * TIMES;
  return right < 0
    ? undefined
    : [Math.max(0, left - reach), Math.max(0, top - reach), Math.min(width - 1, right + reach), Math.min(height - 1, bottom + reach)];
}

const line = { values: new Float64Array(0) };

/** Means of 2 × {@link RADIUS} + 1 values of a line, `step` apart; beyond its ends all are 0. */
function meanAlong(values: Float32Array, start: number, step: number, length: number): void {
  if (line.values.length < length) line.values = new Float64Array(length);
  const copy = line.values;
  for (let i = 0; i < length; i++) copy[i] = values[start + i * step];
  let sum = 0;
  for (let i = 0; i < Math.min(RADIUS, length); i++) sum += copy[i];
  for (let i = 0; i < length; i++) {
    if (i + RADIUS < length) sum += copy[i + RADIUS];
    if (i > RADIUS) sum -= copy[i - RADIUS - 1];
    values[start + i * step] = sum / (2 * RADIUS + 1);
  }
}
