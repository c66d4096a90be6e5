import { rankOf } from '../../../detect/maps/rank.js';

/** How a plate looks: opacity 0 … 1; level of luma and of the chroma planes, in 8-bit levels. */
export interface PlateLook {
  readonly opacity: number;
  readonly level: number;
  readonly chroma: readonly number[];
}

/** By how much the opacities of one programme's plates seem to differ, and plates that agree from which on the others are taken to be like them. */
const ALIKE = 0.05;
const ENOUGH = 2;

/** Whether two plates may be of one style. */
export const isAlike = (a: PlateLook, b: PlateLook): boolean => Math.abs(a.opacity - b.opacity) <= ALIKE;

/** What the plates of a programme look like: all of its subtitles are set in one style. */
export class PlateStyle {
  private readonly seen: PlateLook[] = [];

  /** Takes what one cue says by itself. */
  add(look: PlateLook): void {
    this.seen.push(look);
  }

  /** What most of them agree in; undefined before enough do. */
  common(): PlateLook | undefined {
    const opacity = median(this.seen.map((l) => l.opacity));
    const agreed = this.seen.filter((l) => Math.abs(l.opacity - opacity) <= ALIKE);
    if (agreed.length < ENOUGH || 2 * agreed.length <= this.seen.length) return undefined;
    return {
      opacity: median(agreed.map((l) => l.opacity)),
      level: median(agreed.map((l) => l.level)),
      chroma: agreed[0].chroma.map((_, c) => median(agreed.map((l) => l.chroma[c]))),
    };
  }
}

const median = (values: readonly number[]): number => rankOf(values, 0.5) ?? 0;
