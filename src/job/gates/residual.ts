import type { Box } from '../../core/area.js';
import type { Frame, Geometry } from '../../core/frame.js';
import { growMap, shrinkMap } from '../../detect/maps/regions.js';
import type { Track } from '../../plan/plan.js';
import { boxAt, maskAt } from '../../plan/travel.js';
import { coloursOf, type Matte } from '../../restore/matte/matte.js';
import { OPAQUE } from '../../restore/matte/opacity.js';
import { moved } from '../../restore/matte/hole.js';
import type { Worst } from './gate.js';
import { lumaOf, spreadOver } from './luma.js';

/** Frames of a mark that are looked at: of one that stands, of a cue, of one whose look changes. */
const STANDS = 24;
const CUE = 6;
const CHANGES = 8;
/** Frames from which the variance over time says anything. */
const ENOUGH = 12;
/** Difference in levels from which a sample counts as changed. */
const CHANGED = 6;

/** What is left of one mark, and how steady the place was that was changed. */
export interface Residual {
  readonly track: string;
  /** The smallest one of {@link strength}, its reciprocal, and {@link likeness}, not below 0. */
  readonly left: number;
  /** How strongly the mark's edges are still there, 1 = all; by least squares. */
  readonly strength: number;
  /** Normalised correlation between the mark's edges and those of the restored pictures, -1 … 1. */
  readonly likeness: number;
  /** Mean over the mask of the variance over time of "changed or not", times 4: 0 … 1; undefined where fewer than 12 frames were seen. */
  readonly variance: number | undefined;
  readonly worst: Worst;
}

/** Sums of the products of two gradient fields. */
class Products {
  #both = 0;
  #mark = 0;
  #after = 0;

  /** @param at samples whose four neighbours lie inside the maps */
  add(mark: Float32Array, after: Float32Array, width: number, at: readonly number[]): void {
    for (const i of at) {
      const [p, q] = [mark[i + 1] - mark[i - 1], mark[i + width] - mark[i - width]];
      const [u, v] = [after[i + 1] - after[i - 1], after[i + width] - after[i - width]];
      this.#both += p * u + q * v;
      this.#mark += p * p + q * q;
      this.#after += u * u + v * v;
    }
  }

  get strength(): number {
    return this.#mark ? this.#both / this.#mark : 0;
  }

  get likeness(): number {
    return this.#mark && this.#after ? this.#both / Math.sqrt(this.#mark * this.#after) : 0;
  }
}

/**
 * Looks for the rest of one mark. Its edges are those of the mean picture under the mask before restoring, where it was filled; where it was taken
 * off, what the matte adds to an even scene. A mark whose look or place changes is compared frame by frame. A mark that was left alone gives 1; a
 * place that was filled has edges of its own, which lean towards no mark.
 */
export class ResidualGauge {
  readonly frames: readonly number[];
  readonly #single: boolean;
  readonly #area: Box;
  readonly #inner: readonly number[];
  readonly #hidden: Uint8Array;
  readonly #alpha: Float32Array | undefined;
  #before: Float32Array;
  #after: Float32Array;
  readonly #changed: Float32Array;
  readonly #products = new Products();
  /** Frames that are being restored: many are under way at once. */
  readonly #pending = new Map<number, Float32Array>();
  #seen = 0;

  constructor(
    private readonly track: Track,
    private readonly matte: Matte | undefined,
    private readonly geometry: Geometry,
  ) {
    const { kind, path, mask, spans } = track;
    this.#single = path !== undefined || kind === 'ticker' || kind === 'score-bar';
    const count = this.#single ? CHANGES : kind === 'subtitle' || kind === 'title' ? CUE : STANDS;
    this.frames = spreadOver(spans, count);
    const plane = matte?.planes[0];
    this.#area = { ...(plane?.box ?? mask.box) };
    const { width, height } = this.#area;
    this.#hidden = plane ? Uint8Array.from(plane.alpha, (a) => (a > 0.05 ? 1 : 0)) : Uint8Array.from(mask.data, (v) => (v ? 1 : 0));
    this.#alpha = plane && Float32Array.from(plane.alpha);
    const map = this.#alpha ? growMap(this.#hidden, width, height, 1) : shrinkMap(this.#hidden, width, height, 1);
    this.#inner = indices(map, width, height);
    this.#before = new Float32Array(width * height);
    this.#after = new Float32Array(width * height);
    this.#changed = new Float32Array(width * height);
  }

  before(frame: Frame): void {
    this.#pending.set(frame.index, lumaOf(frame, this.#at(frame.index), this.geometry));
  }

  after(frame: Frame): void {
    const before = this.#pending.get(frame.index);
    if (!before) return;
    this.#pending.delete(frame.index);
    const after = lumaOf(frame, this.#at(frame.index), this.geometry);
    for (let i = 0; i < before.length; i++) if (Math.abs(after[i] - before[i]) > CHANGED) this.#changed[i]++;
    this.#seen++;
    if (this.#single) return this.#products.add(before, after, this.#area.width, this.#innerAt(frame.index));
    for (let i = 0; i < before.length; i++) {
      this.#before[i] += before[i];
      this.#after[i] += after[i];
    }
  }

  result(): Residual | undefined {
    if (!this.#seen || !this.#inner.length) return undefined;
    if (!this.#single)
      this.#products.add(this.#alpha ? this.#added(this.#alpha) : this.#before, this.#after, this.#area.width, this.#inner);
    const { strength, likeness } = this.#products;
    const frame = this.frames[this.frames.length >> 1];
    return {
      ...{ track: this.track.id, strength, likeness, variance: this.#variance() },
      // Edges stronger than the mark's own are the scene's, as under a plain box, which has hardly any.
      left: Math.max(0, Math.min(strength, 1 / strength, likeness)),
      worst: { frame, box: this.#at(frame) },
    };
  }

  /** What the matte adds to an even scene of the level that was found; over all frames that were seen. Opaque parts have what was there. */
  #added(alpha: Float32Array): Float32Array {
    const colour = coloursOf(this.matte!.planes[0]);
    const scale = 2 ** (8 - this.geometry.format.depth);
    const mean =
      this.#after.reduce((sum, v, i) => sum + (this.#hidden[i] ? v : 0), 0) / (this.#seen * this.#hidden.reduce((n, v) => n + v, 0));
    return alpha.map((a, i) => (a > OPAQUE ? this.#before[i] : this.#seen * (a * colour(i) * scale + (1 - a) * mean)));
  }

  #variance(): number | undefined {
    if (this.#seen < ENOUGH) return undefined;
    const { mask } = this.track;
    const hidden = this.#alpha ? moved(mask.data, mask.box, this.#area) : this.#hidden;
    let [sum, n] = [0, 0];
    for (let i = 0; i < hidden.length; i++) {
      if (!hidden[i]) continue;
      const share = this.#changed[i] / this.#seen;
      sum += 4 * share * (1 - share);
      n++;
    }
    return n ? sum / n : undefined;
  }

  /** Where edges are compared: of letters that travel, where they are. */
  #innerAt(frame: number): readonly number[] {
    if (!this.track.crawl) return this.#inner;
    const { width, height } = this.#area;
    return indices(shrinkMap(maskAt(this.track, frame).data, width, height, 1), width, height);
  }

  #at(frame: number): Box {
    const { mask } = this.track;
    const here = boxAt(this.track, frame);
    return { ...this.#area, x: this.#area.x + here.x - mask.box.x, y: this.#area.y + here.y - mask.box.y };
  }
}

/** Set samples that do not lie on the map's border. */
function indices(map: Uint8Array, width: number, height: number): number[] {
  const out: number[] = [];
  for (let y = 1; y < height - 1; y++) for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) if (map[i]) out.push(i);
  return out;
}
