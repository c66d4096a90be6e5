import { boxesMeet, unionBox, type Box } from '../../core/area.js';
import { cropCluster, type CueCrop } from './crop.js';
import type { SurveySize } from '../survey/luma-source.js';
import { REACH, type RunCluster } from './seeds.js';
import { compactRegions } from '../logos/regions.js';
import { blocks, leastOfText, looksLikeText, weigh } from './text-blocks.js';
import { textLines, type TextLine } from './text-layout.js';

/** A subtitle cue as the survey saw it, in samples of the surveyed size. */
export interface CueCandidate {
  /** First and last frame at full strength, within a few frames. */
  readonly start: number;
  readonly end: number;
  readonly box: Box;
  readonly lineHeight: number;
  /** Indices into the surveyed picture of edge pixels of its glyphs. */
  readonly pixel: Int32Array;
  /** Log-odds that this is text that came and went, from its layout and its timing alone; undefined for a shape that is no text. */
  readonly score: number | undefined;
  /** Whether its text changes colour while it stands, as karaoke does. */
  readonly recoloured?: boolean;
  /** Whether its cluster stood beside a larger one. */
  readonly aside?: boolean;
}

/** Log-odds below which a cluster is not looked at again. */
const HOPELESS = -2;

/** Pixels that early runs must add to a text for it to be called recoloured: as a share of its own, and of all early runs. */
const RECOLOURED = { ofOwn: 0.5, ofAll: 0.4 };

/** Log-odds less for what stands beside a larger cluster: that its pixels are in step says nothing, others were left out. */
const DOUBT = 1.5;

/** Share of a shape's edge pixels that must begin and end together, and how densely they lie. */
const IN_STEP = 0.6;
const DENSE = 0.12;
/** Share of what came and went that a shape must be: where other things did too, the scene changed. */
const WHOLE = 0.5;

/**
 * Turns a cluster of runs into cues, where its pixels lie in lines of strokes: one for each block of lines, as two languages may come and go
 * together. If there are none, into a compact shape that came and went, a blinking logo.
 */
export function cuesOf(cluster: RunCluster, width: number, height: number): CueCandidate[] {
  const crops = cropCluster(cluster, width, height, leastOfText(width, height));
  const texts = textsOf(cluster, crops, width, height);
  if (texts.length || cluster.aside) return texts;
  const shape = shapeOf(cluster, crops, width, height);
  return shape ? [shape] : [];
}

/** The candidates without those of clusters beside larger ones that a surer one explains: the parts of one text that fades may peak in different frames. */
export function withoutEchoes(cues: readonly CueCandidate[]): CueCandidate[] {
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= REACH;
  const echoes = (a: CueCandidate, b: CueCandidate): boolean => near(a.start, b.start) && near(a.end, b.end) && boxesMeet(a.box, b.box);
  const surer = (cue: CueCandidate, other: CueCandidate): boolean => !other.aside && (other.score ?? -Infinity) >= (cue.score ?? -Infinity);
  return cues.filter((cue) => !cue.aside || !cues.some((other) => surer(cue, other) && echoes(cue, other)));
}

/** The densest compact region of a cluster. */
function shapeOf(cluster: RunCluster, crops: readonly CueCrop[], width: number, height: number): CueCandidate | undefined {
  const least = WHOLE * cluster.sharp;
  const found = crops.flatMap(({ box: at, map, sharp: all }) => {
    if (all < least) return [];
    return compactRegions(map, { width, height }, at).flatMap((region) => {
      const inside = region.pixels.filter((p) => map[p] > 0);
      const sharp = inside.filter((p) => map[p] === 2).length;
      return sharp >= IN_STEP * inside.length && inside.length >= DENSE * region.pixels.length ? [{ region, inside, sharp, at }] : [];
    });
  });
  const best = found.sort((a, b) => b.sharp - a.sharp)[0];
  if (!best || best.sharp < least) return undefined;
  const { at } = best;
  const { start, end } = cluster;
  const box = { ...best.region.box, x: best.region.box.x + at.x, y: best.region.box.y + at.y };
  const pixel = best.inside.map((p) => (((p / at.width) | 0) + at.y) * width + (p % at.width) + at.x);
  return { start, end, box, lineHeight: Math.min(box.width, box.height), pixel, score: undefined };
}

function textsOf(cluster: RunCluster, crops: readonly CueCrop[], width: number, height: number): CueCandidate[] {
  const { start, end } = cluster;
  const picture = { width, height };
  const texts = blocks(crops.flatMap((crop) => linesIn(crop, picture))).map((lines) => ({
    lines,
    pixel: pixelsIn(cluster.pixel, lines, width),
  }));
  const inText = texts.reduce((sum, { pixel }) => sum + pixel.length, 0);
  return texts.flatMap(({ lines, pixel }) => {
    // Another block is no evidence against this one, what lies in none is.
    const share = pixel.length / (cluster.pixel.length - inText + pixel.length);
    const weight = (of: readonly TextLine[]): number => weigh(of, share, Math.min(width, height));
    if (weight(lines) < HOPELESS) return [];
    const whole = recoloured(cluster, lines, pixel, picture) ?? { lines, pixel };
    const score = Math.max(weight(lines), weight(whole.lines)) - (cluster.aside ? DOUBT : 0);
    const box = whole.lines.map((l) => l.box).reduce(unionBox);
    const lineHeight = Math.max(...whole.lines.map((l) => l.box.height));
    return [{ start, end, box, lineHeight, pixel: whole.pixel, score, recoloured: whole.lines !== lines, aside: cluster.aside }];
  });
}

/**
 * A text with the parts that were recoloured while it stood, as karaoke does: they began with it, beside it or one line away, and
 * lie in lines of strokes themselves.
 */
function recoloured(
  cluster: RunCluster,
  lines: readonly TextLine[],
  own: Int32Array,
  picture: SurveySize,
): { lines: readonly TextLine[]; pixel: Int32Array } | undefined {
  const { width, height } = picture;
  const core = lines.map((l) => l.box).reduce(unionBox);
  const margin = Math.max(...lines.map((l) => l.box.height));
  const top = Math.max(0, core.y - margin);
  const strip = { x: 0, y: top, width, height: Math.min(height, core.y + core.height + margin) - top };
  const crop = { box: strip, map: new Uint8Array(width * strip.height), level: new Uint8Array(width * strip.height) };
  const early = cluster.early();
  const put = (pixel: Int32Array, level: (i: number) => number): void =>
    pixel.forEach((p, i) => {
      const at = p - top * width;
      if (at < 0 || at >= crop.map.length) return;
      crop.map[at] = 2;
      crop.level[at] = level(i);
    });
  put(cluster.pixel, (i) => cluster.level[i]);
  put(early.pixel, (i) => early.level[i]);
  const block = blocks(linesIn(crop, picture)).find((b) => b.some(({ box }) => boxesMeet(box, core)));
  if (!block) return undefined;
  const added = pixelsIn(early.pixel, block, width);
  // Where a shot began with the text, all of the scene began with it.
  if (added.length < RECOLOURED.ofOwn * own.length || added.length < RECOLOURED.ofAll * early.pixel.length) return undefined;
  return { lines: block, pixel: Int32Array.from(new Set([...own, ...added])) };
}

/** The lines of text in a crop, in coordinates of the picture. */
function linesIn(crop: Omit<CueCrop, 'sharp'>, { width, height }: SurveySize): TextLine[] {
  const { x, y } = crop.box;
  const lines = textLines({ ...crop, width: crop.box.width, height: crop.box.height, unit: Math.min(width, height) });
  return lines
    .map((line) => ({ ...line, box: { ...line.box, x: line.box.x + x, y: line.box.y + y } }))
    .filter((line) => looksLikeText(line, width, height));
}

function pixelsIn(pixel: Int32Array, lines: readonly TextLine[], width: number): Int32Array {
  return pixel.filter((p) => lines.some(({ box }) => within(box, p % width, (p / width) | 0)));
}

const within = (b: Box, x: number, y: number): boolean => x >= b.x && y >= b.y && x < b.x + b.width && y < b.y + b.height;
