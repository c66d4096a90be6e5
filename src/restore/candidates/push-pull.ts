/**
 * Push-pull interpolation of scattered data (Gortler et al., The Lumigraph, 1996): averages of what is known go down a
 * pyramid, and come up again where nothing is known. Each level is relaxed on the way up, which takes the blocks out.
 */

/** Sweeps of relaxation on each level. */
const SWEEPS = 4;

/** How much the coarser level counts against the finer one's own average. */
const BLEND = 0.02;

interface Level {
  readonly width: number;
  readonly height: number;
  /** Channel planes one after the other, values times weight. */
  readonly sum: Float32Array;
  readonly weight: Float32Array;
}

function halve(from: Level, channels: number): Level {
  const width = (from.width + 1) >> 1;
  const height = (from.height + 1) >> 1;
  const to: Level = { width, height, sum: new Float32Array(width * height * channels), weight: new Float32Array(width * height) };
  halvePlane(from.weight, 0, from.width, from.height, to.weight, 0);
  const n = from.width * from.height;
  for (let c = 0; c < channels; c++) halvePlane(from.sum, c * n, from.width, from.height, to.sum, c * width * height);
  return to;
}

/** Means of 2×2; the last odd column or row counts twice. */
export function halvePlane(from: Float32Array, at: number, width: number, height: number, to: Float32Array, out: number): void {
  const w2 = (width + 1) >> 1;
  const h2 = (height + 1) >> 1;
  for (let y = 0; y < h2; y++) {
    const r0 = at + 2 * y * width;
    const r1 = 2 * y + 1 < height ? r0 + width : r0;
    for (let x = 0; x < w2; x++) {
      const x0 = 2 * x;
      const x1 = x0 + 1 < width ? x0 + 1 : x0;
      to[out++] = 0.25 * (from[r0 + x0] + from[r0 + x1] + from[r1 + x0] + from[r1 + x1]);
    }
  }
}

/** Blends the bilinear enlargement of `coarse` into one channel of a level and divides by the weights. */
function pull(coarse: Float32Array, at: number, cw: number, ch: number, level: Level, sum: Float32Array, base: number): void {
  const { width, height, weight } = level;
  for (let y = 0, i = 0; y < height; y++) {
    const ya = (y - 1) >> 1;
    const fy = y & 1 ? 0.25 : 0.75;
    const r0 = at + (ya < 0 ? 0 : ya) * cw;
    const r1 = at + (ya + 1 < ch ? ya + 1 : ch - 1) * cw;
    for (let x = 0; x < width; x++, i++) {
      const w = weight[i];
      if (w >= 1) continue;
      const xa = (x - 1) >> 1;
      const x0 = xa < 0 ? 0 : xa;
      const x1 = xa + 1 < cw ? xa + 1 : cw - 1;
      const fx = x & 1 ? 0.25 : 0.75;
      const a = coarse[r0 + x0] + (coarse[r0 + x1] - coarse[r0 + x0]) * fx;
      const b = coarse[r1 + x0] + (coarse[r1 + x1] - coarse[r1 + x0]) * fx;
      const f = a + (b - a) * fy;
      const own = (sum[base + i] + BLEND * f) / (w + BLEND);
      sum[base + i] = w > 0 ? sum[base + i] + (1 - w) * own : own;
    }
  }
}

/**
 * Smooths what a level does not know towards the mean of its four neighbours (Gauss-Seidel). From level to
 * level this is a cascadic multigrid solution of Laplace's equation: a membrane over the hole, held at its border.
 */
function relax({ width, height, weight }: Level, values: Float32Array, base: number): void {
  const unknown: number[] = [];
  for (let i = 0; i < weight.length; i++) if (weight[i] === 0) unknown.push(i);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let k = 0; k < unknown.length; k++) {
      const i = unknown[sweep & 1 ? unknown.length - 1 - k : k];
      const x = i % width;
      const at = base + i;
      const own = values[at];
      const left = x > 0 ? values[at - 1] : own;
      const right = x < width - 1 ? values[at + 1] : own;
      const up = i >= width ? values[at - width] : own;
      const down = i < width * (height - 1) ? values[at + width] : own;
      values[at] = 0.25 * (left + right + up + down);
    }
  }
}

/**
 * Completes `values` where `weight` is below 1, in place: `value * weight + interpolation * (1 - weight)`.
 * @param values channel planes one after the other, each `width * height`
 * @param weight `width * height`, 0 = unknown … 1 = known
 */
export function pushPull(values: Float32Array, weight: Float32Array, width: number, height: number, channels: number): void {
  const n = width * height;
  for (let c = 0; c < channels; c++) for (let i = 0; i < n; i++) values[c * n + i] *= weight[i];
  const levels: Level[] = [{ width, height, sum: values, weight }];
  while (Math.max(levels[levels.length - 1].width, levels[levels.length - 1].height) > 2)
    levels.push(halve(levels[levels.length - 1], channels));
  const top = levels[levels.length - 1];
  const area = top.width * top.height;
  for (let c = 0; c < channels; c++) for (let i = 0; i < area; i++) top.sum[c * area + i] /= top.weight[i] + 1e-6;
  for (let l = levels.length - 2; l >= 0; l--) {
    const coarse = levels[l + 1];
    const level = levels[l];
    const cn = coarse.width * coarse.height;
    const ln = level.width * level.height;
    for (let c = 0; c < channels; c++) {
      pull(coarse.sum, c * cn, coarse.width, coarse.height, level, level.sum, c * ln);
      relax(level, level.sum, c * ln);
    }
  }
}
