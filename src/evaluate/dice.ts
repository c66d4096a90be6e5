import { random } from './scenes/noise.js';

/** A repeatable source of choices. */
export interface Dice {
  /** [0, 1). */
  next(): number;
  /** A number in [from, to). */
  between(from: number, to: number): number;
  /** A whole number in [from, to], both included. */
  whole(from: number, to: number): number;
  /** True in `share` of all throws. */
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** `count` different items in random order, or all of them when there are fewer. */
  some<T>(items: readonly T[], count: number): T[];
}

/** Dice that fall the same way for the same words: `dice(seed, 'logo-pan-one-16')`. */
export function dice(...words: readonly (string | number)[]): Dice {
  const next = random(hash(words.join('\n')));
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)];
  return {
    next,
    between: (from, to) => from + next() * (to - from),
    whole,
    chance: (share) => next() < share,
    pick,
    some: (items, count) => {
      const left = [...items];
      for (let i = left.length - 1; i > 0; i--) {
        const j = whole(0, i);
        [left[i], left[j]] = [left[j], left[i]];
      }
      return left.slice(0, count);
    },
  };
}

/** FNV-1a over UTF-16 code units, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
