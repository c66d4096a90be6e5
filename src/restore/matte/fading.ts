import type { Span } from '../../core/area.js';
import { planesOf, type Frame, type Geometry } from '../../core/frame.js';
import { growMap } from '../../detect/maps/regions.js';
import { MIXED } from './hole.js';
import { coloursOf, type Matte } from './matte.js';
import { levelsIn, spanned } from './membrane.js';

/** Frames at either end of a span in which a mark may fade. */
const NEAR = 30;
/** Strengths from which it stands whole, and up to which it is gone: between lies what a rough scene makes of either. */
const WHOLE = 0.88;
const GONE = 0.06;
/** Strength by a few samples up to which a second look is taken far from the ends, and by that look up to which the mark is away. */
const DOUBTFUL = 0.6;
const AWAY = 0.3;
/** Samples under the mark that are compared with the nearest beside it, at most, and how near. */
const PAIRS = 400;
const REACH = 10;
/** α from which a sample is under the mark's body, as a share of its opacity; and from which it is under the mark at all. */
const BODY = 0.8;
const UNDER = 0.02;

/** How much of a mark shows in a frame: some of it near the ends of its spans, where it may fade; else all, or nothing where it is away for a moment. */
export class Fading {
  private readonly unknown: Uint8Array;
  private readonly alpha: Float32Array;
  /** Pairs of samples of the matte's box: one under the mark, and one beside it. */
  private readonly pairs: readonly (readonly [number, number])[];

  constructor(
    private readonly matte: Matte,
    private readonly spans: readonly Span[],
    private readonly geometry: Geometry,
  ) {
    const [{ alpha, box }] = matte.planes;
    this.alpha = alpha;
    this.unknown = growMap(Uint8Array.from(alpha, (a) => (a > UNDER ? 1 : 0)), box.width, box.height, MIXED); // prettier-ignore
    this.pairs = this.chosenPairs(box.width);
  }

  /** 0 … 1. */
  strength(frame: Frame): number {
    const span = this.spans.find(({ first, last }) => frame.index >= first && frame.index <= last);
    if (!span) return 0;
    if (!this.matte.fades) return 1;
    if (Math.min(frame.index - span.first, span.last - frame.index) >= NEAR)
      return this.glimpsed(frame) < DOUBTFUL && this.measured(frame) < AWAY ? 0 : 1;
    const strength = this.measured(frame);
    return strength > WHOLE ? 1 : strength < GONE ? 0 : strength;
  }

  /** By least squares over y − x = sα(c − x), the scene x being a membrane over the mark. */
  private measured(frame: Frame): number {
    const levels = this.levels(frame);
    const { box } = this.matte.planes[0];
    const scene = spanned(levels, this.unknown, box.width, box.height);
    return this.fitted(levels, scene, levels.keys());
  }

  /** The same at a few samples, the scene being what is seen beside each. */
  private glimpsed(frame: Frame): number {
    const levels = this.levels(frame);
    const scene = levels.slice();
    for (const [under, beside] of this.pairs) scene[under] = levels[beside];
    return this.fitted(levels, scene, this.pairs.map(([under]) => under)); // prettier-ignore
  }

  private levels(frame: Frame): Float32Array {
    return levelsIn(planesOf(frame, this.geometry)[0], this.matte.planes[0].box, this.geometry.format.depth);
  }

  private fitted(levels: Float32Array, scene: Float32Array, at: Iterable<number>): number {
    const colour = coloursOf(this.matte.planes[0]);
    const scale = 2 ** (this.geometry.format.depth - 8);
    let [sum, power] = [0, 0];
    for (const i of at) {
      const whole = this.alpha[i] * (colour(i) / scale - scene[i]);
      sum += whole * (levels[i] - scene[i]);
      power += whole * whole;
    }
    return power ? sum / power : 1;
  }

  private chosenPairs(width: number): [number, number][] {
    const pairs: [number, number][] = [];
    for (let i = 0; i < this.alpha.length; i++) {
      if (this.alpha[i] < BODY * this.matte.opacity) continue;
      const steps = [1, -1, width, -width];
      for (let d = 1; d <= REACH; d++) {
        const step = steps.find((s) => this.unknown[i + d * s] === 0);
        if (step === undefined) continue;
        pairs.push([i, i + d * step]);
        break;
      }
    }
    const stride = Math.ceil(pairs.length / PAIRS);
    return pairs.filter((_, k) => k % stride === 0);
  }
}
