import type { KeyFrame } from '../../survey/key-frames.js';
import type { MovingCandidate } from '../candidates.js';

/** What the worker is given before its first key frame: their size, and the programme's frames a second. */
export interface Setup {
  readonly width: number;
  readonly height: number;
  readonly rate: number;
}

/** The next key frame, or the word that there are no more. */
export type Task = KeyFrame | 'end';

/** Nothing, but what was found after the last key frame. */
export type Answer = readonly MovingCandidate[];
