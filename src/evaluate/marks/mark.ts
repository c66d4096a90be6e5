import type { Span } from '../../core/area.js';
import type { TrackKind } from '../../plan/plan.js';
import type { Dice } from '../dice.js';
import type { Sprite } from './sprite.js';

/** Groups of marks that the benchmark keeps apart; several may be of one kind. */
export const GROUPS = [
  'logo',
  'bug',
  'animated-logo',
  'blinking-logo',
  'moving-logo',
  'subtitle',
  'score-bar',
  'ticker',
  'title',
  'watermark',
  'stamp',
] as const;
export type Group = (typeof GROUPS)[number];

/** One mark of a programme with all that is true about it. */
export interface Mark {
  readonly group: Group;
  readonly kind: TrackKind;
  /** What it looks like, for a person: `ring`, `cjk, shadow, fade 4`. */
  readonly look: string;
  readonly text: string | null;
  /** Frames in which something of it shows, in order, not touching each other. */
  readonly spans: readonly Span[];
  /** Whether the background cannot be seen through it, but at its edges and while it fades. */
  readonly opaque: boolean;
  /** What it shows in a frame of its spans. The same look at the same place is the same object. */
  at(frame: number): Sprite;
}

/** What marks are drawn for. */
export interface Stage {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Frames a second. */
  readonly rate: number;
}

/** Draws the marks of a group; everything follows from the dice. */
export type MarkMaker = (stage: Stage, dice: Dice) => Promise<Mark[]>;
