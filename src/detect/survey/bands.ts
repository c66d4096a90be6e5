import type { Box } from '../../core/area.js';

/** Rows between two boxes that are read with them: fewer would save nothing. */
const APART = 16;

/** The rows of a picture in which boxes lie, at least one, as bands of the same columns, from top to bottom. */
export function bandsOf(boxes: readonly Box[]): Box[] {
  const x = Math.min(...boxes.map((box) => box.x));
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - x;
  const bands: { y: number; bottom: number }[] = [];
  for (const box of [...boxes].sort((a, b) => a.y - b.y)) {
    const open = bands.at(-1);
    if (open && box.y <= open.bottom + APART) open.bottom = Math.max(open.bottom, box.y + box.height);
    else bands.push({ y: box.y, bottom: box.y + box.height });
  }
  return bands.map(({ y, bottom }) => ({ x, y, width, height: bottom - y }));
}
