import { unionBox, type Box, type Span } from '../../core/area.js';
import type { LogoCandidate } from '../logos/candidates.js';
import { pixelsOf } from '../logos/mask.js';
import { rankIn } from '../maps/rank.js';
import { growMap } from '../maps/regions.js';
import { SceneBlocks } from '../logos/scene-blocks.js';
import type { StretchStatistics } from '../survey/stretch-statistics.js';
import { ridges, strokesIn, type Stroke } from './strokes.js';

/** Levels a sample of an edge that may be a stroke's; width of the widest stroke over the picture's shorter side. */
const WEAKEST = 2.5;
const WIDEST = 0.04;
/** A letter: share of even strokes, least width of a stroke over the shorter side, heights in widths of a stroke, largest height over the shorter side. */
const EVEN = 0.75;
const THICK = 0.012;
const TALL = 2.5;
const HIGHEST = 0.3;
/** How much stroke widths of one stamp differ, and share of the lower letter's rows that two of its letters share. */
const SAME = 1.5;
const LEVEL = 0.5;
/** Letters (or runs of them), their reach over the picture's width, the share of it that they fill, their pixels over the shorter side squared. */
const LETTERS = 4;
const REACH = 0.2;
const FILLED = 0.3;
const AREA = 0.006;
/** How far its middle may lie beside the picture's, over its width; and how high and how low, over its height. */
const CENTRED = 0.08;
const ABOUT = [0.2, 0.8] as const;
/** How far a letter's foot may be from that of the others, over the line's height; share of the letters' pixels that stand so. */
const FOOT = 0.15;
const STANDING = 0.6;
/** Share of the scene that must move; deviation of what moves beside a stroke; samples that must be known; shares of it that shine through. */
const MOVING = 0.25;
const MOVES = 5;
const KNOWN = 200;
const SHINES = [0.25, 0.93] as const;
/** Persistences from which edges are taken: at a low one a mark over what moves much is whole, at a high one it stands free of a scene that hardly moves. */
const LIMITS = [0.6, 1.2];
/** Confidence in one. */
const SURE = 0.9;

/**
 * Looks for a stamp, a watermark that stands once: letters of one stroke width on a line about the picture's middle, at which the scene goes on moving, though less.
 * What stands still of a scene that moves, as a sign before a crowd, does not shine through; what a camera follows has no such letters.
 */
export function stampIn(statistics: StretchStatistics, span: Span): LogoCandidate | undefined {
  const { width, height, strength, persistence } = statistics;
  for (const [steady, polarity] of LIMITS.flatMap(
    (l) =>
      [
        [l, 1],
        [l, -1],
      ] as const,
  )) {
    const strokes = strokesIn(
      statistics,
      ridges(statistics, (p) => strength[p] > WEAKEST && persistence[p] > steady),
      polarity,
      Math.round(WIDEST * Math.min(width, height)),
    );
    const letters = line(strokes.filter((s) => mayBeLetter(s, width, height)), width, height); // prettier-ignore
    if (!letters) continue;
    const box = mirrored(letters.map((l) => l.box).reduce(unionBox), width);
    const shines = shareThrough(statistics, letters);
    if (shines === undefined || shines < SHINES[0] || shines > SHINES[1] || new SceneBlocks(statistics).without(box).moving < MOVING)
      continue;
    const own = strokes.filter((s) => s.even >= EVEN && liesIn(s.box, box) && ratio(s.thick, letters[0].thick) <= SAME);
    return candidateOf(statistics, { box, own, thick: letters[0].thick }, span);
  }
  return undefined;
}

/** The box with what its middle lies beside the picture's added on the other side: there are letters that stand out less. */
function mirrored({ x, y, width: w, height }: Box, width: number): Box {
  const left = Math.max(1, Math.min(x, width - x - w));
  return { x: left, y, width: width - 2 * left, height };
}

/** The edges along strokes. */
function candidateOf(
  { gx, gy, strength, width, height }: StretchStatistics,
  { box, own, thick }: { readonly box: Box; readonly own: readonly Stroke[]; readonly thick: number },
  span: Span,
): LogoCandidate {
  const map = new Uint8Array(strength.length);
  for (const { pixels } of own) for (const p of pixels) map[p] = 1;
  const strokes = { thick, pixel: Int32Array.from(pixelsOf(map)) };
  const near = growMap(map, width, height, 1);
  const pixel = Int32Array.from(pixelsOf(near).filter((p) => strength[p] > WEAKEST));
  const at = (of: Float32Array): Float32Array => Float32Array.from(pixel, (p) => of[p]);
  const why = 'Letters stand across the middle of the picture, and the scene shines through them.';
  return { box, pixel, gx: at(gx), gy: at(gy), seen: [span], confidence: SURE, asBar: 0, why, strokes };
}

function mayBeLetter({ box, thick, even }: Stroke, width: number, height: number): boolean {
  const unit = Math.min(width, height);
  const free = box.x > 1 && box.y > 1 && box.x + box.width < width - 1 && box.y + box.height < height - 1;
  return free && even >= EVEN && thick >= THICK * unit && box.height >= TALL * thick && box.height <= HIGHEST * unit;
}

/** The letters on one line with the largest, if they are those of a stamp. */
function line(letters: readonly Stroke[], width: number, height: number): readonly Stroke[] | undefined {
  const unit = Math.min(width, height);
  for (const first of [...letters].sort((a, b) => b.pixels.length - a.pixels.length).slice(0, 4)) {
    const all = letters.filter((l) => isAlike(first, l));
    const { x, y, width: w, height: h } = all.map((l) => l.box).reduce(unionBox);
    const filled = all.reduce((sum, l) => sum + l.box.width, 0) / w;
    const area = all.reduce((sum, l) => sum + l.pixels.length, 0);
    if (all.length < LETTERS || w < REACH * width || filled < FILLED || area < AREA * unit * unit) continue;
    const [across, down] = [(x + w / 2) / width - 0.5, (y + h / 2) / height];
    if (Math.abs(across) <= CENTRED && down >= ABOUT[0] && down <= ABOUT[1] && standOnLine(all, h)) return all;
  }
  return undefined;
}

/** Whether most letters have their feet on one line. */
function standOnLine(letters: readonly Stroke[], high: number): boolean {
  const feet = letters.map(({ box, pixels }) => ({ foot: box.y + box.height, worth: pixels.length }));
  const all = feet.reduce((sum, f) => sum + f.worth, 0);
  return feet.some(({ foot }) => {
    const near = feet.filter((f) => Math.abs(f.foot - foot) <= FOOT * high);
    return near.length > 1 && near.reduce((sum, f) => sum + f.worth, 0) >= STANDING * all;
  });
}

function isAlike(a: Stroke, b: Stroke): boolean {
  const rows = Math.min(a.box.y + a.box.height, b.box.y + b.box.height) - Math.max(a.box.y, b.box.y);
  return rows >= LEVEL * Math.min(a.box.height, b.box.height) && ratio(a.thick, b.thick) <= SAME;
}

const ratio = (a: number, b: number): number => Math.max(a, b) / Math.min(a, b);

const liesIn = (a: Box, b: Box): boolean => a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

/** How much what moves beside the strokes moves inside of them. */
function shareThrough({ deviation, width, height }: StretchStatistics, letters: readonly Stroke[]): number | undefined {
  const inside = new Uint8Array(deviation.length);
  for (const { pixels } of letters) for (const p of pixels) inside[p] = 1;
  const near = growMap(inside, width, height, 2);
  const shares: number[] = [];
  for (const { pixels, thick } of letters) {
    const far = Math.round(thick) + 3;
    for (const p of pixels) {
      const beside = [p - far, p + far, p - far * width, p + far * width].filter(
        (q) => q >= 0 && q < near.length && !near[q] && deviation[q] > MOVES,
      );
      for (const q of beside) shares.push(deviation[p] / deviation[q]);
    }
  }
  return shares.length < KNOWN ? undefined : rankIn(Float32Array.from(shares), 0.5);
}
