import { boundsOf, type Box } from '../../core/area.js';
import { edgesOf, fitAt, seenAt, type Edges, type Fit, type Standing } from './standing.js';

/** Where what slides lies in a frame, in samples from where it stands. */
export interface SlideStep {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
}

/** How a banner comes or goes. */
export interface Slide {
  /** Frames in which it is away from its place, going outwards in time. */
  readonly steps: readonly SlideStep[];
  /** Whether it shows beyond its own box on the way, as one that comes from the picture's edge; others come out from behind a line. */
  readonly open: boolean;
}

/** The least edges that tell anything. */
const LEAST = 60;
/** Slope on the banner's own gradient with which it stands at a place; share of its edges by which the first step must be seen, and every other. */
const THERE = 0.6;
const FIRST_SEEN = 0.3;
const SEEN = 0.04;
/** Share of it that may be left to be seen where it is followed no more: what then stands still was moved, not slid in. */
const LEFT = 0.3;
/** Samples by which a step may differ from the one before it, or as much as that one. */
const HASTE = 8;
/** Levels within which what shows of it is its own, and the share of it that is. */
const ALIKE = 12;
const MOSTLY = 0.7;

/**
 * Follows a banner beyond one of its ends. It keeps its look and moves along rows or columns, out of the picture or behind a line at the edge of its place;
 * `from` is a frame in which it stands. Undefined where it comes or goes by a cut or a fade.
 */
export function slideBeyond(banner: Standing, from: number, outwards: 1 | -1): Slide | undefined {
  const place = boundsOf(banner.mask, banner.width, banner.height);
  const edges = edgesOf(banner);
  if (!place || edges.count < LEAST) return undefined;
  const steps: SlideStep[] = [];
  let at = { x: 0, y: 0 };
  let step = { x: 0, y: 0 };
  for (let frame = from + outwards; ; frame += outwards) {
    const samples = banner.samples(frame);
    if (!samples) break;
    const fits = (x: number, y: number): Fit => fitAt(edges, samples, banner, place, { x, y });
    if (!steps.length && fits(0, 0).slope >= THERE) continue;
    const next = steps.length ? further(at, step, place, fits) : firstStep(place, fits);
    const guess = { x: at.x + step.x, y: at.y + step.y };
    const found = next ?? (steps.length && shows(banner, samples, place, guess) ? guess : undefined);
    if (!found) break;
    [step, at] = [{ x: found.x - at.x, y: found.y - at.y }, found];
    steps.push({ frame, ...at });
  }
  const left = seenAt(edges, place, { x: at.x + step.x, y: at.y + step.y });
  if (steps.length < 2 || left > LEFT) return undefined;
  return { steps, open: isOpen(banner, edges, place, steps) };
}

type Fits = (x: number, y: number) => Fit;

/** Where it lies in the first frame in which it is away: anywhere along its rows or columns. */
function firstStep({ width, height }: Box, fits: Fits): { x: number; y: number } | undefined {
  const places: { x: number; y: number }[] = [];
  for (let d = 1; d < width; d++) places.push({ x: d, y: 0 }, { x: -d, y: 0 });
  for (let d = 1; d < height; d++) places.push({ x: 0, y: d }, { x: 0, y: -d });
  return bestOf(places, FIRST_SEEN, fits);
}

/** Where it lies in a later one: further in the same direction, about as far as before. */
function further(
  at: { x: number; y: number },
  step: { x: number; y: number },
  { width, height }: Box,
  fits: Fits,
): { x: number; y: number } | undefined {
  const [dx, dy] = [Math.sign(at.x), Math.sign(at.y)];
  const last = Math.abs(step.x + step.y);
  const most = Math.min(last + Math.max(HASTE, last), (dx ? width : height) - Math.abs(at.x + at.y) - 1);
  const places = Array.from({ length: Math.max(0, most + 1) }, (_, d) => ({ x: at.x + dx * d, y: at.y + dy * d }));
  return bestOf(places, SEEN, fits);
}

function bestOf(places: readonly { x: number; y: number }[], seen: number, fits: Fits): { x: number; y: number } | undefined {
  let best: { x: number; y: number } | undefined;
  let most = 0;
  for (const place of places) {
    const fit = fits(place.x, place.y);
    // Letters that come again fit again, but fewer of them.
    const worth = fit.slope * Math.sqrt(Math.sqrt(fit.seen));
    if (fit.seen >= seen && fit.slope > THERE && worth > most) [best, most] = [place, worth];
  }
  return best;
}

/** Whether what a shifted banner shows of itself in its place has its levels: too little of it may be left for edges. */
function shows({ mean, mask, width }: Standing, samples: Uint8Array, place: Box, by: { x: number; y: number }): boolean {
  let [all, own] = [0, 0];
  for (let y = place.y; y < place.y + place.height; y++)
    for (let x = place.x; x < place.x + place.width; x++) {
      const [u, v] = [x - by.x, y - by.y];
      if (u < place.x || v < place.y || u >= place.x + place.width || v >= place.y + place.height || !mask[v * width + u]) continue;
      all++;
      if (Math.abs(samples[y * width + x] - mean[v * width + u]) <= ALIKE) own++;
    }
  return all > 0 && own >= MOSTLY * all;
}

/** Whether it shows beyond its own place on the way, as far as the frames' box reaches. */
function isOpen(banner: Standing, edges: Edges, place: Box, steps: readonly SlideStep[]): boolean {
  const { x, y } = steps[0];
  const { width, height } = banner;
  // The part of the box that it slides over before it is in its place.
  const way = {
    x: x > 0 ? place.x + place.width + 1 : 0,
    y: y > 0 ? place.y + place.height + 1 : 0,
    width: x > 0 ? width : x < 0 ? place.x - 1 : width,
    height: y > 0 ? height : y < 0 ? place.y - 1 : height,
  };
  const fits = steps.flatMap((step) => {
    const samples = banner.samples(step.frame);
    return samples ? [fitAt(edges, samples, banner, way, step)] : [];
  });
  const seen = fits.reduce((sum, fit) => sum + fit.seen, 0);
  return seen >= SEEN && fits.reduce((sum, fit) => sum + fit.seen * fit.slope, 0) >= THERE * seen;
}
