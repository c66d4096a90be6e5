import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinimumCut } from '../../../src/restore/texture/minimum-cut.js';

const NODES = 5;
const PAIRS = Int32Array.from([0, 1, 1, 2, 2, 3, 3, 4, 0, 2, 1, 4]);

/** What a cut costs: `side[p]` is 1 on the sink's side. */
function costOf(side: ArrayLike<number>, across: Float64Array, cost: Float64Array): number {
  let sum = 0;
  for (let p = 0; p < NODES; p++) if (side[p]) sum += cost[p];
  for (let k = 0; k < across.length; k++) if (!side[PAIRS[2 * k]] && side[PAIRS[2 * k + 1]]) sum += across[k];
  return sum;
}

describe('a minimum cut', () => {
  it('costs as little as the cheapest of all cuts, each time it is filled anew', () => {
    const cutter = new MinimumCut(NODES, PAIRS);
    const numbers = (min: number, length: number) =>
      fc.array(fc.integer({ min, max: 20 }), { minLength: length, maxLength: length }).map((some) => Float64Array.from(some));
    fc.assert(
      fc.property(numbers(0, PAIRS.length / 2), numbers(-20, NODES), (across, cost) => {
        const all = Array.from({ length: 2 ** NODES }, (_, bits) => Array.from({ length: NODES }, (_n, p) => (bits >> p) & 1));
        const cheapest = Math.min(...all.map((side) => costOf(side, across, cost)));
        expect(costOf(cutter.cut(across, cost), across, cost)).toBe(cheapest);
      }),
    );
  });
});
