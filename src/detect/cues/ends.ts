import { comparing, rangesIn } from '../kernels/surround.js';
import { LevelSums } from '../maps/level-sums.js';
import { rankIn } from '../maps/rank.js';

/** How the pixels of a cue lie above what is seen beyond one of its ends; row-major maps of its box. */
export interface CueEnd {
  /** Levels; means of up to three frames on either side, or of one each where the scene travels. */
  readonly over: Float32Array;
  /** Levels beyond the end, of the scene that has not travelled. */
  readonly scene: Float32Array;
  /** 1 where the scene's own motion may have made the step. */
  readonly explained: Uint8Array;
  /** Levels that nine tenths of the scene beside the cue change by, unexplained: little where it goes on as it was, much at a cut. */
  readonly unrest: number;
  /** The median of the same. */
  readonly step: number;
}

/** Frames on either side of an end, those nearest to it first; row-major samples of the cue's box. */
export interface EndFrames {
  readonly inside: readonly Uint8Array[];
  readonly beyond: readonly Uint8Array[];
  /** Where the cue may be: there the scene cannot be compared. */
  readonly near: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Levels around a pixel that make it part of an edge; the share of them by which the liveliest edges beside a cue step in a scene that moves; levels of noise. */
const SOME_EDGE = 32;
const MOST = 0.97;
const MOVES = 0.12;
const WITHIN = 6;
/** Samples by which a scene may travel from one frame to the next and still be followed, and what must be left of its change when it is. */
const FARTHEST = 4;
const FOLLOWED = 0.7;
/** Levels of the mean change beside a cue below which nothing is to be gained. */
const CALM = 1.5;
/** Of the rows beside a cue, one in so many is compared. */
const APART = 2;

/** Compares both sides of an end. A scene that travels across it (a slow tilt over a drawing) is followed by whole samples. */
export function cueEnd(frames: EndFrames): CueEnd | undefined {
  const { inside, beyond, near, width, height } = frames;
  if (!inside.length || !beyond.length) return undefined;
  const shift = travelOf(frames);
  const scene = shift ? travelled(beyond[0], shift, width, height) : meanOf(beyond);
  const over = Float32Array.from(shift ? inside[0] : meanOf(inside));
  for (let p = 0; p < over.length; p++) over[p] -= scene[p];
  const explained = explainedBy(over, beyond[0], near, width, height);
  const steps = new Float32Array(over.length);
  let count = 0;
  for (let p = 0; p < over.length; p++) if (!near[p]) steps[count++] = explained[p] ? 0 : Math.abs(over[p]);
  const beside = steps.subarray(0, count);
  return { over, scene, explained, step: rankIn(beside, 0.5) ?? 0, unrest: rankIn(beside, 0.9) ?? 0 };
}

/**
 * Where a scene that goes on, moved by no more than a sample, steps by itself: the level of before lies between those around the same place of after. A scene that
 * stands beside the cue explains nothing.
 */
function explainedBy(over: Float32Array, scene: Uint8Array, near: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(over.length);
  const { low, high } = rangesIn(scene, width);
  let [edges, moving] = [0, 0];
  for (let y = 1; y < height - 1; y++)
    for (let p = y * width + 1, end = p + width - 2; p < end; p++) {
      const range = high[p] - low[p];
      if (near[p] || range <= SOME_EDGE) continue;
      edges++;
      if (Math.abs(over[p]) > MOVES * range) moving++;
    }
  if (!moving || edges - moving > Math.floor(MOST * edges)) return out;
  for (let y = 1; y < height - 1; y++)
    for (let p = y * width + 1, end = p + width - 2; p < end; p++) {
      const level = scene[p] + over[p];
      if (level >= low[p] - WITHIN && level <= high[p] + WITHIN) out[p] = 1;
    }
  return out;
}

interface Shift {
  readonly x: number;
  readonly y: number;
}

/** By how much the scene beside the cue travels from inside to beyond its end; undefined where it does not, or where following it explains little. */
function travelOf({ inside, beyond, near, width, height }: EndFrames): Shift | undefined {
  const change = changeBeside(inside[0], beyond[0], near, width, height);
  const still = change({ x: 0, y: 0 });
  if (still < CALM) return undefined;
  let best: Shift | undefined;
  let least = FOLLOWED * still;
  for (let y = -FARTHEST; y <= FARTHEST; y++)
    for (let x = -FARTHEST; x <= FARTHEST; x++) {
      const left = change({ x, y });
      if (left < least) [best, least] = [{ x, y }, left];
    }
  return best;
}

/** Tells the mean absolute difference beside the cue between one picture and another one shifted by at most {@link FARTHEST}. */
function changeBeside(a: Uint8Array, b: Uint8Array, near: Uint8Array, width: number, height: number): (shift: Shift) => number {
  const columns = Math.max(0, width - 2 * FARTHEST);
  const rows = Math.max(0, Math.ceil((height - 2 * FARTHEST) / APART));
  const first = FARTHEST * width + FARTHEST;
  let count = 0;
  for (let r = 0, from = first; r < rows; r++, from += APART * width) for (let p = from; p < from + columns; p++) if (!near[p]) count++;
  const compare = comparing(a, b, near);
  return ({ x, y }) => (count ? compare(first, y * width + x, columns, rows, APART * width) / count : 0);
}

/** A picture shifted, which is continued beyond its border. */
function travelled(picture: Uint8Array, shift: Shift, width: number, height: number): Float32Array {
  const out = new Float32Array(picture.length);
  for (let y = 0, p = 0; y < height; y++) {
    const row = Math.max(0, Math.min(height - 1, y + shift.y)) * width;
    for (let x = 0; x < width; x++, p++) out[p] = picture[row + Math.max(0, Math.min(width - 1, x + shift.x))];
  }
  return out;
}

function meanOf(crops: readonly Uint8Array[]): Float32Array {
  const levels = new LevelSums(crops[0].length);
  for (const crop of crops) levels.add(crop);
  const mean = levels.mean();
  levels.close();
  return mean;
}
