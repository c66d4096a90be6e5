import { boxesMeet, type Box, type Span } from '../core/area.js';
import { growMap, regionsOf, type Region } from './regions.js';
import { SceneBlocks } from './scene-blocks.js';
import type { StretchStatistics } from './stretch-statistics.js';

/** Edges that may belong to a logo, in samples of the surveyed size. */
export interface LogoCandidate {
  readonly box: Box;
  /** Indices into the surveyed picture, and the gradient of the mean picture there. */
  readonly pixel: Int32Array;
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  /** Stretches in which it stood still. */
  readonly seen: readonly Span[];
  readonly confidence: number;
  readonly why: string;
  /** Mean of the perception network's map of text there, 0 … 1, when the network alone suspects it. */
  readonly text?: number;
}

/** Largest share of the picture that the box of a logo may take. */
const LARGEST = 0.06;
/** Levels a sample from which an edge counts. */
const WEAKEST = 4;
/** Persistence from which edges are taken together: at a low limit a mark hangs together, at a high one it stands free of a still scene. */
const LIMITS = [1.2, 2.5, 5, 10, 20];
/** Confidence below which a region is not looked at again. */
const HOPELESS = 0.12;
const SURE = 0.95;
/** How much less than the steadiest part of a mark its other edges may persist. */
const SHARE = 6;

interface Found extends LogoCandidate {
  /** Median persistence of its edges. */
  readonly persists: number;
}

/**
 * Looks for logos in one stretch of frames without a cut: compact regions whose edges persist while the rest of the picture
 * changes. Where everything stands still nothing stands out, and the stretch says little.
 */
export function logosInStretch(statistics: StretchStatistics, span: Span): LogoCandidate[] {
  const { strength, persistence } = statistics;
  const scene = new SceneBlocks(statistics);
  const found: Found[] = [];
  const map = new Uint8Array(strength.length);
  for (const limit of LIMITS) {
    for (let p = 0; p < map.length; p++) map[p] = strength[p] > WEAKEST && persistence[p] > limit ? 1 : 0;
    for (const region of compactRegions(map, statistics)) {
      const pixel = region.pixels.filter((p) => map[p] === 1);
      const confidence = weigh(statistics, scene, region, pixel);
      if (confidence > HOPELESS)
        found.push({ ...candidateOf(statistics, region.box, pixel, span, confidence), persists: medianAt(persistence, pixel) });
    }
  }
  // Among those that are sure, the one with the most of the mark.
  const rank = (c: LogoCandidate): number => Math.min(SURE, c.confidence);
  found.sort((a, b) => rank(b) - rank(a) || b.pixel.length - a.pixel.length);
  return found
    .filter((one, i) => !found.slice(0, i).some((surer) => boxesMeet(surer.box, one.box)))
    .map((one) => own(one, Math.max(...found.filter((f) => boxesMeet(f.box, one.box)).map((f) => f.persists)) / SHARE, statistics));
}

/** The candidate without the edges that persist less than `least`: the scene's, which touch it. */
function own<T extends LogoCandidate>(candidate: T, least: number, { persistence }: StretchStatistics): T {
  const kept = [...candidate.pixel.keys()].filter((i) => persistence[candidate.pixel[i]] >= least);
  const pick = (map: Float32Array): Float32Array => Float32Array.from(kept, (i) => map[i]);
  return { ...candidate, pixel: Int32Array.from(kept, (i) => candidate.pixel[i]), gx: pick(candidate.gx), gy: pick(candidate.gy) };
}

/**
 * Logistic regression on how a region differs from its scene. Fitted to 40 drawn logos and bugs on real shots that stand out
 * at all, and to all regions of 189 real shots without any; what lies in the middle of the picture is counted down by hand.
 */
function weigh(statistics: StretchStatistics, scene: SceneBlocks, { box, pixels }: Region, pixel: Int32Array): number {
  const { width, height, persistence, strength } = statistics;
  const persists = medianAt(persistence, pixel);
  const around = scene.without(box);
  const odds =
    -19.4 +
    0.75 * Math.log(persists) +
    0.85 * Math.log(persists / (around.persistence + 0.5)) -
    2.05 * Math.log(around.shareAbove(persists / 3) + 0.004) +
    5.7 * Math.min(0.45, pixel.length / pixels.length) +
    1.67 * Math.log(medianAt(strength, pixel)) +
    0.72 * Math.log(pixel.length / (0.37 * Math.min(width, height))) +
    1.13 * around.moving -
    (isCentral(box, width, height) ? 1.5 : 0);
  return 1 / (1 + Math.exp(-odds));
}

/** Whether the middle of a box lies in the middle half of the picture, both ways. */
function isCentral(box: Box, width: number, height: number): boolean {
  const off = (at: number, length: number, whole: number): number => Math.abs((at + length / 2) / whole - 0.5);
  return off(box.x, box.width, width) < 0.25 && off(box.y, box.height, height) < 0.25;
}

/** A candidate of what stands out in a stretch; `why` is for a person. */
export function candidateOf({ gx, gy }: StretchStatistics, box: Box, pixel: Int32Array, span: Span, confidence: number): LogoCandidate {
  const why = 'Its edges persist while the scene changes.';
  const at = (map: Float32Array): Float32Array => Float32Array.from(pixel, (p) => map[p]);
  return { box, pixel, gx: at(gx), gy: at(gy), seen: [span], confidence, why };
}

/**
 * Regions of neighbouring edges that are of a logo's size, stand free and do not touch the picture's border.
 * @param map of the whole picture, or of the box `at` in it
 */
export function compactRegions(map: Uint8Array, picture: Size, at: Box = { x: 0, y: 0, ...picture }): Region[] {
  const unit = Math.min(picture.width, picture.height);
  const reach = Math.round(unit * 0.012);
  const least = 0.0012 * unit * unit;
  return regionsOf(growMap(map, at.width, at.height, reach), at.width, at.height, least).filter(({ box, pixels }) => {
    const [x, y] = [at.x + box.x, at.y + box.y];
    if (x <= 1 || y <= 1 || x + box.width >= picture.width - 1 || y + box.height >= picture.height - 1) return false;
    if (box.width * box.height > LARGEST * picture.width * picture.height) return false;
    if (Math.min(box.width, box.height) - 2 * reach < unit * 0.012) return false;
    let n = 0;
    for (const p of pixels) n += map[p];
    return n >= least;
  });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The median of a map's values at some of its pixels; 0 of none. */
export function medianAt(map: Float32Array, pixel: Int32Array): number {
  const values = Float32Array.from(pixel, (p) => map[p]).sort();
  return values[values.length >> 1] ?? 0;
}
