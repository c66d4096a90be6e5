import type { Action } from '../plan/plan.js';
import { GROUPS, type Group } from './marks/mark.js';
import type { MarkScore, TrackScore } from './metrics/score.js';
import type { CaseResult } from './run-case.js';

/** Figures of one group of marks. Shares and means are 0 … 1, `null` where there is nothing to count. */
export interface GroupFigures {
  readonly group: Group | 'all';
  readonly marks: number;
  /** Marks that a track was matched with, whatever kind it was called. */
  readonly recall: number | null;
  /** Of those, the share that waits for a person. */
  readonly held: number | null;
  /** Of those, the share that was called by its own kind. */
  readonly kindRight: number | null;
  readonly jaccard: number | null;
  readonly boundary: number | null;
  /** Mean share of a mark's samples that is covered. */
  readonly covered: number | null;
  /** The same of opaque marks alone. */
  readonly opaqueJaccard: number | null;
  readonly opaqueBoundary: number | null;
  /** Ends of spans inside the programme, and the share of them that is found within a frame. */
  readonly ends: number;
  readonly endsWithinOne: number | null;
  /** Mean distance of those ends that were found, in frames. */
  readonly endError: number | null;
  /** Marks that no single track was matched with, but several cover together. */
  readonly inPieces: number;
  /** Tracks that lie on marks of this group beside the matched ones. */
  readonly parts: number;
}

/** Figures of programmes of one sort. */
export interface ProgrammeFigures {
  readonly sort: string;
  readonly programmes: number;
  /** Wiped tracks and titles rightly kept. */
  readonly tracks: number;
  readonly precision: number | null;
  /** Share of picture area and time wiped outside of marks. */
  readonly falseShare: number | null;
  /** Frames a second of the scan. */
  readonly speed: number | null;
}

/** How often findings of a confidence are right. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly findings: number;
  readonly right: number;
}

/** A mark that was missed, and what was found in that programme instead; or a track that lies on nothing. */
export interface Miss {
  readonly programme: string;
  readonly what: string;
  readonly instead: string;
}

export interface Summary {
  readonly groups: readonly GroupFigures[];
  readonly programmes: readonly ProgrammeFigures[];
  readonly calibration: readonly CalibrationBin[];
  readonly misses: readonly Miss[];
  readonly alarms: readonly Miss[];
}

const BINS = [0, 0.5, 0.65, 0.8, 0.9, 1];

/** Counts the results of a run together. */
export function summarise(results: readonly CaseResult[]): Summary {
  const marks = results.flatMap((r) => r.marks);
  const present = GROUPS.filter((group) => marks.some((m) => m.group === group));
  const groups = present.map((group) =>
    groupFigures(
      group,
      marks.filter((m) => m.group === group),
    ),
  );
  return {
    groups: marks.length ? [...groups, groupFigures('all', marks)] : [],
    programmes: programmeFigures(results),
    calibration: calibrate(results.flatMap((r) => r.tracks)),
    misses: results.flatMap((r) => r.marks.flatMap((mark) => (mark.track ? [] : [miss(r, mark)]))),
    alarms: results.flatMap((r) => r.tracks.flatMap((track) => (track.right || track.action !== 'wipe' ? [] : [alarm(r, track)]))),
  };
}

function groupFigures(group: GroupFigures['group'], marks: readonly MarkScore[]): GroupFigures {
  const found = marks.filter((m) => m.track !== undefined);
  const opaque = found.filter((m) => m.opaque);
  const ends = found.flatMap((m) => m.ends ?? []);
  const measured = ends.filter((e) => e !== null);
  return {
    group,
    marks: marks.length,
    recall: share(found.length, marks.length),
    held: share(found.filter((m) => m.action === 'hold').length, found.length),
    kindRight: share(found.filter((m) => m.kindRight).length, found.length),
    jaccard: mean(found.map((m) => m.jaccard ?? 0)),
    boundary: mean(found.map((m) => m.boundary ?? 0)),
    covered: mean(found.map((m) => m.covered ?? 0)),
    opaqueJaccard: mean(opaque.map((m) => m.jaccard ?? 0)),
    opaqueBoundary: mean(opaque.map((m) => m.boundary ?? 0)),
    ends: ends.length,
    endsWithinOne: share(measured.filter((e) => Math.abs(e) <= 1).length, ends.length),
    endError: mean(measured.map(Math.abs)),
    inPieces: marks.filter((m) => m.pieces).length,
    parts: found.reduce((sum, m) => sum + (m.parts ?? 0), 0),
  };
}

function programmeFigures(results: readonly CaseResult[]): ProgrammeFigures[] {
  const unmarked = (r: CaseResult): boolean => r.group === 'clean' || r.group === 'scene-text';
  const sorts: [string, CaseResult[]][] = [
    ['all', [...results]],
    ['marked', results.filter((r) => !unmarked(r))],
    ['clean', results.filter(unmarked)],
    ...(['still', 'pan', 'handheld', 'footage'] as const).map((motion): [string, CaseResult[]] => [
      motion,
      results.filter((r) => r.motion === motion),
    ]),
    ['one shot', results.filter((r) => r.shots === 1)],
    ['many shots', results.filter((r) => r.shots > 1)],
    ['crf 16', results.filter((r) => r.crf === 16)],
    ['crf 28', results.filter((r) => r.crf === 28)],
  ];
  return sorts.filter(([, of]) => of.length).map(([sort, of]) => figuresOf(sort, of));
}

function figuresOf(sort: string, results: readonly CaseResult[]): ProgrammeFigures {
  const tracks = results
    .flatMap((r) => r.tracks)
    .filter((t) => t.action === 'wipe' || (t.kind === 'title' && t.action === 'keep' && t.right));
  const seconds = results.reduce((sum, r) => sum + r.seconds, 0);
  const area = (r: CaseResult): number => r.width * r.height * r.frames;
  return {
    sort,
    programmes: results.length,
    tracks: tracks.length,
    precision: share(tracks.filter((t) => t.right).length, tracks.length),
    falseShare: share(
      results.reduce((sum, r) => sum + r.falseShare * area(r), 0),
      results.reduce((sum, r) => sum + area(r), 0),
    ),
    speed: share(
      results.reduce((sum, r) => sum + r.frames, 0),
      seconds,
    ),
  };
}

function calibrate(tracks: readonly TrackScore[]): CalibrationBin[] {
  const kinds = tracks.filter((t) => t.kind !== 'scene-text');
  return BINS.slice(1).map((to, i) => {
    const from = BINS[i];
    const here = kinds.filter(({ confidence: c }) => c >= from && (c < to || (to === 1 && c === 1)));
    return { from, to, findings: here.length, right: here.filter((t) => t.right).length };
  });
}

const range = (spans: readonly { first: number; last: number }[]): string => {
  const all = spans.map((s) => `${s.first}-${s.last}`);
  return all.length > 4 ? `${all.slice(0, 4).join(' ')} …` : all.join(' ');
};

function miss(result: CaseResult, mark: MarkScore): Miss {
  const near = result.tracks.filter((t) => t.spans.some((a) => mark.spans.some((b) => a.first <= b.last && b.first <= a.last)));
  return {
    programme: result.name,
    what: `${mark.kind} (${mark.look}) frames ${range(mark.spans)}`,
    instead:
      (mark.pieces ? 'in pieces: ' : '') +
      (near.length ? near.slice(0, 4).map(describe).join('; ') + (near.length > 4 ? `; ${near.length - 4} more` : '') : 'nothing'),
  };
}

function alarm(result: CaseResult, track: TrackScore): Miss {
  const mark = result.marks.find((m) => m.track === track.id);
  const instead = mark ? `lies on a ${mark.kind} (${mark.look}), which is kept` : `${Math.round(100 * track.inside)} % of it on a mark`;
  return { programme: result.name, what: describe(track), instead };
}

function describe({
  id,
  action,
  confidence,
  box,
  spans,
}: {
  id: string;
  action: Action;
  confidence: number;
  box: readonly number[];
  spans: MarkScore['spans'];
}): string {
  return `${id} ${action} ${Math.round(100 * confidence)} % ${box[2]}×${box[3]} at ${box[0]},${box[1]} frames ${range(spans)}`;
}

const share = (part: number, whole: number): number | null => (whole ? part / whole : null);
const mean = (values: readonly number[]): number | null => (values.length ? values.reduce((sum, v) => sum + v, 0) / values.length : null);
