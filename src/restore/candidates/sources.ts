import { agreement, type Agreement } from './agreement.js';
import { denseFlow, enlarge, globalShift, type Flow } from './flow.js';
import type { PreparedFrame } from './prepare.js';
import { sample } from './sample.js';
import type { CandidateWindow } from './window.js';

/** Disagreement, in levels, at which a source counts 1/e. */
const TOLERANCE = 3.5;

/** Asked with a coarse flow from frame `t` to frame `s`: whether a closer look is worth its time. */
export type Worth = (t: number, s: number, coarse: Flow) => boolean;

/** Moves frames of a window onto each other. */
export class Sources {
  /** On the coarsest level, by pair. */
  private readonly shifts = new Map<number, readonly [number, number]>();

  /** @param hidden what must not be copied, [frames, height, width], 0 = may be */
  constructor(
    private readonly window: Pick<CandidateWindow, 'width' | 'height' | 'rgb'>,
    private readonly prepared: readonly PreparedFrame[],
    private readonly hidden: Uint8Array,
    private readonly worth: Worth,
  ) {}

  /** What frame `s` shows of frame `t`'s hole: R, G, B and weight for each pixel, weight 0 where it shows nothing. Undefined when it is of another scene, or not worth it. */
  offer(t: number, s: number): Float32Array | undefined {
    const flow = this.flow(t, s);
    const agreed = flow && agreement(this.prepared[t], this.prepared[s], flow);
    return agreed && this.gather(this.prepared[t], s, flow, agreed);
  }

  /** Flow from frame `t` to frame `s` at half size. */
  private flow(t: number, s: number): Flow | undefined {
    const [a, b] = [this.prepared[t].pyramid, this.prepared[s].pyramid];
    const shift = this.shift(Math.min(s, t), Math.max(s, t));
    const flow = denseFlow(a, b, t < s ? shift : [-shift[0], -shift[1]], (coarse) => this.worth(t, s, coarse));
    const width = (this.window.width + 1) >> 1;
    const height = (this.window.height + 1) >> 1;
    return !flow || (flow.width === width && flow.height === height) ? flow : enlarge(flow, width, height);
  }

  private shift(low: number, high: number): readonly [number, number] {
    const { prepared, shifts } = this;
    const key = low * prepared.length + high;
    let shift = shifts.get(key);
    if (!shift) {
      const [a, b] = [prepared[low].pyramid, prepared[high].pyramid];
      shifts.set(key, (shift = globalShift(a[a.length - 1], b[a.length - 1])));
    }
    return shift;
  }

  private gather({ hole }: PreparedFrame, s: number, { width: hw, height: hh, uv }: Flow, agreed: Agreement): Float32Array {
    const { width, height, rgb } = this.window;
    const { hidden } = this;
    const source = s * width * height;
    const hn = hw * hh;
    const on = agreed.width * agreed.height;
    const pixel = new Float32Array(3);
    const at = new Int32Array(2);
    const part = new Float32Array(2);
    const offer = new Float32Array(4 * hole.length);
    for (let h = 0, o = 0; h < hole.length; h++, o += 4) {
      const x = hole[h] % width;
      const y = (hole[h] - x) / width;
      place(x, y, 2, hw, hh, at, part);
      const u = 2 * bilinear(uv, at[0], at[1], hw, part[0], part[1]);
      const v = 2 * bilinear(uv, hn + at[0], hn + at[1], hw, part[0], part[1]);
      if (!sample(rgb, hidden, source, width, height, x + u, y + v, pixel)) continue;
      place(x, y, 8, agreed.width, agreed.height, at, part);
      const error = bilinear(agreed.error, at[0], at[1], agreed.width, part[0], part[1]);
      for (let c = 0; c < 3; c++)
        offer[o + c] = pixel[c] + bilinear(agreed.offset, c * on + at[0], c * on + at[1], agreed.width, part[0], part[1]);
      offer[o + 3] = Math.exp(-error / TOLERANCE);
    }
    return offer;
  }
}

/** Where full-size pixel (x, y) lies in a plane `scale` times smaller: upper and lower left samples in `at`, fractions in `part`. */
function place(x: number, y: number, scale: number, width: number, height: number, at: Int32Array, part: Float32Array): void {
  const px = Math.min(width - 1, Math.max(0, (x + 0.5) / scale - 0.5));
  const py = Math.min(height - 1, Math.max(0, (y + 0.5) / scale - 0.5));
  const x0 = Math.max(0, Math.min(width - 2, Math.floor(px)));
  const y0 = Math.floor(py);
  at[0] = y0 * width + x0;
  at[1] = Math.min(height - 1, y0 + 1) * width + x0;
  part[0] = width > 1 ? px - x0 : 0;
  part[1] = py - y0;
}

function bilinear(plane: Float32Array, top: number, bottom: number, width: number, fx: number, fy: number): number {
  const right = width > 1 ? 1 : 0;
  const a = plane[top] + (plane[top + right] - plane[top]) * fx;
  const b = plane[bottom] + (plane[bottom + right] - plane[bottom]) * fx;
  return a + (b - a) * fy;
}
