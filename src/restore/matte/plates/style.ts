import { rankOf } from '../../../detect/maps/rank.js';

/** How a plate looks: opacity 0 … 1; level of luma and of the chroma planes, in 8-bit levels. */
export interface PlateLook {
  readonly opacity: number;
  readonly level: number;
  readonly chroma: readonly number[];
}

/** By how much the opacities and levels of one programme's plates seem to differ, and plates that agree from which on the others are taken to be like them. */
const ALIKE = 0.05;
const LEVELS = 24;
const ENOUGH = 2;

/** Whether two plates may be of one style. */
export const isAlike = (a: Whole, b: Whole): boolean => Math.abs(a.opacity - b.opacity) <= ALIKE && Math.abs(a.level - b.level) <= LEVELS;

type Whole = Pick<PlateLook, 'opacity' | 'level'>;

/** What the plates of a programme look like: all of its subtitles are set in one style. */
export class PlateStyle {
  private readonly seen: PlateLook[] = [];
  private readonly heights: number[] = [];

  /** Takes what one cue says by itself. */
  add(look: PlateLook): void {
    this.seen.push(look);
  }

  /** What most of them agree in; undefined before enough do. */
  common(): PlateLook | undefined {
    const usual = { opacity: median(this.seen.map((l) => l.opacity)), level: median(this.seen.map((l) => l.level)) };
    const agreed = this.seen.filter((l) => isAlike(l, usual));
    if (agreed.length < ENOUGH || 2 * agreed.length <= this.seen.length) return undefined;
    return {
      opacity: median(agreed.map((l) => l.opacity)),
      level: median(agreed.map((l) => l.level)),
      chroma: agreed[0].chroma.map((_, c) => median(agreed.map((l) => l.chroma[c]))),
    };
  }

  /** Takes how high the plates of one cue's lines are, in samples. */
  addHeights(heights: readonly number[]): void {
    this.heights.push(...heights);
  }

  /** How high most of them are, to a sample; undefined before enough say so. */
  height(): number | undefined {
    const height = median(this.heights);
    const agreed = this.heights.filter((h) => Math.abs(h - height) <= 1);
    return agreed.length < ENOUGH || 2 * agreed.length <= this.heights.length ? undefined : height;
  }
}

const median = (values: readonly number[]): number => rankOf(values, 0.5) ?? 0;
