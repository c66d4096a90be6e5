import type { Box } from '../../core/area.js';

/** A box and the sum of a map's values in it. */
export interface Band {
  readonly box: Box;
  readonly sum: number;
}

/**
 * The boxes, no two of which share a row, in which the values of a map add up to most, each counted with `cost` less; from top to bottom. The densest box of each pair of rows is Kadane's (Bentley,
 * CACM 27, 1984); which pairs of rows, dynamic programming tells.
 */
export function densestBands(map: Float32Array, width: number, height: number, cost: number): Band[] {
  const most = new Float64Array(height + 1); // of the rows above
  const last: (Band | undefined)[] = new Array<undefined>(height + 1).fill(undefined);
  const columns = new Float64Array(width);
  // No box has more than all that is positive in its rows: `above` is that of the rows above, `bound` the most that any top row up to one may bring with it, but for the rows to come.
  const above = new Float64Array(height + 1);
  const bound = new Float64Array(height + 1).fill(-Infinity);
  for (let bottom = 0; bottom < height; bottom++) {
    most[bottom + 1] = most[bottom];
    above[bottom + 1] = above[bottom] + positive(map, bottom * width, width);
    bound[bottom] = Math.max(bottom ? bound[bottom - 1] : -Infinity, most[bottom] - above[bottom]);
    columns.fill(0);
    for (let top = bottom; top >= 0 && bound[top] + above[bottom + 1] - cost > most[bottom + 1]; top--) {
      addRow(columns, map, top * width);
      const { from, to, sum } = densestRun(columns);
      if (most[top] + sum - cost <= most[bottom + 1]) continue;
      most[bottom + 1] = most[top] + sum - cost;
      last[bottom + 1] = { box: { x: from, y: top, width: to - from, height: bottom - top + 1 }, sum };
    }
  }
  const out: Band[] = [];
  for (let row = height; row > 0;) {
    const band = last[row];
    if (band) out.unshift(band);
    row = band?.box.y ?? row - 1;
  }
  return out;
}

function positive(map: Float32Array, from: number, width: number): number {
  let sum = 0;
  for (let p = from; p < from + width; p++) if (map[p] > 0) sum += map[p];
  return sum;
}

function addRow(columns: Float64Array, map: Float32Array, from: number): void {
  for (let x = 0; x < columns.length; x++) columns[x] += map[from + x];
}

/** The neighbours whose values add up to most: those from `from` to before `to`. */
function densestRun(values: Float64Array): { from: number; to: number; sum: number } {
  let best = { from: 0, to: 0, sum: 0 };
  let [sum, from] = [0, 0];
  for (let x = 0; x < values.length; x++) {
    if (sum <= 0) [sum, from] = [0, x];
    sum += values[x];
    if (sum > best.sum) best = { from, to: x + 1, sum };
  }
  return best;
}
