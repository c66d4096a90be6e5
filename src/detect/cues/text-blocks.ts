import type { Box } from '../../core/area.js';
import type { TextLine } from './text-layout.js';

/** Pixels of the smallest line of text; a shape has more. */
export const leastOfText = (width: number, height: number): number => 0.0008 * Math.min(width, height) ** 2;

/** Samples up to which a line is so small that most pixels of its strokes are blurred: few have the level of fill or outline. */
const SMALL = 24;

/** Share of its box that a line's pixels are; less, where only the cores of thin strokes hold their level, as before a plate that lets the scene shine through: those are all in step. */
const DENSE = 0.2;
const THIN = { dense: 0.12, sharp: 0.85, strokes: 1.2, height: 0.08 };

/** Whether a line's size, density, strokes and contrast are those of text. */
export function looksLikeText(line: TextLine, width: number, height: number): boolean {
  const unit = Math.min(width, height);
  const { box, count } = line;
  if (box.height > 0.25 * unit || box.width < 1.2 * box.height || count < leastOfText(width, height)) return false;
  const density = count / (box.width * box.height);
  const isThin = line.sharp >= THIN.sharp && line.strokes > THIN.strokes && box.height < THIN.height * unit;
  return (
    line.sharp >= 0.6 &&
    density > (isThin ? THIN.dense : DENSE) &&
    line.strokes > 0.6 &&
    line.strokes < 7 &&
    line.twoTone > (box.height < SMALL ? 0.2 : 0.3) &&
    line.contrast >= 40
  );
}

/** Lines of about one height that are stacked or stand beside each other, the block with the strongest line first. */
export function blocks(lines: readonly TextLine[]): TextLine[][] {
  const rest = [...lines].sort((a, b) => b.count * b.sharp - a.count * a.sharp);
  const out: TextLine[][] = [];
  for (let first = rest.shift(); first; first = rest.shift()) {
    const block = [first];
    for (let grown = true; grown;) {
      grown = false;
      for (const line of [...rest]) {
        if (!block.some((o) => belongTogether(o.box, line.box))) continue;
        block.push(line);
        rest.splice(rest.indexOf(line), 1);
        grown = true;
      }
    }
    out.push(block);
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
export function weigh(lines: readonly TextLine[], share: number, unit: number): number {
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
