import type { Span } from '../../core/area.js';
import { growMap } from '../../detect/regions.js';
import { planesOf, type Frame, type Geometry } from '../../core/frame.js';
import { levelsIn, spanned } from './membrane.js';
import type { Matte } from './matte.js';

/** Frames at either end of a span in which a mark may fade. */
const NEAR = 30;
/** Strengths from which it stands whole, and up to which it is gone: between lies what a rough scene makes of either. */
const WHOLE = 0.88;
const GONE = 0.06;
/** Samples that codecs mix with a mark. */
const MIXED = 2;

/** How much of a mark shows in a frame, 0 … 1: less than all only near the ends of its spans, where it may fade. */
export class Fading {
  private readonly unknown: Uint8Array;

  constructor(
    private readonly matte: Matte,
    private readonly spans: readonly Span[],
    private readonly geometry: Geometry,
  ) {
    const [{ alpha, box }] = matte.planes;
    this.unknown = growMap(Uint8Array.from(alpha, (a) => (a > 0.02 ? 1 : 0)), box.width, box.height, MIXED); // prettier-ignore
  }

  strength(frame: Frame): number {
    const span = this.spans.find(({ first, last }) => frame.index >= first && frame.index <= last);
    if (!span) return 0;
    const near = Math.min(frame.index - span.first, span.last - frame.index) < NEAR;
    return near && this.matte.fades ? this.measured(frame) : 1;
  }

  /** By least squares over y − x = sα(c − x), the scene x being a membrane over the mark. */
  private measured(frame: Frame): number {
    const [{ alpha, box, colour }] = this.matte.planes;
    const { depth } = this.geometry.format;
    const levels = levelsIn(planesOf(frame, this.geometry)[0], box, depth);
    const scene = spanned(levels, this.unknown, box.width, box.height);
    const mark = colour / 2 ** (depth - 8);
    let [sum, power] = [0, 0];
    for (let i = 0; i < alpha.length; i++) {
      const whole = alpha[i] * (mark - scene[i]);
      sum += whole * (levels[i] - scene[i]);
      power += whole * whole;
    }
    const strength = power ? sum / power : 1;
    return strength > WHOLE ? 1 : strength < GONE ? 0 : strength;
  }
}
