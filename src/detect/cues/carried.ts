import { boundsOf, type Box } from '../../core/area.js';
import { fillBox } from '../logos/box.js';
import { rankOf } from '../maps/rank.js';
import type { Slide, SlideStep } from './slides.js';
import type { Standing } from './standing.js';

/** Levels within which a sample is the banner's own, shifted; share of the steps that show it in which it is. */
const ALIKE = 14;
const OFTEN = 0.6;
/** Levels across two samples from which on a sample lies on an edge, and the share of a row or column that lies on none which tells. */
const STEP = 24;
const LEAST = 0.1;
/** Share of a row or column that is the banner's, where there is a plate. */
const MOSTLY = 0.5;
/** Share of a line along a plate's side that steps. */
const SIDE = 0.7;

/** A way on which the banner is seen, and the part of the crop in which it shows there. */
interface Way {
  readonly slide: Slide;
  readonly frames: readonly { readonly step: SlideStep; readonly samples: Uint8Array }[];
  readonly seen: Box;
}

/**
 * Gives a banner that slides the plate that slides with it, in place of what its mask was before: between its last frame at rest and one in which it is away the scene has gone
 * on, and looks as new as the banner. Letters without a plate stay as they are.
 * @returns whether there is a plate
 */
export function takePlate(banner: Standing, slides: readonly Slide[]): boolean {
  const { mask, width, height } = banner;
  const place = boundsOf(mask, width, height);
  if (!place || !slides.length) return false;
  const ways = slides.map((slide) => wayOf(banner, slide, place));
  const across = ways.map((way) => sharesOf(height, (y) => ownIn(banner, way, { ...place, y, height: 1 })));
  const plated = across.every((rows) => isMostlyOwn(rows.subarray(place.y, place.y + place.height)));
  if (!plated) return false;
  const steps = (box: Box, apart: number): number => stepsIn(banner, box, apart);
  const rows = ends(ways, across, [place.y, place.y + place.height - 1], 'y', (y) => steps({ ...place, y, height: 1 }, width));
  const known = { ...place, y: rows[0], height: rows[1] - rows[0] + 1 };
  const within = slides.map((slide) => wayOf(banner, slide, known));
  const along = within.map((way) => sharesOf(width, (x) => ownIn(banner, way, { ...known, x, width: 1 })));
  const columns = ends(ways, along, [place.x, place.x + place.width - 1], 'x', (x) => steps({ ...known, x, width: 1 }, 1));
  mask.fill(0);
  fillBox(mask, width, { ...known, x: columns[0], width: columns[1] - columns[0] + 1 });
  return true;
}

function wayOf(banner: Standing, slide: Slide, place: Box): Way {
  const { width, height } = banner;
  const frames = slide.steps.flatMap((step) => {
    const samples = banner.samples(step.frame);
    return samples ? [{ step, samples }] : [];
  });
  if (slide.open) return { slide, frames, seen: { x: 0, y: 0, width, height } };
  // Behind a line at the edge of its place.
  const towards = slide.steps[0];
  const x = towards.x < 0 ? place.x : 0;
  const y = towards.y < 0 ? place.y : 0;
  const right = towards.x > 0 ? place.x + place.width : width;
  const bottom = towards.y > 0 ? place.y + place.height : height;
  return { slide, frames, seen: { x, y, width: right - x, height: bottom - y } };
}

const sharesOf = (length: number, shareOf: (i: number) => number): Float32Array => Float32Array.from({ length }, (_, i) => shareOf(i));

const isMostlyOwn = (shares: Float32Array): boolean =>
  (rankOf(
    [...shares].filter((share) => share >= 0),
    0.5,
  ) ?? 0) >= MOSTLY;

/** The share of a box's samples that travel with the banner, of those off edges that are seen on the way; NaN where these are few. */
function ownIn({ mean, width }: Standing, { frames, seen }: Way, box: Box): number {
  let [all, own] = [0, 0];
  for (let v = box.y; v < box.y + box.height; v++)
    for (let u = box.x; u < box.x + box.width; u++) {
      const p = v * width + u;
      // There a fraction of a sample of motion says as much as another picture.
      if (Math.abs(mean[p + 1] - mean[p - 1]) + Math.abs(mean[p + width] - mean[p - width]) >= STEP) continue;
      let [shown, alike] = [0, 0];
      for (const { step, samples } of frames) {
        const [x, y] = [u + step.x, v + step.y];
        if (x < seen.x || y < seen.y || x >= seen.x + seen.width || y >= seen.y + seen.height) continue;
        shown++;
        if (Math.abs(samples[y * width + x] - mean[p]) <= ALIKE) alike++;
      }
      if (!shown) continue;
      all++;
      if (alike >= OFTEN * shown) own++;
    }
  return all > LEAST * box.width * box.height ? own / all : NaN;
}

/** The share of a line of samples at which the levels on both sides of it differ. @param apart from one side to the other, in samples of the map */
function stepsIn({ mean, width }: Standing, box: Box, apart: number): number {
  let n = 0;
  for (let v = box.y; v < box.y + box.height; v++)
    for (let p = v * width + box.x, end = p + box.width; p < end; p++) if (Math.abs(mean[p + apart] - mean[p - apart]) >= STEP / 2) n++;
  return n / (box.width * box.height);
}

/**
 * From which to which row or column a plate goes: as far as those are that travel with it, on the ways that can tell; where nobody sees their end, up to the outermost
 * line along which the picture steps.
 */
function ends(
  ways: readonly Way[],
  shares: readonly Float32Array[],
  [first, last]: readonly [number, number],
  axis: 'x' | 'y',
  steps: (line: number) => number,
): [number, number] {
  const middle = (first + last) >> 1;
  const end = (direction: 1 | -1): number => {
    // Its rear end goes behind the line first.
    const telling = shares.filter((_, i) => ways[i].slide.open || ways[i].slide.steps[0][axis] * direction <= 0);
    const known = direction > 0 ? last : first;
    const { at, ends } = telling.length ? farthest(telling, middle, direction) : { at: known, ends: false };
    if (ends) return at + direction; // the outermost line is an edge
    const outermost = direction > 0 ? Math.max(at, known) : Math.min(at, known);
    for (let line = outermost; line !== middle; line -= direction) if (steps(line) >= SIDE) return line;
    return known;
  };
  return [end(-1), end(1)];
}

/** The last line from the middle on, in one direction, up to which all lines are the banner's on all the ways together; and whether one beyond is seen not to be. */
function farthest(shares: readonly Float32Array[], middle: number, direction: 1 | -1): { at: number; ends: boolean } {
  let at = middle;
  for (let i = middle; i >= 0 && i < shares[0].length; i += direction) {
    const known = shares.map((s) => s[i]).filter((share) => share >= 0);
    const share = known.reduce((sum, s) => sum + s, 0) / known.length;
    if (share < MOSTLY) return { at, ends: true };
    if (share >= MOSTLY) at = i;
  }
  return { at, ends: false };
}
