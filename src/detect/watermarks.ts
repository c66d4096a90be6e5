import { spanLength, type Span } from '../core/area.js';
import type { Finding } from '../plan/plan.js';
import { growMap, regionsOf, shrinkMap } from './regions.js';
import type { StretchStatistics } from './stretch-statistics.js';
import { tight } from './masks.js';
import { findTiling, isAcross, isFaintMark, type Tiling } from './tiling.js';

/** A tiled watermark as one stretch shows it. */
export interface WatermarkCandidate {
  readonly tiling: Tiling;
  /** Its strokes, 1 = hidden, row-major at the surveyed size. */
  readonly map: Uint8Array;
  readonly span: Span;
}

/** Repeats of the pattern that are looked at on each side, along both of its directions. */
const REACH = 3;
/** How well the directions at the repeats must agree: length of their mean, and in deviations of what chance makes. The scene hides some. */
const AGREE = 0.5;
const CHANCE = 2.2;
/** Share of the picture below which a part is chance and no letter. */
const SPECK = 0.0002;
/** Share of the stretches from which on a watermark is taken to be there all the time. */
const ALWAYS = 0.3;

/** The watermark of a stretch of frames, if there is one. */
export function watermarkIn(statistics: StretchStatistics, span: Span): WatermarkCandidate | undefined {
  const tiling = findTiling(statistics);
  return tiling && { tiling, map: strokes(statistics, tiling), span };
}

/** The pixels that come again all over the pattern, with what lies between the two edges of a stroke. */
function strokes(statistics: StretchStatistics, tiling: Tiling): Uint8Array {
  const { width, height } = statistics;
  const lattice = latticeOf(tiling);
  const edges = new Uint8Array(width * height);
  const density = densityOf(statistics);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if (comesAgain(statistics, lattice, density, x, y)) edges[y * width + x] = 1;
  const stroke = Math.max(2, Math.round(Math.min(width, height) * 0.007));
  // An edge is found one sample to either side of where it is.
  const closed = shrinkMap(growMap(edges, width, height, stroke), width, height, stroke + 1);
  for (const { pixels } of regionsOf(closed, width, height))
    if (pixels.length < SPECK * width * height) for (const p of pixels) closed[p] = 0;
  return closed;
}

type Shift = Tiling['shifts'][number];

/** Multiples of the clearest shift, and of the next that has another direction. */
function latticeOf({ shifts }: Tiling): Shift[] {
  const [a] = shifts;
  const b = shifts.find((s) => isAcross(s, a));
  const out: Shift[] = [];
  for (let i = -REACH; i <= REACH; i++)
    for (let j = b ? -REACH : 0; j <= (b ? REACH : 0); j++) out.push({ x: i * a.x + j * (b?.x ?? 0), y: i * a.y + j * (b?.y ?? 0) });
  return out;
}

/** Whether a pixel and the pattern at its repeats have edges of one direction: the length of their mean (Rayleigh's test). */
function comesAgain(statistics: StretchStatistics, lattice: readonly Shift[], density: number, x: number, y: number): boolean {
  const { width, height, gx, gy, strength } = statistics;
  let [places, sumX, sumY] = [0, 0, 0];
  for (const s of lattice) {
    const [u, v] = [x + s.x, y + s.y];
    if (u < 1 || v < 1 || u >= width - 1 || v >= height - 1) continue;
    places++;
    const p = edgeNear(statistics, v * width + u);
    if (p < 0) continue;
    sumX += gx[p] / strength[p];
    sumY += gy[p] / strength[p];
  }
  return places > 1 && Math.hypot(sumX, sumY) > Math.max(AGREE * places, CHANCE * Math.sqrt(density * places));
}

/** Share of the pixels at or beside an edge: how often chance finds one. */
function densityOf(statistics: StretchStatistics): number {
  const { width, height } = statistics;
  let n = 0;
  for (let p = width; p < width * (height - 1); p++) if (edgeNear(statistics, p) >= 0) n++;
  return n / (width * height);
}

/** The pixel itself or, as shifts are not whole, a neighbour that is an edge; -1 when none is. */
function edgeNear(statistics: StretchStatistics, p: number): number {
  if (isFaintMark(statistics, p)) return p;
  const { width } = statistics;
  for (const q of [p - 1, p + 1, p - width, p + width]) if (isFaintMark(statistics, q)) return q;
  return -1;
}

/** One finding a pattern: candidates of the same shift are one watermark. `looked`: stretches that were searched, in order. */
export function watermarkFindings(
  candidates: readonly WatermarkCandidate[],
  looked: readonly Span[],
  survey: { readonly width: number; readonly height: number },
  picture: { readonly width: number; readonly height: number; readonly frames: number },
): Finding[] {
  const groups: WatermarkCandidate[][] = [];
  for (const one of candidates) {
    const group = groups.find(([first]) => first.tiling.shifts.some((s) => near(s, one.tiling.shifts[0])));
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups.flatMap((group) => {
    const votes = new Uint8Array(survey.width * survey.height);
    for (const { map } of group) for (let p = 0; p < votes.length; p++) votes[p] += map[p];
    const map = votes.map((n) => (2 * n >= Math.min(group.length, 255) ? 1 : 0));
    const mask = tight(enlarged(map, survey, picture));
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

const near = (a: Shift, b: Shift): boolean =>
  (Math.abs(a.x - b.x) <= 4 && Math.abs(a.y - b.y) <= 4) || (Math.abs(a.x + b.x) <= 4 && Math.abs(a.y + b.y) <= 4);

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

function enlarged(map: Uint8Array, from: { width: number; height: number }, to: { width: number; height: number }) {
  const data = new Uint8Array(to.width * to.height);
  for (let y = 0, i = 0; y < to.height; y++) {
    const row = Math.floor((y * from.height) / to.height) * from.width;
    for (let x = 0; x < to.width; x++, i++) data[i] = map[row + Math.floor((x * from.width) / to.width)] ? 255 : 0;
  }
  return { box: { x: 0, y: 0, width: to.width, height: to.height }, data };
}
