import { unionBox } from '../../core/area.js';
import type { Stroke } from './strokes.js';

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
/** Largest pieces whose lines are looked at. */
const TRIED = 4;
/** How far its middle may lie beside the picture's, over its width; and how high and how low, over its height. */
const CENTRED = 0.08;
const ABOUT = [0.2, 0.8] as const;
/** How far a letter's foot may be from that of the others, over the line's height; share of the letters' pixels that stand so. */
const FOOT = 0.15;
const STANDING = 0.6;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The letters of a word on one line about the picture's middle, among pieces of strokes; undefined where there is none. */
export function wordIn(strokes: readonly Stroke[], picture: Size): readonly Stroke[] | undefined {
  const { width, height } = picture;
  const unit = Math.min(width, height);
  const letters = strokes.filter((s) => mayBeLetter(s, picture)).sort((a, b) => b.pixels.length - a.pixels.length);
  for (const first of letters.slice(0, TRIED)) {
    const all = letters.filter((l) => onOneLine(first, l) && alikeThick(first, l));
    const { x, y, width: w, height: h } = all.map((l) => l.box).reduce(unionBox);
    const filled = all.reduce((sum, l) => sum + l.box.width, 0) / w;
    const area = all.reduce((sum, l) => sum + l.pixels.length, 0);
    if (all.length < LETTERS || w < REACH * width || filled < FILLED || area < AREA * unit * unit) continue;
    const [across, down] = [(x + w / 2) / width - 0.5, (y + h / 2) / height];
    if (Math.abs(across) <= CENTRED && down >= ABOUT[0] && down <= ABOUT[1] && standOnLine(all, h)) return all;
  }
  return undefined;
}

/** Whether a piece of strokes has the evenness that letters have. */
export const isEven = ({ even }: Stroke): boolean => even >= EVEN;

/** Whether two pieces have strokes of about one width. */
export const alikeThick = (a: Stroke, b: Stroke): boolean => Math.max(a.thick, b.thick) <= SAME * Math.min(a.thick, b.thick);

function mayBeLetter(stroke: Stroke, { width, height }: Size): boolean {
  const { box, thick } = stroke;
  const unit = Math.min(width, height);
  const free = box.x > 1 && box.y > 1 && box.x + box.width < width - 1 && box.y + box.height < height - 1;
  return free && isEven(stroke) && thick >= THICK * unit && box.height >= TALL * thick && box.height <= HIGHEST * unit;
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

/** Whether two pieces share most of the lower one's rows. */
function onOneLine(a: Stroke, b: Stroke): boolean {
  const rows = Math.min(a.box.y + a.box.height, b.box.y + b.box.height) - Math.max(a.box.y, b.box.y);
  return rows >= LEVEL * Math.min(a.box.height, b.box.height);
}
