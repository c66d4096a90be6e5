/** Fewer samples than these say nothing about noise. */
const FEWEST = 150;
/** The quantile of the responses that is looked at: low, so that texture does not count as noise. */
const QUANTILE = 0.35;
/** The same quantile of |N(0, 1)|. */
const NORMAL = 0.4538;
/** What the high-pass makes of white noise: the root of the sum of its squared taps. */
const GAIN = 6;
/** Share of the missing noise that is added, and its most, in 8-bit levels. */
const ADDED = 0.6;
const MOST = 3;
/** Less than this is not worth adding. */
const LEAST = 0.5;

/**
 * Noise of the samples whose 3×3 neighbourhood has one `weight` throughout, as a standard deviation in levels: a low quantile
 * of |second difference in x of second difference in y| (Immerkær, Fast Noise Variance Estimation, 1996). Undefined when
 * there are too few.
 * @param luma row-major, 8-bit levels
 */
export function noiseLevel(luma: Float32Array, weight: Uint8Array, width: number, height: number, where: number): number | undefined {
  const bins = new Uint32Array(1024);
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    let run = 0;
    for (let x = 0, i = y * width; x < width; x++, i++) {
      run = weight[i] === where && weight[i - width] === where && weight[i + width] === where ? run + 1 : 0;
      if (run < 3) continue;
      const m = i - 1;
      const edge = luma[m - width - 1] + luma[m - width + 1] + luma[m + width - 1] + luma[m + width + 1];
      const cross = luma[m - 1] + luma[m + 1] + luma[m - width] + luma[m + width];
      const response = Math.abs(edge - 2 * cross + 4 * luma[m]);
      bins[Math.min(1023, (response * 4) | 0)]++;
      count++;
    }
  }
  if (count < FEWEST) return undefined;
  let below = 0;
  for (let k = 0; k < bins.length; k++) {
    const next = below + bins[k];
    if (next >= QUANTILE * count) return (k + (QUANTILE * count - below) / bins[k]) / 4 / (NORMAL * GAIN);
    below = next;
  }
  return undefined;
}

/** Standard deviation, in levels, of the grain that a fill needs to be no cleaner than what is around it. */
export function missingGrain(around: number | undefined, fill: number | undefined): number {
  if (around === undefined || fill === undefined || around <= fill) return 0;
  const missing = Math.min(MOST, ADDED * Math.sqrt(around * around - fill * fill));
  return missing < LEAST ? 0 : missing;
}

/** A number 0 … 2³² - 1 that looks random and depends on its arguments alone. */
export function hash(frame: number, x: number, y: number): number {
  let h = Math.imul(frame + 1, 0x9e3779b1) ^ Math.imul(x + 1, 0x85ebca6b) ^ Math.imul(y + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** About normal: the sum of four bytes, standard deviation 1. */
function white(frame: number, x: number, y: number): number {
  const h = hash(frame, x, y);
  return ((h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510) / 147.8;
}

/** Grain of standard deviation 1 at one place of one frame, a little soft as after compression. */
export const grain = (frame: number, x: number, y: number): number =>
  0.5 * (white(frame, x, y) + white(frame, x + 1, y) + white(frame, x, y + 1) + white(frame, x + 1, y + 1));
