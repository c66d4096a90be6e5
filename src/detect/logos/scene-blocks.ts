import type { Box } from '../../core/area.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';

/** Levels a sample from which an edge of the scene counts, and edges that a block needs to have a persistence. */
const STRONG = 8;
const ENOUGH = 5;
/** Deviation over time, in levels, of what moves. */
const MOVING = 6;

/** How steady a picture is outside some box. */
export interface Surroundings {
  /** Persistence that nine tenths of the blocks with edges do not reach; 0 when there are none. */
  readonly persistence: number;
  /** Share of the blocks most of which moves. */
  readonly moving: number;
  /** Share of the blocks whose edges persist more than this. */
  shareAbove(persistence: number): number;
}

/** A stretch's statistics summed up over a grid of square blocks. */
export class SceneBlocks {
  private readonly side: number;
  private readonly columns: number;
  private readonly persistence: Float32Array;
  private readonly moving: Uint8Array;

  constructor({ width, height, deviation, strength, persistence }: StretchStatistics) {
    this.side = Math.max(8, Math.round(Math.min(width, height) / 30));
    this.columns = Math.floor(width / this.side);
    const rows = Math.floor(height / this.side);
    this.persistence = new Float32Array(this.columns * rows);
    this.moving = new Uint8Array(this.columns * rows);
    for (let b = 0; b < this.moving.length; b++) {
      const x = (b % this.columns) * this.side;
      const y = Math.floor(b / this.columns) * this.side;
      const steady: number[] = [];
      let moved = 0;
      for (let v = y; v < y + this.side; v++) {
        for (let p = v * width + x, end = p + this.side; p < end; p++) {
          if (strength[p] > STRONG) steady.push(persistence[p]);
          if (deviation[p] > MOVING) moved++;
        }
      }
      if (steady.length >= ENOUGH) this.persistence[b] = steady.sort((a, c) => a - c)[steady.length >> 1];
      this.moving[b] = moved > 0.5 * this.side * this.side ? 1 : 0;
    }
  }

  /** The blocks that do not meet a box or its near surroundings. */
  without(box: Box): Surroundings {
    const { side, columns } = this;
    const all: number[] = [];
    let moving = 0;
    for (let b = 0; b < this.moving.length; b++) {
      const x = (b % columns) * side;
      const y = Math.floor(b / columns) * side;
      if (x < box.x + box.width + side && box.x < x + 2 * side && y < box.y + box.height + side && box.y < y + 2 * side) continue;
      all.push(this.persistence[b]);
      moving += this.moving[b];
    }
    const steady = all.filter((v) => v > 0).sort((a, b) => a - b);
    return {
      persistence: steady[Math.floor(0.9 * steady.length)] ?? 0,
      moving: moving / Math.max(1, all.length),
      shareAbove: (limit) => all.filter((v) => v > limit).length / Math.max(1, all.length),
    };
  }
}
