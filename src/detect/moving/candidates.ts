import { boxesMeet, type Box } from '../../core/area.js';
import { rankOf } from '../maps/rank.js';
import { BORDER, middle, type MovingTrack } from './tracks.js';
import { stableEdges, UNKNOWN, type WindowStatistics } from './travelling-window.js';

/** Where a window's upper left corner lies in a frame, in samples, not rounded. */
export interface Place {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
}

/** A mark that travels, as the survey saw it. Places in samples of the pictures searched. */
export interface MovingCandidate {
  /** Size of the pictures searched, and of the window that travels with the mark. */
  readonly survey: { readonly width: number; readonly height: number };
  readonly window: { readonly width: number; readonly height: number };
  /** Pixels of the window at which an edge stays. */
  readonly edges: Int32Array;
  /** In order of frame. */
  readonly path: readonly Place[];
  /** Share of the textured blocks elsewhere that shifted alike. */
  readonly company: number;
  /** Share of what lay round it that moved along: {@link MoverFinder.companionship}. */
  readonly carried: number;
  /** Log-odds of being a mark. */
  readonly odds: number;
}

/** Log-odds from which a candidate is worth a look at full size, which wants all of the picture: drawn marks have 0.2 and more here. And how many are at a time. */
const WORTH = -2.5;
const MOST = 4;
/** Share of the picture that a mark's window rarely exceeds. */
const LARGE = 0.062;
/** What is taken to have moved along where there was nothing to see it by. */
const UNSEEN = 0.03;
/** Seconds between a place and those that it is compared with, to see whether the way is smooth. */
const ASIDE = 0.16;

/** What a track of the survey amounts to; undefined if it is not worth a look. */
export function movingCandidate(
  { window, steps, companions, mover: { company } }: MovingTrack,
  survey: { readonly width: number; readonly height: number },
  rate: number,
): MovingCandidate | undefined {
  const carried = middle(companions) ?? UNSEEN;
  const statistics = window.statistics();
  const odds = oddsOf(statistics, steps, { company, carried, ...survey, rate });
  if (odds <= WORTH) return undefined;
  const size = { width: window.width, height: window.height };
  return { survey, window: size, edges: Int32Array.from(stableEdges(statistics)), path: steps.slice(), company, carried, odds };
}

/** The likeliest, one of each place and time, and a few at a time. */
export function likeliest(candidates: readonly MovingCandidate[]): MovingCandidate[] {
  const out: MovingCandidate[] = [];
  for (const one of [...candidates].sort((a, b) => b.odds - a.odds)) {
    const atOnce = out.filter((other) => begins(other) <= ends(one) && begins(one) <= ends(other));
    if (atOnce.length < MOST && !candidates.some((c) => c !== one && c.odds > one.odds && meet(c, one))) out.push(one);
  }
  return out;
}

const begins = ({ path }: MovingCandidate): number => path[0].frame;
const ends = ({ path }: MovingCandidate): number => path[path.length - 1].frame;

/** What there is to know about a path besides its places; the width in samples, the rate in frames a second. */
interface Whereabouts {
  readonly company: number;
  readonly carried: number;
  readonly width: number;
  readonly height: number;
  readonly rate: number;
}

/** Seconds below which a path is too short to tell. */
const BRIEF = 3;

/**
 * How likely it is that what a window followed is a mark: log-odds with weights set by hand on 20 drawn marks, all of which
 * lie above 0, and 500 things that move in 189 real clips without any, all of which lie below. A mark is exact to its last
 * edge while what is under it changes, goes its way smoothly and far, and ends within the window.
 */
export function oddsOf(
  statistics: WindowStatistics,
  path: readonly Place[],
  { company, carried, width, height, rate }: Whereabouts,
): number {
  const { strength, unrest, deviation, width: w, height: h } = statistics;
  const edges = stableEdges(statistics);
  if (!edges.length) return -Infinity;
  const strong = rank(edges.map((p) => strength[p]), 0.5); // prettier-ignore
  const exact = rank(edges.filter((p) => strength[p] >= strong).map((p) => unrest[p] / strength[p]), 0.25); // prettier-ignore
  const ground = rank(Array.from(deviation).filter((d) => d < UNKNOWN), 0.5); // prettier-ignore
  // Half of a mark's edges may border on the scene, and change with it.
  const own = rank(edges.map((p) => deviation[p]), 0.25); // prettier-ignore
  const outer = edges.filter((p) => isOuter(p % w, Math.floor(p / w), w, h)).length / edges.length;
  const seconds = (path[path.length - 1].frame - path[0].frame) / rate;
  return (
    -3.6 +
    3.3 * Math.log((ground + 1) / (own + 1)) -
    15 * exact -
    2 * Math.max(0, joltOf(path, rate) - 0.5) +
    1.6 * Math.log(wayOf(path) / width / 0.1 + 0.01) +
    1.3 * Math.log(seconds / 2) -
    // A car or a bird crosses the picture in a second or two.
    1.5 * Math.max(0, BRIEF - seconds) -
    25 * outer -
    12 * Math.max(0, company - 0.03) -
    60 * Math.max(0, carried - 0.02) -
    // A boat or a person, of its own, goes as smoothly as a mark.
    45 * Math.max(0, (w * h) / (width * height) - LARGE)
  );
}

/** Longer side of the box that a path's corner stays in. */
export function wayOf(path: readonly Place[]): number {
  const range = (of: (s: Place) => number): number => Math.max(...path.map(of)) - Math.min(...path.map(of));
  return Math.max(range((s) => s.x), range((s) => s.y)); // prettier-ignore
}

/** Where a path leads through in a frame; undefined before and after it. */
export function placeIn(path: readonly Place[], frame: number): { readonly x: number; readonly y: number } | undefined {
  const next = path.findIndex((p) => p.frame >= frame);
  if (next < 0 || path[0].frame > frame) return undefined;
  if (next === 0) return path[0];
  return between(path[next - 1], path[next], frame);
}

/** The place on the straight way from a to b. */
export function between(a: Place, b: Place, frame: number): { readonly x: number; readonly y: number } {
  const share = (frame - a.frame) / (b.frame - a.frame);
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
}

/** Median distance of a place from the cubic curve through the two before and the two after it, in samples: a way may be round. */
function joltOf(path: readonly Place[], rate: number): number {
  const aside = Math.max(1, Math.round((ASIDE * rate * (path.length - 1)) / (path[path.length - 1].frame - path[0].frame)));
  const off = path.slice(4 * aside).map((last, i) => {
    const [first, second, here, third] = [0, 1, 2, 3].map((n) => path[i + n * aside]);
    const through = (of: (p: Place) => number): number => curveThrough([first, second, third, last], of, here.frame);
    return Math.hypot(here.x - through((p) => p.x), here.y - through((p) => p.y));
  });
  return rank(off, 0.5);
}

/** Value in a frame of the polynomial through some places (Lagrange). */
function curveThrough(places: readonly Place[], of: (p: Place) => number, frame: number): number {
  let sum = 0;
  for (const p of places) {
    let weight = of(p);
    for (const q of places) if (q !== p) weight *= (frame - q.frame) / (p.frame - q.frame);
    sum += weight;
  }
  return sum;
}

function isOuter(x: number, y: number, width: number, height: number): boolean {
  return x < BORDER || y < BORDER || x >= width - BORDER || y >= height - BORDER;
}

/** Whether two share a place in the middle of the frames that they share. */
function meet(a: MovingCandidate, b: MovingCandidate): boolean {
  const [first, last] = [Math.max(begins(a), begins(b)), Math.min(ends(a), ends(b))];
  const boxIn = ({ path, window }: MovingCandidate): Box | undefined => {
    const place = placeIn(path, (first + last) >> 1);
    return place && { ...place, ...window };
  };
  const [p, q] = last < first ? [] : [boxIn(a), boxIn(b)];
  return !!p && !!q && boxesMeet(p, q);
}

/** {@link rankOf}; 1 of none. */
const rank = (values: ArrayLike<number>, share: number): number => rankOf(values, share) ?? 1;
