import { boxesMeet, growBox, type Box } from '../../core/area.js';
import { compactRegions, medianAt } from './regions.js';
import { boxOf, placesSeen, seenAt, type Seen } from '../perception/perceived.js';
import type { PerceptionMaps } from '../perception/perception.js';
import { SceneBlocks } from './scene-blocks.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';

/** What statistics say of a place, and the sign that its weight may have, 0 for either: confidence never falls when more speaks for a mark. */
export const STATISTICS = {
  /** Logarithm of its edges' median persistence over that of the steadiest tenth of the scene; as far as the scene moves, for on a still one everything persists. */
  outlasts: 1,
  /** Minus the logarithm of the share of the scene whose edges persist nearly as long; as far as the scene moves. */
  alone: 1,
  /** Minus the logarithm of the share of the scene's pixels that persist as long, however faint; as far as the scene moves. */
  rare: 1,
  /** Share of its pixels that are edges, 0 … 0.45: more says nothing. */
  dense: 1,
  /** Logarithm of the median strength of its edges, levels a sample. */
  strong: 1,
  /** Logarithm of the number of its edges, over the picture's shorter side. */
  size: 0,
  /** Share of the scene that moves. */
  moving: 0,
  /** 1 when it stands aside from the picture's middle, else 0. */
  aside: 1,
  /** How far its lightest tenth lies above the mean around it, in units of 100 levels. */
  light: 1,
  /** Strength of its edges' strongest tenth over its range of levels: what is drawn is sharper than what is filmed. */
  sharp: 1,
  /** Distance from the picture's nearest border over its shorter side, 0 … 0.3: signs stand anywhere, marks near the border. */
  margin: -1,
} as const;
/** The same of what the perception network's maps say. */
export const MAPS = {
  /** Log-odds of the maps' means inside it. */
  mark: 1,
  text: 1,
  logo: 1,
  band: 1,
} as const;
export type StatisticsEvidence = Readonly<Record<keyof typeof STATISTICS, number>>;
export type MapsEvidence = Readonly<Record<keyof typeof MAPS, number>>;
export type Evidence = StatisticsEvidence & Partial<MapsEvidence>;

/** A place where edges stand that may be a mark's. */
export interface Suspect {
  readonly box: Box;
  /** Its edges, indices into the surveyed picture. */
  readonly pixel: Int32Array;
  /** Median persistence of its edges. */
  readonly persists: number;
  readonly evidence: Evidence;
  /** Whether the network's map of marks cut it out, rather than statistics. */
  readonly perceived: boolean;
  readonly seen?: Seen | undefined;
}

/** What the network saw, and its threshold for `mark`. */
export interface Perceived {
  readonly maps: PerceptionMaps;
  readonly threshold: number;
}

/** Levels a sample from which an edge counts. */
const WEAKEST = 4;
/** Persistence from which edges are taken together: at a low limit a mark hangs together, at a high one it stands free of a still scene. */
const LIMITS = [1.2, 2.5, 5, 10, 20];
/** Where little of a scene persists at all, what shines through a faint mark does not either: where nothing clearer is, how many times the persistence of this share of the scene. */
const MOST_OF_SCENE = 0.97;
const ABOVE = 1.3;
/** One pixel in so many tells what the scene does. */
const APART = 7;

/** Compact regions whose edges persist, at several limits, and what the network cuts out, each with all the evidence. Many overlap. */
export function suspectsIn(statistics: StretchStatistics, perceived?: Perceived): Suspect[] {
  const { strength, persistence, width } = statistics;
  const scene = new SceneBlocks(statistics);
  const of = (box: Box, pixel: Int32Array, size: number, byMap: boolean): Suspect => {
    const seen = perceived && seenAt(perceived.maps, box, statistics);
    const known = statisticsEvidence(statistics, scene, box, pixel, size);
    const persists = medianAt(persistence, pixel);
    return { box, pixel, persists, seen, perceived: byMap, evidence: seen ? { ...known, ...mapsEvidence(seen) } : known };
  };
  const map = new Uint8Array(strength.length);
  const above = (limit: number): Suspect[] => {
    for (let p = 0; p < map.length; p++) map[p] = strength[p] > WEAKEST && persistence[p] > limit ? 1 : 0;
    return compactRegions(map, statistics).map(({ box, pixels }) => of(box, pixels.filter((p) => map[p] === 1), pixels.length, false)); // prettier-ignore
  };
  const clear = LIMITS.flatMap(above);
  const restless = restlessLimit(persistence);
  const faint = restless < LIMITS[0] ? above(restless).filter(({ box }) => !clear.some((other) => boxesMeet(other.box, box))) : [];
  const places = perceived ? placesSeen(perceived.maps, perceived.threshold, statistics) : [];
  const seen = places.map((pixel) => [boxOf(pixel, width), pixel] as const);
  return [...clear, ...faint, ...seen.map(([box, pixel]) => of(box, pixel, box.width * box.height, true))];
}

/** A persistence that hardly anything of the scene reaches. */
function restlessLimit(persistence: Float32Array): number {
  const some = Float32Array.from({ length: Math.floor(persistence.length / APART) }, (_, i) => persistence[i * APART]);
  return ABOVE * quantile(some.sort(), MOST_OF_SCENE);
}

function statisticsEvidence(
  statistics: StretchStatistics,
  scene: SceneBlocks,
  box: Box,
  pixel: Int32Array,
  size: number,
): StatisticsEvidence {
  const { width, height, persistence, strength } = statistics;
  const unit = Math.min(width, height);
  const persists = medianAt(persistence, pixel);
  const around = scene.without(box);
  const counts = Math.min(1, around.moving / MOVES);
  const margin = Math.min(box.x, box.y, width - box.x - box.width, height - box.y - box.height) / unit;
  const edges = Float32Array.from(pixel, (p) => strength[p]).sort();
  const levels = levelsOf(statistics, box);
  return {
    outlasts: counts * Math.log(persists / (around.persistence + 0.5)),
    alone: -counts * Math.log(around.shareAbove(persists / 3) + 0.004),
    rare: -counts * Math.log(shareOutside(statistics, box, persists) + RAREST),
    dense: Math.min(0.45, pixel.length / size),
    strong: Math.log(quantile(edges, 0.5)),
    size: Math.log(pixel.length / unit),
    moving: around.moving,
    aside: isCentral(box, width, height) ? 0 : 1,
    light: Math.max(0, levels.light) / 100,
    sharp: quantile(edges, 0.9) / Math.max(LEAST_RANGE, levels.range),
    margin: Math.min(0.3, margin),
  };
}

/** Share of pixels below which there is no telling. */
const RAREST = 0.001;

/** Share of the pixels outside a box that persist longer. */
function shareOutside({ persistence, width }: StretchStatistics, { x, y, width: w, height: h }: Box, limit: number): number {
  let [all, above] = [0, 0];
  for (let p = 0; p < persistence.length; p += APART) {
    const row = Math.floor(p / width);
    const column = p - row * width;
    if (row >= y && row < y + h && column >= x && column < x + w) continue;
    all++;
    if (persistence[p] >= limit) above++;
  }
  return above / Math.max(1, all);
}

/** Share of the scene that must move for persistence to count in full. */
const MOVES = 0.5;
/** Range of levels, at least, that edges are held against. */
const LEAST_RANGE = 10;
/** Width of the ring around a box over its shorter side, and samples at least. */
const RING = 0.7;
const NARROWEST = 4;

const quantile = (sorted: Float32Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

/** Levels of the mean picture in a box: their range without the outermost, and how far the lightest tenth lies above the mean around it. */
function levelsOf({ mean, width, height }: StretchStatistics, box: Box): { readonly range: number; readonly light: number } {
  const outer = growBox(box, Math.max(NARROWEST, Math.round(RING * Math.min(box.width, box.height))), width, height);
  const inside = new Float32Array(box.width * box.height);
  let [all, within] = [0, 0];
  for (let y = 0, i = 0; y < outer.height; y++) {
    const row = outer.y + y;
    for (let p = row * width + outer.x, end = p + outer.width; p < end; p++) all += mean[p];
    if (row < box.y || row >= box.y + box.height) continue;
    for (let p = row * width + box.x, end = p + box.width; p < end; p++) within += inside[i++] = mean[p];
  }
  inside.sort();
  const around = (all - within) / Math.max(1, outer.width * outer.height - inside.length);
  return { range: quantile(inside, 0.97) - quantile(inside, 0.03), light: quantile(inside, 0.9) - around };
}

/** Whether the middle of a box lies in the middle half of the picture, both ways. */
function isCentral(box: Box, width: number, height: number): boolean {
  const off = (at: number, length: number, whole: number): number => Math.abs((at + length / 2) / whole - 0.5);
  return off(box.x, box.width, width) < 0.25 && off(box.y, box.height, height) < 0.25;
}

/** Means nearer to 0 or 1 than this say no more. */
const LEAST = 0.002;
const logit = (mean: number): number => {
  const p = Math.max(LEAST, Math.min(1 - LEAST, mean));
  return Math.log(p / (1 - p));
};

const mapsEvidence = (seen: Seen): MapsEvidence => ({
  mark: logit(seen.mark),
  text: logit(seen.text),
  logo: logit(seen.logo),
  band: logit(seen.band),
});
