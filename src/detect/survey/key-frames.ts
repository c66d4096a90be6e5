import type { Span } from '../../core/area.js';
import { Halver } from '../kernels/halver.js';
import type { Picture } from '../moving/travelling-window.js';

/** A frame that is looked at for more than its sums: its number and its picture, scaled down. */
export interface KeyFrame extends Picture {
  readonly frame: number;
}

/** Shorter side, in samples, of key frames: about half of the surveyed size. */
const SIDE = 270;
/** Key frames a second, and seconds for which they are kept. */
const RATE = 13;
const MEMORY = 2.5;

/** Frames from one key frame to the next, at a rate in frames a second. */
export const keyStep = (rate: number): number => Math.max(1, Math.round(rate / RATE));

/** Key frames that are kept. */
export const keysKept = (rate: number): number => (MEMORY * rate) / keyStep(rate);

/** Picks key frames out of the surveyed ones, and keeps the latest. */
export class KeyFrames {
  readonly width: number;
  readonly height: number;
  private readonly factor: number;
  private readonly halver: Halver | undefined;
  private readonly keys: KeyFrame[] = [];
  private frame = 0;

  constructor(
    private readonly from: { readonly width: number; readonly height: number },
    private readonly rate: number,
  ) {
    this.factor = Math.max(1, Math.round(Math.min(from.width, from.height) / SIDE));
    if (this.factor === 2) this.halver = new Halver(from.width, from.height);
    this.width = Math.floor(from.width / this.factor);
    this.height = Math.floor(from.height / this.factor);
  }

  /** Takes the next frame's luma at the surveyed size; returns the key frame that it makes, if it is one. */
  push(luma: Uint8Array): KeyFrame | undefined {
    const frame = this.frame++;
    if (frame % keyStep(this.rate)) return undefined;
    const key = { frame, luma: this.shrink(luma), width: this.width, height: this.height };
    this.keys.push(key);
    if (this.keys.length > keysKept(this.rate)) this.keys.shift();
    return key;
  }

  /** The key frames of a span that are still kept, in order. */
  within({ first, last }: Span): readonly KeyFrame[] {
    return this.keys.filter(({ frame }) => frame >= first && frame <= last);
  }

  private shrink(luma: Uint8Array): Uint8Array {
    const { factor, width, height, from } = this;
    if (factor === 1) return luma.slice();
    if (this.halver) return this.halver.halve(luma);
    const out = new Uint8Array(width * height);
    const share = 1 / (factor * factor);
    for (let y = 0, k = 0; y < height; y++) {
      for (let x = 0, at = y * factor * from.width; x < width; x++, k++, at += factor) {
        let sum = 0;
        for (let r = 0, p = at; r < factor; r++, p += from.width) for (let c = 0; c < factor; c++) sum += luma[p + c];
        out[k] = sum * share + 0.5;
      }
    }
    return out;
  }
}
