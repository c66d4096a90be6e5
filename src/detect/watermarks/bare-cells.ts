import type { StretchStatistics } from '../survey/stretch-statistics.js';

/** Cells of the picture, across and down. */
const CELLS = 8;
/** Samples that a watermark must touch in a cell for it to show there. */
const ENOUGH = 0.02;
/** Levels a sample of an edge, however faint, and the share of the touched samples that must have one near for the watermark to be there. */
const FAINT = 1.5;
const SHOWS = 0.15;
/** Mean deviation over time below which a cell is calm, and levels between which nothing is lost in black or white. */
const CALM = 5;
const DARKEST = 40;
const LIGHTEST = 210;

/**
 * The share of cells in which a watermark that touches these samples must show, as they are calm and neither black nor white, and does not: rows of windows
 * repeat, too, but the sky above them is empty. 0 … 1.
 */
export function bareShare({ width, height, mean, deviation, strength }: StretchStatistics, touched: Uint8Array): number {
  let [must, bare] = [0, 0];
  for (let c = 0; c < CELLS * CELLS; c++) {
    const [x0, y0] = [Math.floor(((c % CELLS) * width) / CELLS), Math.floor((Math.floor(c / CELLS) * height) / CELLS)];
    const [x1, y1] = [Math.min(width - 1, x0 + Math.floor(width / CELLS)), Math.min(height - 1, y0 + Math.floor(height / CELLS))];
    let [n, level, change, marked, edges] = [0, 0, 0, 0, 0];
    for (let y = Math.max(1, y0); y < y1; y++)
      for (let x = Math.max(1, x0), p = y * width + x; x < x1; x++, p++) {
        n++;
        level += mean[p];
        change += deviation[p];
        if (touched[p]) marked++;
        if (strength[p] > FAINT) edges++;
      }
    if (marked < ENOUGH * n || change > CALM * n || level < DARKEST * n || level > LIGHTEST * n) continue;
    must++;
    if (edges < SHOWS * marked) bare++;
  }
  return must ? bare / must : 0;
}
