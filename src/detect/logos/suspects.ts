import { growBox, type Box } from '../../core/area.js';
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
  /** Log-odds of the maps' means inside it: `scene` is writing that belongs to the scene. */
  mark: 1,
  text: 1,
  logo: 1,
  band: 1,
  scene: -1,
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
  const standing = LIMITS.flatMap((limit) => {
    for (let p = 0; p < map.length; p++) map[p] = strength[p] > WEAKEST && persistence[p] > limit ? 1 : 0;
    return compactRegions(map, statistics).map(({ box, pixels }) => of(box, pixels.filter((p) => map[p] === 1), pixels.length, false)); // prettier-ignore
  });
  const places = perceived ? placesSeen(perceived.maps, perceived.threshold, statistics) : [];
  return [...standing, ...places.map((pixel) => [boxOf(pixel, width), pixel] as const).map(([box, pixel]) => of(box, pixel, box.width * box.height, true))]; // prettier-ignore
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
  scene: logit(seen.scene),
});
