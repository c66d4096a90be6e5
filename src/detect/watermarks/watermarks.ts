import { spanLength, tight, type Mask, type Span } from '../../core/area.js';
import type { Finding } from '../../plan/plan.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';
import { bareShare } from './bare-cells.js';
import { agree, areaOf } from './lattice.js';
import { findTiling, type Tiling } from './tiling.js';
import { FULL, tileOf, type WatermarkTile } from './tile.js';

/** A tiled watermark as one stretch shows it. */
export interface WatermarkCandidate {
  readonly tiling: Tiling;
  readonly tile: WatermarkTile;
  readonly span: Span;
}

/** Share of the stretches from which on a watermark is taken to be there all the time. */
const ALWAYS = 0.3;
/** Stretches that say what its strokes are, at most. */
const VOTES = 16;
/** Share of a stroke's height from which on a pixel is touched. Restoring goes on a little beyond a mask. */
const TOUCHED = 0.08;

/** Share of the cells where it would show that may be without it. */
const BARE = 0.2;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The watermark of a stretch of frames, if there is one. */
export function watermarkIn(statistics: StretchStatistics, span: Span): WatermarkCandidate | undefined {
  const tiling = findTiling(statistics);
  const tile = tiling && tileOf(statistics, tiling.lattice);
  if (!tile) return undefined;
  const touched = new Uint8Array(statistics.width * statistics.height);
  stamp(tile, statistics, statistics, touched);
  return bareShare(statistics, touched) > BARE ? undefined : { tiling, tile, span };
}

/** One finding a pattern: candidates of the same shift are one watermark. `looked`: stretches that were searched, in order. */
export function watermarkFindings(
  candidates: readonly WatermarkCandidate[],
  looked: readonly Span[],
  survey: Size,
  picture: Size & { readonly frames: number },
): Finding[] {
  const groups: WatermarkCandidate[][] = [];
  for (const one of candidates) {
    const group = groups.find(([first]) => agree(first.tiling.lattice, one.tiling.lattice));
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups.flatMap((group) => {
    const mask = tight(maskOf(group, survey, picture));
    if (!mask) return [];
    const shown = group.reduce((sum, { span }) => sum + spanLength(span), 0);
    const all = [{ first: 0, last: picture.frames - 1 }];
    const searched = looked.reduce((sum, span) => sum + spanLength(span), 0);
    const spans = shown > ALWAYS * searched ? all : joined(group, looked);
    const repeats = Math.max(...group.map((c) => c.tiling.repeats));
    const why = `The same faint pattern repeats over the picture; ${Math.round(100 * repeats)} % of its edges come again.`;
    return [{ kind: 'watermark' as const, spans, mask, confidence: Math.min(0.99, 0.7 + repeats), why }];
  });
}

/** The stretches that show a pattern; two of them with none that was searched in vain between them are one. */
function joined(group: readonly WatermarkCandidate[], looked: readonly Span[]): Span[] {
  const out: { first: number; last: number }[] = [];
  let open: { first: number; last: number } | undefined;
  for (const { first, last } of looked) {
    if (!group.some((c) => c.span.first === first)) open = undefined;
    else if (open) open.last = last;
    else out.push((open = { first, last }));
  }
  return out;
}

/** What most of the clearest stretches show, laid over the whole picture at full size. */
function maskOf(group: readonly WatermarkCandidate[], survey: Size, picture: Size): Mask {
  const clearest = [...group].sort((a, b) => b.tiling.repeats - a.tiling.repeats).slice(0, VOTES);
  const votes = new Uint8Array(picture.width * picture.height);
  for (const { tile } of clearest) stamp(tile, survey, picture, votes);
  const data = votes.map((n) => (2 * n >= clearest.length ? 255 : 0));
  return { box: { x: 0, y: 0, width: picture.width, height: picture.height }, data };
}

/** Adds one to each pixel that a watermark of this tile touches. */
function stamp({ lattice, columns, rows, level }: WatermarkTile, survey: Size, picture: Size, votes: Uint8Array): void {
  const { a, b } = lattice;
  const area = areaOf(lattice);
  for (let v = 0, p = 0; v < picture.height; v++) {
    const y = ((v + 0.5) * survey.height) / picture.height - 0.5;
    for (let u = 0; u < picture.width; u++, p++) {
      const x = ((u + 0.5) * survey.width) / picture.width - 0.5;
      const s = ((x * b.y - y * b.x) / area) * columns;
      const t = ((a.x * y - a.y * x) / area) * rows;
      const [i, j] = [Math.floor(s), Math.floor(t)];
      const [c0, c1] = [i & (columns - 1), (i + 1) & (columns - 1)];
      const [r0, r1] = [(j & (rows - 1)) * columns, ((j + 1) & (rows - 1)) * columns];
      const upper = level[r0 + c0] + (s - i) * (level[r0 + c1] - level[r0 + c0]);
      const lower = level[r1 + c0] + (s - i) * (level[r1 + c1] - level[r1 + c0]);
      if (upper + (t - j) * (lower - upper) > TOUCHED * FULL) votes[p]++;
    }
  }
}
