import type { Span } from '../core/area.js';

const COLUMNS = 48;
const ROWS = 27;
/** Frames that must follow a cut before it counts: a flash goes back to what was before within them. */
export const CUT_DELAY = 4;

/** Mean levels of a grid of blocks. */
type Thumbnail = Float32Array;

/**
 * Finds cuts from thumbnails of the luma: the picture changes at once, more than it has been changing, in structure and
 * not only in brightness, and does not change back. Flashes and fast pans do not cut; slow dissolves are not found.
 */
export class ShotDetector {
  private readonly recent: Thumbnail[] = [];
  private readonly changes: number[] = [];
  private readonly starts: number[] = [0];
  private time = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  /** Takes the next frame; returns the index of a cut's first frame once it is sure of it, {@link CUT_DELAY} frames later. */
  push(luma: Uint8Array): number | undefined {
    const now = thumbnail(luma, this.width, this.height);
    const before = this.recent.at(-1);
    this.changes.push(before ? difference(before, now) : 0);
    this.recent.push(now);
    this.time++;
    if (this.recent.length > CUT_DELAY + 2) this.recent.shift();
    if (this.changes.length > 24) this.changes.shift();
    return this.recent.length === CUT_DELAY + 2 ? this.judge(this.time - 1 - CUT_DELAY) : undefined;
  }

  /** Frames between the cuts found; `frames` is the programme's length. */
  shots(frames: number): Span[] {
    return this.starts.map((first, i) => ({ first, last: (this.starts[i + 1] ?? frames) - 1 }));
  }

  private judge(at: number): number | undefined {
    const [before, first, ...after] = this.recent;
    const n = this.changes.length;
    const change = this.changes[n - 1 - CUT_DELAY];
    const usual = median(this.changes.slice(Math.max(0, n - 1 - CUT_DELAY - 10), n - 1 - CUT_DELAY));
    if (change < 6 || change < 3 * usual || unlike(before, first) < 0.2) return undefined;
    const next = Math.max(...this.changes.slice(n - CUT_DELAY, n - CUT_DELAY + 2));
    if (next > 0.7 * change) return undefined;
    if (after.some((t) => difference(before, t) < 0.5 * change || unlike(before, t) < 0.15)) return undefined;
    if (at - (this.starts.at(-1) ?? 0) < 3) return undefined;
    this.starts.push(at);
    return at;
  }
}

function thumbnail(luma: Uint8Array, width: number, height: number): Thumbnail {
  const out = new Float32Array(COLUMNS * ROWS);
  for (let r = 0, k = 0; r < ROWS; r++) {
    const y0 = Math.floor((r * height) / ROWS);
    const y1 = Math.max(y0 + 1, Math.floor(((r + 1) * height) / ROWS));
    for (let c = 0; c < COLUMNS; c++, k++) {
      const x0 = Math.floor((c * width) / COLUMNS);
      const x1 = Math.max(x0 + 1, Math.floor(((c + 1) * width) / COLUMNS));
      let sum = 0;
      let n = 0;
      for (let y = y0; y < y1; y += 2) {
        for (let p = y * width + x0, end = y * width + x1; p < end; p += 2, n++) sum += luma[p];
      }
      out[k] = sum / n;
    }
  }
  return out;
}

function difference(a: Thumbnail, b: Thumbnail): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** 1 - correlation: 0 = the same picture at any brightness and contrast. */
function unlike(a: Thumbnail, b: Thumbnail): number {
  let sa = 0,
    sb = 0,
    aa = 0,
    bb = 0,
    ab = 0;
  for (let i = 0; i < a.length; i++) {
    sa += a[i];
    sb += b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
    ab += a[i] * b[i];
  }
  const n = a.length;
  const va = aa - (sa * sa) / n;
  const vb = bb - (sb * sb) / n;
  return 1 - (ab - (sa * sb) / n) / Math.sqrt(Math.max(va, n) * Math.max(vb, n));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
