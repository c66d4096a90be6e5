import { inSpans, type Mask, type Span } from '../../core/area.js';
import type { Action, Track, TrackKind } from '../../plan/plan.js';
import type { Group, Mark } from '../marks/mark.js';
import { boundaryF } from './boundary.js';
import { jaccard, overlapOf } from './overlap.js';
import { comparePair, matchPairs, memo, PART, sameTime, type Pair } from './pairs.js';
import { endErrors, joinSpans } from './spans.js';
import { touchedArea } from './touched.js';
import { foundShape, trueShape, united, type Shown } from './truth.js';

/** What was found of one mark. */
export interface MarkScore {
  readonly group: Group;
  readonly kind: TrackKind;
  readonly look: string;
  readonly spans: readonly Span[];
  readonly opaque: boolean;
  /** The track that it was matched with; undefined when it was missed. */
  readonly track?: string;
  readonly action?: Action;
  readonly kindRight?: boolean;
  /** Other tracks that lie on it. */
  readonly parts?: number;
  /** Of a mark that no single track was matched with: tracks that lie on it and together are there half of the time or more. */
  readonly pieces?: readonly string[];
  /** Means over the frames in which the mark shows; 0 for frames in which nothing was found. */
  readonly jaccard?: number;
  readonly boundary?: number;
  /** The share of the mark's samples that what was found covers. */
  readonly covered?: number;
  /** Of {@link endErrors}. */
  readonly ends?: readonly (number | null)[];
}

/** What became of one found track. */
export interface TrackScore {
  readonly id: string;
  readonly kind: TrackKind;
  readonly action: Action;
  readonly confidence: number;
  readonly box: readonly [x: number, y: number, width: number, height: number];
  readonly spans: readonly Span[];
  /** Whether it lies on a mark that the pipeline treats as it treats this track's kind. */
  readonly right: boolean;
  /** The share of its samples on such marks, 0 … 1. */
  readonly inside: number;
}

export interface ProgrammeScore {
  readonly marks: readonly MarkScore[];
  readonly tracks: readonly TrackScore[];
  /** Share of picture area and time that is wiped outside of marks that shall be wiped. */
  readonly falseShare: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/**
 * Scores what a scan found in a programme against the truth. `wiped` tells which kinds the pipeline wipes: a mark of a kind that is kept (a
 * title) is found right when it is recognised and kept, and wiping it is wrong. Tracks that the rules keep for want of confidence, or because
 * they are scene text, count as not found.
 */
export function scoreProgramme(
  marks: readonly Mark[],
  tracks: readonly Track[],
  picture: Picture,
  wiped: (kind: TrackKind) => boolean,
): ProgrammeScore {
  const { width, height } = picture;
  const truth = marks.map((mark) => trueShape(mark, width, height));
  const shapes = tracks.map((track) => foundShape(track, width, height));
  const acted = tracks.map((track) => isActed(track, wiped));
  const pairs = shapes.map((found, f) => truth.map((t) => (acted[f] ? comparePair(found, t) : { time: 0, place: 0, inside: 0 })));
  const matched = matchPairs(pairs);
  const to = (wanted: boolean): Shown[] => truth.filter((_, i) => wiped(marks[i].kind) === wanted);
  const [toWipe, toKeep] = [to(true), to(false)];
  const wipes = tracks.map((track) => track.action === 'wipe');
  const touched = touchedArea(shapes, wipes, toWipe, picture);
  const onKept = toKeep.length ? touchedArea(shapes, wipes, toKeep, picture).inside : touched.inside.map(() => 0);
  const partner = new Map([...matched].map(([t, f]) => [f, t]));
  return {
    falseShare: touched.falseShare,
    marks: marks.map((mark, t) => scoreMark(mark, t, { truth, shapes, tracks, pairs, matched, partner, frames: picture.frames })),
    tracks: tracks.map((track, f) => {
      const { id, kind, action, confidence, spans, mask } = track;
      const inside = wiped(kind) ? touched.inside[f] : onKept[f];
      const mate = partner.get(f);
      const right = inside >= PART || (mate !== undefined && wiped(marks[mate].kind) === wiped(kind));
      const { box } = mask;
      return { id, kind, action, confidence, box: [box.x, box.y, box.width, box.height], spans, right, inside };
    }),
  };
}

/** Whether something follows from a track: it is wiped, waits for a person, or is kept because of what it is. */
const isActed = ({ action, kind }: Track, wiped: (kind: TrackKind) => boolean): boolean =>
  action !== 'keep' || (kind !== 'scene-text' && !wiped(kind));

interface Comparison {
  readonly truth: readonly Shown[];
  readonly shapes: readonly Shown[];
  readonly tracks: readonly Track[];
  readonly pairs: readonly (readonly Pair[])[];
  /** Found track by mark, and mark by found track. */
  readonly matched: ReadonlyMap<number, number>;
  readonly partner: ReadonlyMap<number, number>;
  readonly frames: number;
}

function scoreMark(mark: Mark, t: number, comparison: Comparison): MarkScore {
  const { truth, shapes, tracks, pairs, matched, partner, frames } = comparison;
  const { group, kind, look, spans, opaque } = mark;
  const f = matched.get(t);
  const about = { group, kind, look, spans, opaque };
  const parts = tracks.flatMap((_, i) => (!partner.has(i) && pairs[i][t].inside >= PART ? [i] : []));
  if (f === undefined) {
    const together = joinSpans(parts.flatMap((i) => shapes[i].spans));
    return sameTime(together, spans) ? { ...about, pieces: parts.map((i) => tracks[i].id) } : about;
  }
  const found = [f, ...parts].map((i) => shapes[i]);
  return {
    ...about,
    track: tracks[f].id,
    action: tracks[f].action,
    kindRight: tracks[f].kind === kind,
    parts: parts.length,
    ends: endErrors(joinSpans(found.flatMap((shape) => shape.spans)), spans, frames),
    ...maskQuality(found, truth[t]),
  };
}

/** How well what was found of a mark covers it, over the frames in which the mark shows. */
function maskQuality(found: readonly Shown[], truth: Shown): Record<'jaccard' | 'boundary' | 'covered', number> {
  const overlap = memo(overlapOf);
  const outline = memo(boundaryF);
  const sum = { jaccard: 0, boundary: 0, both: 0, all: 0, frames: 0 };
  let before: readonly Mask[] = [];
  let mask: Mask | undefined;
  for (const { first, last } of truth.spans) {
    for (let frame = first; frame <= last; frame++) {
      const masks = found.flatMap((shape) => (inSpans(shape.spans, frame) ? [shape.maskAt(frame)] : []));
      if (masks.length !== before.length || masks.some((m, i) => m !== before[i])) mask = united(masks);
      before = masks;
      const real = truth.maskAt(frame);
      const shared = overlap(mask ?? NOTHING, real);
      sum.frames++;
      sum.both += shared.both;
      sum.all += shared.b;
      if (!mask) continue;
      sum.jaccard += jaccard(shared);
      sum.boundary += outline(mask, real);
    }
  }
  return { jaccard: sum.jaccard / sum.frames, boundary: sum.boundary / sum.frames, covered: sum.all ? sum.both / sum.all : 0 };
}

const NOTHING: Mask = { box: { x: 0, y: 0, width: 0, height: 0 }, data: new Uint8Array(0) };
