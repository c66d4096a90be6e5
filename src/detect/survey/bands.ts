import type { Box } from '../../core/area.js';
import type { SurveySize } from './luma-source.js';

/** Rows between two boxes that are read with them: fewer would save nothing. */
const APART = 16;

/**
 * The rows of a picture in which boxes lie, at least one, as bands of the same columns, from top to bottom. Edges are even, but for the picture's own lower and right
 * border: chroma is cut with them.
 */
export function bandsOf(boxes: readonly Box[], { width, height }: SurveySize): Box[] {
  const left = Math.min(...boxes.map(({ x }) => x)) & ~1;
  const right = Math.min(width, (Math.max(...boxes.map((box) => box.x + box.width)) + 1) & ~1);
  const bands: { top: number; bottom: number }[] = [];
  for (const box of [...boxes].sort((a, b) => a.y - b.y)) {
    const bottom = Math.min(height, (box.y + box.height + 1) & ~1);
    const open = bands.at(-1);
    if (open && box.y <= open.bottom + APART) open.bottom = Math.max(open.bottom, bottom);
    else bands.push({ top: box.y & ~1, bottom });
  }
  return bands.map(({ top, bottom }) => ({ x: left, y: top, width: right - left, height: bottom - top }));
}
