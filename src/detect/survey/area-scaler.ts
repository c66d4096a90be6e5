import type { Box } from '../../core/area.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A box of a picture, where it lies in it: its first sample, and those from one row to the next. */
interface Within {
  readonly luma: Uint8Array;
  readonly first: number;
  readonly stride: number;
}

/** Scales crops of the full picture down to the surveyed one by area averaging, as the decoder does for the survey. */
export class AreaScaler {
  /** The box of the full picture that covers `to`. */
  readonly from: Box;
  private readonly scaleX: number;
  private readonly scaleY: number;
  private readonly columns: Weights;
  private readonly rows: Weights;

  /** @param to a box of the surveyed picture */
  constructor(
    readonly to: Box,
    private readonly survey: Size,
    picture: Size,
  ) {
    this.scaleX = picture.width / survey.width;
    this.scaleY = picture.height / survey.height;
    const x = Math.floor(to.x * this.scaleX);
    const y = Math.floor(to.y * this.scaleY);
    const right = Math.min(picture.width, Math.ceil((to.x + to.width) * this.scaleX));
    const bottom = Math.min(picture.height, Math.ceil((to.y + to.height) * this.scaleY));
    this.from = { x, y, width: right - x, height: bottom - y };
    this.columns = weights(to.x, to.width, this.scaleX, x, this.from.width);
    this.rows = weights(to.y, to.height, this.scaleY, y, this.from.height);
  }

  /** Index into the shrunk crop of an index into the surveyed picture. */
  place(p: number): number {
    const y = Math.floor(p / this.survey.width);
    return (y - this.to.y) * this.to.width + (p - y * this.survey.width) - this.to.x;
  }

  /** Levels of `to`, row-major, from those of `from`. */
  shrink(crop: Uint8Array): Float32Array {
    const { width: w, height: h } = this.to;
    const { width: cw, height: ch } = this.from;
    const narrow = new Float32Array(w * ch);
    for (let y = 0; y < ch; y++) sumAlong(crop, y * cw, 1, narrow, y * w, 1, this.columns);
    const out = new Float32Array(w * h);
    for (let x = 0; x < w; x++) sumAlong(narrow, x, w, out, x, w, this.rows);
    return out;
  }

  /** Levels of some samples of `to`, by their indices there, from a picture of which `from` is a part. */
  levelsAt({ luma, first, stride }: Within, at: Int32Array, levels: Float64Array): void {
    const { width } = this.to;
    const { first: left, count: across, share: shareX, most: mostX } = this.columns;
    const { first: top, count: down, share: shareY, most: mostY } = this.rows;
    for (let i = 0; i < at.length; i++) {
      const y = (at[i] / width) | 0;
      const x = at[i] - y * width;
      const end = across[x];
      let sum = 0;
      for (let r = 0, start = first + top[y] * stride + left[x]; r < down[y]; r++, start += stride) {
        let row = 0;
        for (let c = 0; c < end; c++) row += shareX[x * mostX + c] * luma[start + c];
        sum += shareY[y * mostY + r] * row;
      }
      levels[i] = sum;
    }
  }

  /** A map of `from` in which the samples under the given pixels of the surveyed picture are 1. */
  spread(pixels: Int32Array): Uint8Array {
    const { x, y, width, height } = this.from;
    const out = new Uint8Array(width * height);
    for (const p of pixels) {
      const row = Math.floor(p / this.survey.width);
      const column = p - row * this.survey.width;
      const left = Math.max(0, Math.floor(column * this.scaleX) - x);
      const right = Math.min(width, Math.ceil((column + 1) * this.scaleX) - x);
      const bottom = Math.min(height, Math.ceil((row + 1) * this.scaleY) - y);
      for (let v = Math.max(0, Math.floor(row * this.scaleY) - y); v < bottom; v++)
        out.fill(1, v * width + left, v * width + Math.max(left, right));
    }
    return out;
  }
}

/** For each output sample: its first input sample, how many there are, and their shares (up to `most` each). */
interface Weights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly share: Float32Array;
  readonly most: number;
}

function weights(start: number, n: number, scale: number, offset: number, limit: number): Weights {
  const most = Math.ceil(scale) + 1;
  const first = new Int32Array(n);
  const count = new Int32Array(n);
  const share = new Float32Array(n * most);
  for (let i = 0; i < n; i++) {
    const a = (start + i) * scale;
    const b = a + scale;
    first[i] = Math.floor(a) - offset;
    for (let k = 0; k < most; k++) {
      const at = Math.floor(a) + k;
      const part = Math.min(b, at + 1) - Math.max(a, at);
      if (part <= 1e-6 || at - offset >= limit) break;
      share[i * most + k] = part / scale;
      count[i] = k + 1;
    }
  }
  return { first, count, share, most };
}

function sumAlong(from: ArrayLike<number>, a: number, stepA: number, to: Float32Array, b: number, stepB: number, w: Weights): void {
  for (let i = 0; i < w.first.length; i++) {
    let sum = 0;
    for (let k = 0; k < w.count[i]; k++) sum += w.share[i * w.most + k] * from[a + (w.first[i] + k) * stepA];
    to[b + i * stepB] = sum;
  }
}
