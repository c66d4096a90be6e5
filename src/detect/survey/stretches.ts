import type { Span } from '../../core/area.js';
import { CUT_DELAY } from '../shots/shots.js';
import { StretchSums, type StretchStatistics } from './stretch-statistics.js';

/** Frames after which a long shot is judged, so that sums stay bounded. */
const STRETCH = 250;
/** Frames that a stretch needs to say anything about what persists. */
const LEAST = 12;
/** Frames summed up a second: neighbours show nearly the same. */
const SAMPLES = 8;

/** Frames without a cut between them, summed up. */
export interface Stretch {
  readonly span: Span;
  readonly statistics: StretchStatistics;
  /** Whether it is the first of its shot. */
  readonly opens: boolean;
}

/** Cuts the frames of a programme into stretches. Frames wait until it is known that no cut lies before them. */
export class Stretches {
  private readonly sums: StretchSums;
  private readonly stride: number;
  private readonly waiting: Uint8Array[] = [];
  private start = 0;
  private length = 0;
  private opens = true;

  constructor(width: number, height: number, rate: number) {
    this.sums = new StretchSums(width, height);
    this.stride = Math.max(1, Math.round(rate / SAMPLES));
  }

  /** Takes the next frame, whose buffer is kept for {@link CUT_DELAY} frames; `cut`: another scene began that many frames before it. */
  push(luma: Uint8Array, cut: boolean): Stretch | undefined {
    const ended = cut || this.length >= STRETCH ? this.end(cut) : undefined;
    this.waiting.push(luma);
    if (this.waiting.length > CUT_DELAY) this.add(this.waiting.shift() as Uint8Array);
    return ended;
  }

  finish(): Stretch | undefined {
    for (const luma of this.waiting) this.add(luma);
    this.waiting.length = 0;
    return this.end(true);
  }

  private add(luma: Uint8Array): void {
    if (this.length++ % this.stride === 0) this.sums.add(luma);
  }

  private end(shotEnds: boolean): Stretch | undefined {
    const { start, length, opens } = this;
    this.start += length;
    this.length = 0;
    if (length >= LEAST) this.opens = false;
    if (shotEnds) this.opens = true;
    if (!length) return undefined;
    const statistics = this.sums.take();
    return length >= LEAST ? { span: { first: start, last: start + length - 1 }, statistics, opens } : undefined;
  }
}
