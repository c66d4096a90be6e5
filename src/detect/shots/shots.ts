import type { Span } from '../../core/area.js';
import { DissolveFinder } from './dissolves.js';
import { difference, Thumbnailer, unlike, type Thumbnail } from './thumbnails.js';

/** Frames that must follow a cut before it counts: a flash goes back to what was before within them. */
export const CUT_DELAY = 4;

/** Frames of a shot, at least. */
const SHORTEST = 3;

/**
 * Finds cuts from thumbnails of the luma: the picture changes at once, more than it has been changing, in structure and
 * not only in brightness, and does not change back. Flashes and fast pans do not cut. Where one shot dissolves into
 * another, the second begins in the middle.
 */
export class ShotDetector {
  private readonly recent: Thumbnail[] = [];
  private readonly changes: number[] = [];
  private readonly starts: number[] = [0];
  private readonly dissolves = new DissolveFinder();
  private time = 0;

  private readonly thumbnails: Thumbnailer;

  constructor(width: number, height: number) {
    this.thumbnails = new Thumbnailer(width, height);
  }

  /** Takes the next frame; says whether another scene begins {@link CUT_DELAY} frames before it, after a cut or at the end of a dissolve. */
  push(luma: Uint8Array): boolean {
    const now = this.thumbnails.of(luma);
    const before = this.recent.at(-1);
    this.changes.push(before ? difference(before, now) : 0);
    this.recent.push(now);
    this.time++;
    if (this.recent.length > CUT_DELAY + 2) this.recent.shift();
    if (this.changes.length > 24) this.changes.shift();
    const cut = this.recent.length === CUT_DELAY + 2 && this.isCut(this.time - 1 - CUT_DELAY);
    if (cut) this.dissolves.forget(CUT_DELAY);
    const ago = this.dissolves.push(now);
    return cut || (ago !== undefined && this.begins(this.time - 1 - ago));
  }

  /** Frames between the cuts found; `frames` is the programme's length. */
  shots(frames: number): Span[] {
    return this.starts.map((first, i) => ({ first, last: (this.starts[i + 1] ?? frames) - 1 }));
  }

  /** Whether it notes a shot that begins there. */
  private begins(at: number): boolean {
    if (at - (this.starts.at(-1) ?? 0) < SHORTEST) return false;
    this.starts.push(at);
    return true;
  }

  private isCut(at: number): boolean {
    const [before, first, ...after] = this.recent;
    const n = this.changes.length;
    const change = this.changes[n - 1 - CUT_DELAY];
    const usual = median(this.changes.slice(Math.max(0, n - 1 - CUT_DELAY - 10), n - 1 - CUT_DELAY));
    if (change < 6 || change < 3 * usual || unlike(before, first) < 0.2) return false;
    const next = Math.max(...this.changes.slice(n - CUT_DELAY, n - CUT_DELAY + 2));
    if (next > 0.7 * change) return false;
    if (after.some((t) => difference(before, t) < 0.5 * change || unlike(before, t) < 0.15)) return false;
    return this.begins(at);
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
