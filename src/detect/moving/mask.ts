import type { Box } from '../../core/area.js';
import { logoMask } from '../logos/mask.js';
import { rankIn, rankWhere } from '../maps/rank.js';
import { growMap, regionsOf, shrinkMap } from '../maps/regions.js';
import { stableEdges, UNKNOWN, type WindowStatistics } from './travelling-window.js';

/** Deviation over time, in levels, that the scene under the way must have to tell the mark by its calm; and that over the mark's. */
const LIVELY = 4;
const LIVELIER = 2;
/** Share of the scene's deviation up to which a pixel can be the mark's, and up to which one at its border is. */
const CALM = 0.45;
const SCENE = 0.8;
/** Deviation of a pixel of the mark, at most: a multiple of its own noise, and levels. */
const NOISE = 2;
const LEVELS = 1;
/** Shares of that down to which a part that goes on too far is asked again; the last is the end. */
const CALMER = [0.8, 0.6, 0.45, 0.3, 0];
/** Pixels of a calm part that counts, at least; and as a share of the mark's edges. */
const LEAST = 16;
const SMALLEST = 0.03;
/** How far from the edges a calm part may reach, as multiples of their height: a badge beside a name is larger than its letters. */
const ASIDE = 3;
const ABOVE = 1.2;

/**
 * The pixels of a mark that travels, 255 where hidden: its edges, and what stays as calm as they do while the scene passes under
 * it. Where the scene beside it is as calm, the edges are the limit, and what goes on far beyond them is the scene's. Under a
 * way without life the mark is what its edges enclose.
 */
export function movingMask(statistics: WindowStatistics): Uint8Array {
  const { mean, deviation, width, height } = statistics;
  const seeds = new Uint8Array(width * height);
  const edges = stableEdges(statistics);
  for (const p of edges) seeds[p] = 1;
  const drawn = logoMask({ mean, deviation, seeds, width, height });
  const border = growMap(drawn, width, height, 3);
  const scene = middle(deviation, (p) => !border[p] && deviation[p] < UNKNOWN);
  // Half of the edges may border on the scene.
  const own = rankWhere(deviation, seeds, 0.25) ?? 0;
  if (scene < LIVELY || scene < LIVELIER * own) return drawn;
  const most = Math.min(CALM * scene, NOISE * own + LEVELS);
  const body = seeds.slice();
  for (const p of calmParts(statistics, seeds, most, reachOf(edges, width))) body[p] = 1;
  // Thin strokes, and what is half covered at the border.
  const near = growMap(body, width, height, 2);
  for (let p = 0; p < body.length; p++) if (near[p] && deviation[p] <= most) body[p] = 1;
  const beside = growMap(body, width, height, 1);
  for (let p = 0; p < body.length; p++) if (beside[p] && deviation[p] < SCENE * scene) body[p] = 1;
  const closed = shrinkMap(growMap(body, width, height, 1), width, height, 1);
  return Uint8Array.from(closed, (v, p) => (v || body[p] ? 255 : 0));
}

/**
 * The calm parts between and beside the edges. One that goes on beyond the mark's limits is the scene's, or has run together with it:
 * what of it is calmer still is asked again.
 */
function calmParts({ deviation, width, height }: WindowStatistics, seeds: Uint8Array, most: number, limits: Limits): number[] {
  const out: number[] = [];
  const edges = seeds.reduce((n, v) => n + v, 0);
  let asked = Uint8Array.from(deviation, (d, p) => (d <= most && !seeds[p] ? 1 : 0));
  for (const share of CALMER) {
    const left = new Uint8Array(asked.length);
    for (const region of regionsOf(asked, width, height)) {
      if (region.pixels.length < Math.max(LEAST, SMALLEST * edges)) continue;
      if (isWithin(region.box, limits)) out.push(...region.pixels);
      else for (const p of region.pixels) if (deviation[p] <= share * most) left[p] = 1;
    }
    asked = left;
  }
  return out;
}

interface Limits {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where parts of the mark may lie, by the box about its edges. */
function reachOf(edges: readonly number[], width: number): Limits {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  for (const p of edges) {
    const [x, y] = [p % width, Math.floor(p / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  const [aside, above] = [ASIDE * (bottom - top + 1), ABOVE * (bottom - top + 1)];
  return { left: left - aside, top: top - above, right: right + aside, bottom: bottom + above };
}

const isWithin = ({ x, y, width, height }: Box, { left, top, right, bottom }: Limits): boolean =>
  x >= left && y >= top && x + width <= right && y + height <= bottom;

/** Median over the pixels chosen; 0 of none. */
function middle(values: Float32Array, of: (p: number) => boolean): number {
  return (
    rankIn(
      values.filter((_, p) => of(p)),
      0.5,
    ) ?? 0
  );
}
