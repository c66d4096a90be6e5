import { unionBox, type Box } from '../core/area.js';
import { cropCluster, type CueCrop } from './cue-crop.js';
import type { RunCluster } from './cue-seeds.js';
import { compactRegions } from './logo-candidates.js';
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
}

/** Log-odds below which a cluster is not looked at again. */
const HOPELESS = -2;

/** Share of a shape's edge pixels that must begin and end together, and how densely they lie. */
const IN_STEP = 0.6;
const DENSE = 0.12;

/** Turns a cluster of runs into a cue, if its pixels lie in lines of strokes; or into a compact shape that came and went, a blinking logo. */
export function cueOf(cluster: RunCluster, width: number, height: number): CueCandidate | undefined {
  const crop = cropCluster(cluster, width, height);
  return crop && (textOf(cluster, crop, width, height) ?? shapeOf(cluster, crop, width, height));
}

/** The densest compact region of a cluster. */
function shapeOf(cluster: RunCluster, { box: at, map }: CueCrop, width: number, height: number): CueCandidate | undefined {
  const chosen = map.map((v) => (v ? 1 : 0));
  const found = compactRegions(chosen, { width, height }, at).flatMap((region) => {
    const inside = region.pixels.filter((p) => map[p] > 0);
    const sharp = inside.filter((p) => map[p] === 2).length;
    return sharp >= IN_STEP * inside.length && inside.length >= DENSE * region.pixels.length ? [{ region, inside, sharp }] : [];
  });
  const best = found.sort((a, b) => b.sharp - a.sharp)[0];
  // A shape is the whole of what came and went; where other things did too, the scene changed.
  if (!best || best.sharp < 0.5 * cluster.sharp) return undefined;
  const { start, end } = cluster;
  const box = { ...best.region.box, x: best.region.box.x + at.x, y: best.region.box.y + at.y };
  const pixel = best.inside.map((p) => (((p / at.width) | 0) + at.y) * width + (p % at.width) + at.x);
  return { start, end, box, lineHeight: Math.min(box.width, box.height), pixel, score: undefined };
}

function textOf(cluster: RunCluster, crop: CueCrop, width: number, height: number): CueCandidate | undefined {
  const { x, y } = crop.box;
  const inCrop = textLines({ ...crop, width: crop.box.width, height: crop.box.height, unit: Math.min(width, height) });
  const all = inCrop.map((line) => ({ ...line, box: { ...line.box, x: line.box.x + x, y: line.box.y + y } }));
  const lines = block(all.filter((l) => looksLikeText(l, width, height)));
  if (!lines.length) return undefined;
  const pixel = cluster.pixel.filter((p) => lines.some(({ box }) => within(box, p % width, (p / width) | 0)));
  const score = weigh(lines, pixel.length / cluster.pixel.length, Math.min(width, height));
  if (score < HOPELESS) return undefined;
  const box = lines.map((l) => l.box).reduce(unionBox);
  return { start: cluster.start, end: cluster.end, box, lineHeight: Math.max(...lines.map((l) => l.box.height)), pixel, score };
}

function looksLikeText(line: TextLine, width: number, height: number): boolean {
  const unit = Math.min(width, height);
  const { box, count } = line;
  if (box.height > 0.25 * unit || box.width < 1.2 * box.height || count < 0.0008 * unit * unit) return false;
  const density = count / (box.width * box.height);
  return line.sharp >= 0.6 && density > 0.2 && line.strokes > 0.6 && line.strokes < 7 && line.twoTone > 0.3 && line.contrast >= 40;
}

const within = (b: Box, x: number, y: number): boolean => x >= b.x && y >= b.y && x < b.x + b.width && y < b.y + b.height;

/** The line with the most strokes, and those of about its height that are stacked on it or stand beside it. */
function block(lines: readonly TextLine[]): TextLine[] {
  const rest = [...lines].sort((a, b) => b.count * b.sharp - a.count * a.sharp);
  const first = rest.shift();
  if (!first) return [];
  const out = [first];
  for (let grown = true; grown;) {
    grown = false;
    for (const line of [...rest]) {
      if (!out.some((o) => belongTogether(o.box, line.box))) continue;
      out.push(line);
      rest.splice(rest.indexOf(line), 1);
      grown = true;
    }
  }
  return out;
}

function belongTogether(a: Box, b: Box): boolean {
  const tall = Math.max(a.height, b.height);
  if (Math.min(a.height, b.height) < 0.4 * tall) return false;
  const apartX = Math.max(a.x, b.x) - Math.min(a.x + a.width, b.x + b.width);
  const apartY = Math.max(a.y, b.y) - Math.min(a.y + a.height, b.y + b.height);
  return (apartX < 0 && apartY < 1.2 * tall) || (apartY < -0.4 * tall && apartX < 2.5 * tall);
}

/** Hand-set weights: real cues of the development footage reach 3 to 6, the best-looking accidents 0. */
function weigh(lines: readonly TextLine[], share: number, unit: number): number {
  const total = lines.reduce((sum, l) => sum + l.count, 0);
  const mean = (of: (l: TextLine) => number): number => lines.reduce((sum, l) => sum + of(l) * l.count, 0) / total;
  const strokes = lines.reduce((sum, l) => sum + (l.strokes * l.box.width) / l.box.height, 0);
  const twoTone = mean((l) => l.twoTone);
  return (
    -4.5 +
    2 * clamp((mean((l) => l.sharp) - 0.65) / 0.25, 0, 1.2) +
    1.2 * clamp(Math.log2(total / (0.002 * unit * unit)), -1.5, 2.5) +
    clamp((mean((l) => l.contrast) - 60) / 60, -1, 1) +
    clamp((strokes - 5) / 5, -1, 1) +
    clamp((share - 0.15) / 0.25, -1, 1) +
    (twoTone > 0.97 ? -1 : twoTone > 0.4 ? 0.8 : 0)
  );
}

const clamp = (v: number, low: number, high: number): number => Math.max(low, Math.min(high, v));
