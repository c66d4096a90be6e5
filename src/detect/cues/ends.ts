import { LevelSums } from '../maps/level-sums.js';
import { rankIn } from '../maps/rank.js';

/** How the pixels of a cue lie above what is seen beyond one of its ends; row-major maps of its box. */
export interface CueEnd {
  /** Levels; means of up to three frames on either side, or of one each where the scene travels. */
  readonly over: Float32Array;
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
  const over = shift ? differenceAt(inside[0], beyond[0], shift, width, height) : meanOf(inside);
  if (!shift) {
    const other = meanOf(beyond);
    for (let p = 0; p < over.length; p++) over[p] -= other[p];
  }
  const explained = explainedBy(over, beyond[0], near, width, height);
  const steps = new Float32Array(over.length);
  let count = 0;
  for (let p = 0; p < over.length; p++) if (!near[p]) steps[count++] = explained[p] ? 0 : Math.abs(over[p]);
  const beside = steps.subarray(0, count);
  return { over, explained, step: rankIn(beside, 0.5) ?? 0, unrest: rankIn(beside, 0.9) ?? 0 };
}

/**
 * Where a scene that goes on, moved by no more than a sample, steps by itself: the level of before lies between those around the same place of after. A scene that
 * stands beside the cue explains nothing.
 */
function explainedBy(over: Float32Array, scene: Uint8Array, near: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(over.length);
  const shares = new Float32Array(over.length);
  let count = 0;
  eachSurround(scene, width, height, (p, low, high) => {
    if (!near[p] && high - low > SOME_EDGE) shares[count++] = Math.abs(over[p]) / (high - low);
    const level = scene[p] + over[p];
    if (level >= low - WITHIN && level <= high + WITHIN) out[p] = 1;
  });
  return (rankIn(shares.subarray(0, count), MOST) ?? 0) > MOVES ? out : out.fill(0);
}

/** Tells of each pixel that is not at the border the darkest and the brightest of the nine around it. */
function eachSurround(picture: Uint8Array, width: number, height: number, tell: (p: number, low: number, high: number) => void): void {
  for (let y = 1; y < height - 1; y++)
    for (let x = 1, p = y * width + 1; x < width - 1; x++, p++) {
      let [low, high] = [255, 0];
      for (let q = p - width - 1; q <= p + width - 1; q += width)
        for (let k = q; k < q + 3; k++) {
          if (picture[k] < low) low = picture[k];
          if (picture[k] > high) high = picture[k];
        }
      tell(p, low, high);
    }
}

interface Shift {
  readonly x: number;
  readonly y: number;
}

/** By how much the scene beside the cue travels from inside to beyond its end; undefined where it does not, or where following it explains little. */
function travelOf({ inside, beyond, near, width, height }: EndFrames): Shift | undefined {
  const still = changeAt(inside[0], beyond[0], { x: 0, y: 0 }, near, width, height);
  if (still < CALM) return undefined;
  let best: Shift | undefined;
  let least = FOLLOWED * still;
  for (let y = -FARTHEST; y <= FARTHEST; y++)
    for (let x = -FARTHEST; x <= FARTHEST; x++) {
      const change = changeAt(inside[0], beyond[0], { x, y }, near, width, height);
      if (change < least) [best, least] = [{ x, y }, change];
    }
  return best;
}

/** Mean absolute difference beside the cue between one picture and another one shifted. */
function changeAt(a: Uint8Array, b: Uint8Array, shift: Shift, near: Uint8Array, width: number, height: number): number {
  const by = shift.y * width + shift.x;
  let [sum, count] = [0, 0];
  for (let y = FARTHEST; y < height - FARTHEST; y += APART)
    for (let x = FARTHEST, p = y * width + x; x < width - FARTHEST; x++, p++) {
      if (near[p]) continue;
      sum += Math.abs(a[p] - b[p + by]);
      count++;
    }
  return count ? sum / count : 0;
}

/** Differences of one picture and another one shifted, which is continued beyond its border. */
function differenceAt(a: Uint8Array, b: Uint8Array, shift: Shift, width: number, height: number): Float32Array {
  const out = new Float32Array(a.length);
  for (let y = 0, p = 0; y < height; y++) {
    const row = Math.max(0, Math.min(height - 1, y + shift.y)) * width;
    for (let x = 0; x < width; x++, p++) out[p] = a[p] - b[row + Math.max(0, Math.min(width - 1, x + shift.x))];
  }
  return out;
}

function meanOf(crops: readonly Uint8Array[]): Float32Array {
  const levels = new LevelSums(crops[0].length);
  for (const crop of crops) levels.add(crop);
  return levels.mean();
}
