import type { Mask } from '../../core/area.js';

/** Samples that two masks hide: both, and each. */
export interface Overlap {
  readonly both: number;
  readonly a: number;
  readonly b: number;
}

/** Hidden samples of a mask. */
export function hidden({ data }: Mask): number {
  let n = 0;
  for (let i = 0; i < data.length; i++) if (data[i]) n++;
  return n;
}

/** Counts what two masks of one picture share. */
export function overlapOf(a: Mask, b: Mask): Overlap {
  const x0 = Math.max(a.box.x, b.box.x);
  const y0 = Math.max(a.box.y, b.box.y);
  const x1 = Math.min(a.box.x + a.box.width, b.box.x + b.box.width);
  const y1 = Math.min(a.box.y + a.box.height, b.box.y + b.box.height);
  let both = 0;
  for (let y = y0; y < y1; y++) {
    const rowA = (y - a.box.y) * a.box.width - a.box.x;
    const rowB = (y - b.box.y) * b.box.width - b.box.x;
    for (let x = x0; x < x1; x++) if (a.data[rowA + x] && b.data[rowB + x]) both++;
  }
  return { both, a: hidden(a), b: hidden(b) };
}

/** Intersection over union, 0 … 1; two empty masks agree. */
export function jaccard({ both, a, b }: Overlap): number {
  const union = a + b - both;
  return union ? both / union : 1;
}
