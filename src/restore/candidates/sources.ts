import { offerKernel } from '../kernels/offer-kernel.js';
import { denseFlow, enlarge, globalShift, type Flow } from './flow.js';
import type { PreparedFrame } from './prepare.js';
import type { CandidateWindow } from './window.js';

/** Asked with a coarse flow from frame `t` to frame `s`: whether a closer look is worth its time. */
export type Worth = (t: number, s: number, coarse: Flow) => boolean;

/**
 * Moves frames of a window onto each other. What is copied is sampled by Catmull-Rom where all sixteen pixels are visible, else bilinearly where those are that
 * count; it is given the target's light (means of what both show, around), and weighs the less the more both differ around.
 */
export class Sources {
  /** On the coarsest level, by pair. */
  private readonly shifts = new Map<number, readonly [number, number]>();

  /** @param hidden what must not be copied of frame `s` along a flow from frame `t`, [height, width], 0 = may be */
  constructor(
    private readonly window: Pick<CandidateWindow, 'width' | 'height' | 'rgb'>,
    private readonly prepared: readonly PreparedFrame[],
    private readonly hidden: (t: number, s: number, flow: Flow) => Uint8Array,
    private readonly worth: Worth,
  ) {}

  /** What frame `s` shows of frame `t`'s hole: R, G, B and weight for each pixel, weight 0 where it shows nothing. Undefined when it is of another scene, or not worth it. */
  offer(t: number, s: number): Float32Array | undefined {
    const flow = this.flow(t, s);
    if (!flow) return undefined;
    const { width, height, rgb } = this.window;
    const n = width * height;
    const kernel = offerKernel(width, height);
    if (!kernel.compare(this.prepared[t], this.prepared[s], flow.uv)) return undefined;
    return kernel.gather(this.prepared[t].hole, rgb.subarray(3 * n * s, 3 * n * (s + 1)), this.hidden(t, s, flow));
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
}
