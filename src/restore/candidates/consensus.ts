import { compare } from './match.js';
import { patchStart, type PyramidLevel } from './pyramid.js';
import type { PatchGrid } from './patches.js';

/** Patches on either side that are asked. */
const AROUND = 4;
/** Turns of the robust mean; difference from it, in samples, at which a neighbour counts half. */
const TURNS = 4;
const OUTLIER = 1;
/** What the neighbours' motion may fit worse, as a factor and in squared luma levels, and still be taken. */
const WORSE = 1.05;
const NOISE = 1;
/** Difference from the neighbours, in samples, at which a patch that insists on its own motion is trusted half. */
const ALONE = 1;

/**
 * Compares each patch's displacement with a robust mean of those around it: takes that where it fits as well, else trusts the patch
 * less. Beside a hole patches see little and err, and what they say is what the hole is completed from.
 */
export function seekConsensus(a: PyramidLevel, b: PyramidLevel, grid: PatchGrid): void {
  const { columns, rows, u, v, weight } = grid;
  const n = columns * rows;
  const usual = new Float32Array(2 * n);
  for (let at = 0; at < n; at++) robustMotion(grid, at, usual);
  for (let j = 0, at = 0; j < rows; j++) {
    const y = patchStart(j, a.height);
    for (let i = 0; i < columns; i++, at++) {
      const [mu, mv] = [usual[2 * at], usual[2 * at + 1]];
      const apart = (u[at] - mu) ** 2 + (v[at] - mv) ** 2;
      if (apart < 0.0025) continue;
      const x = patchStart(i, a.width);
      const own = compare(a, b, x, y, u[at], v[at]);
      if (compare(a, b, x, y, mu, mv) <= own * WORSE + NOISE) [u[at], v[at]] = [mu, mv];
      else weight[at] /= 1 + apart / (ALONE * ALONE);
    }
  }
}

/** Mean displacement around a patch, itself included, by trust; displacements far from it count little. */
function robustMotion({ columns, rows, u, v, weight }: PatchGrid, at: number, usual: Float32Array): void {
  const i = at % columns;
  const j = (at - i) / columns;
  const [left, right] = [Math.max(0, i - AROUND), Math.min(columns - 1, i + AROUND)];
  const [top, bottom] = [Math.max(0, j - AROUND), Math.min(rows - 1, j + AROUND)];
  let [mu, mv] = [0, 0];
  for (let turn = 0; turn < TURNS; turn++) {
    let [su, sv, sum] = [0, 0, 0];
    for (let row = top; row <= bottom; row++) {
      for (let k = row * columns + left; k <= row * columns + right; k++) {
        const apart = turn ? (u[k] - mu) ** 2 + (v[k] - mv) ** 2 : 0;
        const w = weight[k] / (1 + apart / (OUTLIER * OUTLIER));
        su += w * u[k];
        sv += w * v[k];
        sum += w;
      }
    }
    [mu, mv] = [su / sum, sv / sum];
  }
  [usual[2 * at], usual[2 * at + 1]] = [mu, mv];
}
