import type { HiddenPicture } from './hidden-picture.js';

/** Side of the squares over which deviations are taken, in samples. */
const SIDE = 8;

/** How rough what is visible of a picture is: the median over squares, half overlapping, of the deviation of their green, in levels. 0 where none is visible as a whole. */
export function roughness({ width, height, planes, hidden }: HiddenPicture): number {
  const green = planes.subarray(width * height, 2 * width * height);
  const found: number[] = [];
  for (let y = 0; y + SIDE <= height; y += SIDE / 2)
    for (let x = 0; x + SIDE <= width; x += SIDE / 2) {
      let [sum, squares, seen] = [0, 0, true];
      for (let r = 0; r < SIDE && seen; r++)
        for (let i = (y + r) * width + x, end = i + SIDE; i < end; i++) {
          if (hidden[i]) seen = false;
          sum += green[i];
          squares += green[i] * green[i];
        }
      const mean = sum / SIDE ** 2;
      if (seen) found.push(Math.sqrt(Math.max(0, squares / SIDE ** 2 - mean * mean)));
    }
  return found.sort((a, b) => a - b)[found.length >> 1] ?? 0;
}
