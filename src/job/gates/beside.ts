import type { Box } from '../../core/area.js';
import type { Frame, Geometry } from '../../core/frame.js';
import { growMap } from '../../detect/maps/regions.js';
import type { Track } from '../../plan/plan.js';
import type { Worst } from './gate.js';
import { lumaOf } from './luma.js';
import { MARGIN } from './reach.js';

/** Rings round what restoring may write, in samples from its edge: where the rest of a mark would stand, and what the scene is compared by. */
const NEAR = 8;
const FAR = { from: 14, to: 36 };
/** Samples of a ring, and frames, from which it says anything. */
const SAMPLES = 200;
const FRAMES = 6;
/** Share of the scene's gradients that outlasts the frames up to which the scene moves enough. */
const MOVES = 0.6;

/** How much stands still beside a mask. */
export interface Beside {
  readonly track: string;
  /** Length of the mean gradient in the near ring over that in the far one (RMS): about 1 where nothing of the mark is left there. */
  readonly ratio: number;
  readonly worst: Worst;
}

/**
 * Tells whether a mark goes on beside its mask: a mask that is too small, or off its place, leaves edges that stand still while the scene moves. The mean
 * over the frames of the gradient is long there, as in the search for marks; on a scene that stands still nothing can be told.
 */
export class BesideGauge {
  readonly #area: Box;
  readonly #near: readonly number[];
  readonly #far: readonly number[];
  #sumX: Float32Array;
  #sumY: Float32Array;
  #lengths = 0;
  #seen = 0;
  #middle = -1;

  constructor(
    private readonly track: Track,
    private readonly geometry: Geometry,
  ) {
    const { box, data } = track.mask;
    const out = MARGIN + FAR.to + 2;
    const x = Math.max(0, box.x - out);
    const y = Math.max(0, box.y - out);
    this.#area = {
      x,
      y,
      width: Math.min(geometry.width, box.x + box.width + out) - x,
      height: Math.min(geometry.height, box.y + box.height + out) - y,
    };
    const { width, height } = this.#area;
    const hidden = new Uint8Array(width * height);
    for (let v = 0, i = 0; v < box.height; v++)
      for (let u = 0, o = (box.y + v - y) * width + box.x - x; u < box.width; u++, i++, o++) if (data[i]) hidden[o] = 1;
    // A sample more on the inside: a gradient takes in both neighbours.
    const grown = (by: number): Uint8Array => growMap(hidden, width, height, MARGIN + by);
    const ring = (from: number, to: number): number[] => between(grown(from), grown(to), width, height);
    this.#near = ring(1, NEAR);
    this.#far = ring(FAR.from, FAR.to);
    this.#sumX = new Float32Array(width * height);
    this.#sumY = new Float32Array(width * height);
  }

  /** Takes a frame as it goes to the encoder. */
  take(frame: Frame): void {
    if (this.#near.length < SAMPLES || this.#far.length < SAMPLES) return;
    const luma = lumaOf(frame, this.#area, this.geometry);
    const { width } = this.#area;
    const add = (i: number): number => {
      const [u, v] = [luma[i + 1] - luma[i - 1], luma[i + width] - luma[i - width]];
      this.#sumX[i] += u;
      this.#sumY[i] += v;
      return Math.hypot(u, v);
    };
    for (const i of this.#near) add(i);
    for (const i of this.#far) this.#lengths += add(i);
    this.#seen++;
    if (this.#seen === FRAMES || this.#middle < 0) this.#middle = frame.index;
  }

  /** Undefined where the scene does not move enough, or too little was seen of it. */
  result(): Beside | undefined {
    if (this.#seen < FRAMES) return undefined;
    const [near, far] = [this.#power(this.#near), this.#power(this.#far)];
    const lasting = this.#far.reduce((sum, i) => sum + Math.hypot(this.#sumX[i], this.#sumY[i]), 0) / this.#lengths;
    if (!(lasting < MOVES)) return undefined;
    const ratio = Math.sqrt((near + 1) / (far + 1)); // a level, so that two even grounds compare as equal
    return { track: this.track.id, ratio, worst: { frame: this.#middle, box: this.track.mask.box } };
  }

  /** Mean square of the mean gradient, in levels. */
  #power(at: readonly number[]): number {
    return at.reduce((sum, i) => sum + this.#sumX[i] ** 2 + this.#sumY[i] ** 2, 0) / (at.length * this.#seen ** 2);
  }
}

function between(inner: Uint8Array, outer: Uint8Array, width: number, height: number): number[] {
  const out: number[] = [];
  for (let y = 1; y < height - 1; y++) for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) if (outer[i] && !inner[i]) out.push(i);
  return out;
}
