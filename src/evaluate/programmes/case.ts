import type { Group } from '../marks/mark.js';
import type { Motion } from '../scenes/takes.js';

/** How one shot goes over into the next. */
export type Join = 'cut' | 'dissolve' | 'fade';

/** A piece of a take of ours or of a clip that was given. */
export interface Shot {
  readonly source: { readonly take: string } | { readonly clip: string };
  readonly first: number;
  readonly frames: number;
  /** How it begins; of no meaning for the first. */
  readonly join: Join;
}

/** One programme to be made. Everything in it follows from this and the seed. Plain data: it travels to a worker process. */
export interface Case {
  /** Unique: `bug-pan-many-28`. */
  readonly name: string;
  readonly seed: string;
  /** `clean` has no mark; in `scene-text` something is written in the scene itself. */
  readonly group: Group | 'clean' | 'scene-text';
  readonly motion: Motion | 'footage';
  readonly shots: readonly Shot[];
  readonly crf: 16 | 28;
  readonly width: number;
  readonly height: number;
}

/** Frames over which a dissolve goes; both shots are seen in them. */
export const DISSOLVE = 10;
/** Frames over which a shot fades to black, and the next one from it. */
export const FADE = 8;

/** Frames of the programme: shots overlap while they dissolve. */
export const framesOf = ({ shots }: Pick<Case, 'shots'>): number =>
  shots.reduce((sum, shot, i) => sum + shot.frames - (i && shot.join === 'dissolve' ? DISSOLVE : 0), 0);

/** First frame of every shot but the first; with a dissolve, the first frame in which the new shot is seen. */
export function cutsOf({ shots }: Pick<Case, 'shots'>): number[] {
  return shots.slice(1).map((_, i) => framesOf({ shots: shots.slice(0, i + 2) }) - shots[i + 1].frames);
}
