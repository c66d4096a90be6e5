import type { Box, Span } from '../../core/area.js';
import { planesOf, type Frame, type Geometry } from '../../core/frame.js';
import { growMap } from '../../detect/maps/regions.js';
import type { Track } from '../../plan/plan.js';
import type { Worst } from './gate.js';
import { MARGIN } from './reach.js';

/** Side of the blocks whose means are compared: they average grain away, which may move. */
const BLOCK = 4;
/** How far beside the mark its surround is looked at, in samples; and blocks at most, of either. */
const RING = 24;
const MOST = 400;
/** Blocks from which either side says anything. */
const LEAST = 8;
/** Levels by which the surround's blocks may change from frame to frame where the shot stands still (RMS); and pairs of frames that are needed. */
const STILL = 1.5;
const PAIRS = 5;

/** Flicker in a still shot. */
export interface Flicker {
  readonly track: string;
  /** RMS change of block means from frame to frame, in levels of 8 bits. */
  readonly inside: number;
  readonly beside: number;
  readonly pairs: number;
  readonly worst: Worst;
}

/** Blocks of a mark or of its surround: places of their samples in a plane of luma, `BLOCK`² each; where a mark is thin, those of its box that it hides. */
interface Blocks {
  /** Upper left corners. */
  readonly at: readonly number[];
  /** Hidden samples of each, as offsets from its corner. */
  readonly samples: readonly (readonly number[])[];
}

/** Measures whether the place of a mark that stands flickers more than what is beside it, in shots that stand still. */
export class FlickerGauge {
  readonly #inside: Blocks;
  readonly #ring: Blocks;
  readonly #tells: boolean;
  #last: { frame: number; inside: Float32Array; ring: Float32Array } | undefined;
  #sums = { inside: 0, ring: 0, pairs: 0, most: 0 };
  #at = -1;
  #found: Flicker | undefined;

  constructor(
    private readonly track: Track,
    private readonly shots: readonly Span[],
    private readonly geometry: Geometry,
  ) {
    const maps = mapsOf(track, geometry);
    this.#inside = blocksOf(maps.inside, maps.box, geometry.width);
    this.#ring = blocksOf(maps.ring, maps.box, geometry.width);
    this.#tells = this.#inside.at.length >= LEAST && this.#ring.at.length >= LEAST;
  }

  /** Takes a restored frame in which the mark was; all of them, in order. */
  take(frame: Frame): void {
    if (!this.#tells) return;
    const [{ data }] = planesOf(frame, this.geometry);
    const scale = 2 ** (8 - this.geometry.format.depth);
    const now = { frame: frame.index, inside: means(data, this.#inside, scale), ring: means(data, this.#ring, scale) };
    const last = this.#last;
    this.#last = now;
    if (last?.frame !== frame.index - 1 || this.shots.some((s) => s.first === frame.index)) return this.#conclude();
    const ring = change(last.ring, now.ring);
    if (ring > STILL ** 2) return;
    const inside = change(last.inside, now.inside);
    if (inside > this.#sums.most) [this.#sums.most, this.#at] = [inside, frame.index];
    this.#sums.inside += inside;
    this.#sums.ring += ring;
    this.#sums.pairs++;
  }

  /** The shot in which it flickers most; undefined where none stands still. */
  result(): Flicker | undefined {
    this.#conclude();
    return this.#found;
  }

  #conclude(): void {
    const { inside, ring, pairs } = this.#sums;
    this.#sums = { inside: 0, ring: 0, pairs: 0, most: 0 };
    if (pairs < PAIRS) return;
    const found = { inside: Math.sqrt(inside / pairs), beside: Math.sqrt(ring / pairs), pairs };
    if (this.#found && this.#found.inside - this.#found.beside >= found.inside - found.beside) return;
    this.#found = { ...found, track: this.track.id, worst: { frame: this.#at, box: this.track.mask.box } };
  }
}

function mapsOf({ mask: { box, data } }: Track, { width, height }: Geometry): { box: Box; inside: Uint8Array; ring: Uint8Array } {
  const out = RING + MARGIN;
  const x = Math.max(0, box.x - out) & ~(BLOCK - 1);
  const y = Math.max(0, box.y - out) & ~(BLOCK - 1);
  const area = { x, y, width: Math.min(width, box.x + box.width + out) - x, height: Math.min(height, box.y + box.height + out) - y };
  const inside = new Uint8Array(area.width * area.height);
  for (let v = 0, i = 0; v < box.height; v++)
    for (let u = 0, o = (box.y + v - y) * area.width + box.x - x; u < box.width; u++, i++, o++) if (data[i]) inside[o] = 1;
  const reached = growMap(inside, area.width, area.height, MARGIN);
  const ring = growMap(reached, area.width, area.height, RING).map((v, i) => (v && !reached[i] ? 1 : 0));
  return { box: area, inside, ring };
}

/** Blocks of which at least half is set, spread over the map. */
function blocksOf(map: Uint8Array, { x, y, width, height }: Box, stride: number): Blocks {
  const all: { at: number; samples: number[] }[] = [];
  for (let v = 0; v + BLOCK <= height; v += BLOCK) {
    for (let u = 0; u + BLOCK <= width; u += BLOCK) {
      const samples: number[] = [];
      for (let j = 0; j < BLOCK; j++) for (let i = 0; i < BLOCK; i++) if (map[(v + j) * width + u + i]) samples.push(j * stride + i);
      if (samples.length >= (BLOCK * BLOCK) / 2) all.push({ at: (y + v) * stride + x + u, samples });
    }
  }
  const step = Math.max(1, all.length / MOST);
  const chosen = Array.from({ length: Math.min(MOST, all.length) }, (_, k) => all[Math.floor(k * step)]);
  return { at: chosen.map((b) => b.at), samples: chosen.map((b) => b.samples) };
}

function means(data: ArrayLike<number>, { at, samples }: Blocks, scale: number): Float32Array {
  return Float32Array.from(at, (corner, k) => {
    let sum = 0;
    for (const offset of samples[k]) sum += data[corner + offset];
    return (scale * sum) / samples[k].length;
  });
}

/** Mean square. */
function change(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}
