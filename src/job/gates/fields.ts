import { TILE } from './tiles.js';

/**
 * How much two fields comb when they are woven: mean over the tiles of |above + below - 2 · between| where even lines are of `even` and odd lines of
 * `odd`. Tiles begin on even lines.
 */
export function combing(even: Float32Array, odd: Float32Array): number {
  let sum = 0;
  for (let tile = 0; tile < even.length; tile += TILE * TILE)
    for (let y = 1; y < TILE - 1; y += 2)
      for (let p = tile + y * TILE, end = p + TILE; p < end; p++) sum += Math.abs(even[p - TILE] + even[p + TILE] - 2 * odd[p]);
  return even.length ? sum / even.length : 0;
}

/** How two pairs of fields comb over all frames that were looked at. */
export class FieldOrder {
  #late = 0;
  #early = 0;

  /**
   * Takes two frames that follow each other, as luma tiles. With the top field first, the bottom field of the first one and the top field of the
   * second follow each other at once, while its top field and the other's bottom field are three fields apart; with the bottom field first it is
   * the other way about. What moves combs more the further its fields are apart.
   */
  add(first: Float32Array, second: Float32Array): void {
    this.#late += combing(second, first);
    this.#early += combing(first, second);
  }

  /** -1 … 1: above 0 the top field is first, below 0 the bottom field; near 0 nothing tells. */
  get order(): number {
    const both = this.#late + this.#early;
    return both ? (this.#early - this.#late) / both : 0;
  }
}
