import { boundsOf, type Box } from '../../core/area.js';
import { Packed } from '../../core/packed-mask.js';
import { rankOf } from '../maps/rank.js';
import { growMap } from '../maps/regions.js';
import type { CueEnd } from './ends.js';

/** What a cue's ends say about a plate behind it, row-major maps of `box`. */
export interface VeiledPicture {
  /** The ends at which the scene goes on. */
  readonly ends: readonly CueEnd[];
  /** Edge pixels of its glyphs. */
  readonly seeds: Uint8Array;
  /** Where in the picture the maps lie. */
  readonly box: Box;
  /** Height of its lines in samples of the maps. */
  readonly lineHeight: number;
}

/** A cue's ends in blocks of some pixels: motion of the scene averages out in them. Maps are row-major, `width` × `height`. */
export interface VeilBlocks {
  /** Where in the picture the blocks lie, and how many samples wide and high one is. */
  readonly at: Box;
  readonly side: number;
  readonly width: number;
  readonly height: number;
  /** 1 where glyphs hide any plate. */
  readonly glyphs: Uint8Array;
  readonly ends: readonly EndBlocks[];
}

/** One end of a cue, in levels: the scene beyond it, how the cue lies over that, and what it differs by with no plate. */
export interface EndBlocks {
  readonly scene: Uint8Array;
  readonly over: Int16Array;
  readonly noise: number;
}

/** Blocks along a line's height. */
export const BLOCKS = 24;
/** Share of a line's height by which letters reach beyond their edges, and share of a block's pixels that they must leave open for it to tell. */
const STROKE = 0.07;
const OPEN = 0.25;
/** Levels of noise at least. */
const NOISE = 3;

/** The blocks of a cue; what of its maps fills no block is left out. */
export function veilBlocks({ ends, seeds, box, lineHeight }: VeiledPicture): VeilBlocks {
  const side = Math.max(1, Math.round(lineHeight / BLOCKS));
  const letters = growMap(seeds, box.width, box.height, Math.max(2, Math.round(STROKE * lineHeight)));
  const grid = { at: box, side, width: Math.floor(box.width / side), height: Math.floor(box.height / side) };
  const glyphs = Uint8Array.from(means(grid, new Uint8Array(letters.length).fill(1), letters), (v) => (v ? 0 : 1));
  return {
    ...grid,
    glyphs,
    ends: ends.map((end) => {
      const over = means(grid, end.over, letters);
      return {
        scene: Uint8Array.from(means(grid, end.scene, letters), Math.round),
        over: Int16Array.from(over, Math.round),
        noise: NOISE + Math.min(end.step, stepBeside(over, glyphs, grid)),
      };
    }),
  };
}

/** The same blocks in a fraction of their room, for cues that wait for the end of a programme. Every access to a map unpacks a new copy: take it once. */
export function packedBlocks(blocks: VeilBlocks): VeilBlocks {
  const glyphs = new Packed(blocks.glyphs);
  return {
    ...blocks,
    get glyphs() {
      return glyphs.unpacked();
    },
    ends: blocks.ends.map(packedEnd),
  };
}

function packedEnd({ scene, over, noise }: EndBlocks): EndBlocks {
  const under = new Packed(scene);
  const step = new Packed(new Uint8Array(over.buffer, over.byteOffset, over.byteLength));
  return {
    noise,
    get scene() {
      return under.unpacked();
    },
    get over() {
      return new Int16Array(step.unpacked().slice().buffer);
    },
  };
}

type Grid = Pick<VeilBlocks, 'at' | 'side' | 'width' | 'height'>;

/** The median step of the blocks around the letters. */
function stepBeside(over: Float32Array, glyphs: Uint8Array, { width, height }: Grid): number {
  const core = boundsOf(glyphs, width, height);
  const steps: number[] = [];
  for (let p = 0; p < over.length; p++) {
    const [x, y] = [p % width, (p / width) | 0];
    if (core && (x < core.x || y < core.y || x >= core.x + core.width || y >= core.y + core.height)) steps.push(Math.abs(over[p]));
  }
  return rankOf(steps, 0.5) ?? 0;
}

/** Means over the blocks, without letters; 0 where these leave little. */
function means({ at, side, width, height }: Grid, map: ArrayLike<number>, letters: Uint8Array): Float32Array {
  const out = new Float32Array(width * height);
  const counts = new Uint16Array(out.length);
  for (let y = 0; y < height * side; y++)
    for (let x = 0, p = y * at.width; x < width * side; x++, p++) {
      if (letters[p]) continue;
      const block = ((y / side) | 0) * width + ((x / side) | 0);
      out[block] += map[p];
      counts[block]++;
    }
  for (let b = 0; b < out.length; b++) out[b] = counts[b] >= OPEN * side * side ? out[b] / counts[b] : 0;
  return out;
}
