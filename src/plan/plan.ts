import type { Mask, Span } from '../core/area.js';
import type { Rational } from '../core/time.js';

/**
 * What a mark is. `logo` keeps its place and its look, or is animated in place; `blinking-logo` comes and goes in one place;
 * `moving-logo` travels; `score-bar` is a fixed box with changing figures; `ticker` scrolls; `title` is a title, a credit or a
 * lower third; `watermark` covers the picture; `scene-text` belongs to the scene and is named only to be left alone. Kinds are only added.
 */
export const TRACK_KINDS = [
  'logo',
  'blinking-logo',
  'moving-logo',
  'subtitle',
  'score-bar',
  'ticker',
  'title',
  'watermark',
  'scene-text',
] as const;
export type TrackKind = (typeof TRACK_KINDS)[number];

/** Kinds that a pipeline has rules for: all that somebody burnt in. */
export type MarkKind = Exclude<TrackKind, 'scene-text'>;
export const MARK_KINDS = TRACK_KINDS.filter((kind): kind is MarkKind => kind !== 'scene-text');

/** What becomes of a track: `wipe` restores it, `keep` leaves it, `hold` waits for a person. */
export const ACTIONS = ['wipe', 'keep', 'hold'] as const;
export type Action = (typeof ACTIONS)[number];

/** The upper left corner of a travelling mask's box in one frame, in luma samples; fractions count. */
export interface Waypoint {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
}

/** Letters that travel through a mask, or a banner that slides to its place in it: of what the mask hides only they are hidden. */
export interface Crawl {
  /** All of the text side by side; its box lies beside a point that travels, in a plan at 0, 0. */
  readonly strip: Mask;
  /** Where that point lies in the picture, mostly beyond its edges, in order of `frame`; straight lines between them. */
  readonly path: readonly Waypoint[];
}

/** What the detector says about one mark, before any rule of a pipeline is applied. */
export interface Finding {
  readonly kind: TrackKind;
  /** Frames that carry the mark, in order, not touching each other; fades included. */
  readonly spans: readonly Span[];
  /** At the programme's own size: glyphs with outline and shadow, ending where the mark ends. */
  readonly mask: Mask;
  /** Where the mask lies in each frame when it travels: upper left corners in order of `frame`, straight lines between them. */
  readonly path?: readonly Waypoint[];
  /** What of the mask is hidden in each frame when something travels through it; not together with `path`. */
  readonly crawl?: Crawl;
  /** What it says, as it was read; lines end in \n. */
  readonly text?: string;
  /** 0 … 1: the share of findings like this one that are right. */
  readonly confidence: number;
  /** One sentence for a person: what gave it away. */
  readonly why: string;
}

/** A finding and what becomes of it. */
export interface Track extends Finding {
  /** Unique in the plan: `logo-1`, `subtitle-12`. */
  readonly id: string;
  readonly action: Action;
  /** One sentence for a person: which rule decided the action. Absent in plans written by hand. */
  readonly reason?: string;
}

/** The programme that a plan belongs to. A plan is refused for any other file. */
export interface PlanSubject {
  readonly name: string;
  /** SHA-256 of the whole file, hexadecimal. */
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Frames a second. Only for the clock text in the file; absent when the rate is not constant. */
  readonly rate?: Rational;
}

/** Tracks of a programme and what becomes of each. The seam between finding and restoring. */
export interface Plan {
  readonly version: 1;
  readonly programme: PlanSubject;
  /** Name of the pipeline whose rules were applied. */
  readonly pipeline: string;
  /** Frames between two cuts, in order, without gaps, covering the programme. */
  readonly shots: readonly Span[];
  readonly tracks: readonly Track[];
}
