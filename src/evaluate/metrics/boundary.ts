import { unionBox, type Mask } from '../../core/area.js';

/** Pixels by which two outlines may differ and still count as the same. */
export const TOLERANCE = 2;

/**
 * Boundary F-measure of DAVIS (Perazzi et al., CVPR 2016): the harmonic mean of the share of a's outline that lies within
 * {@link TOLERANCE} pixels of b's, and the other way round. 1 for two empty masks, 0 when only one is empty.
 */
export function boundaryF(a: Mask, b: Mask): number {
  const hull = unionBox(a.box, b.box);
  const reach = TOLERANCE + 1;
  const width = hull.width + 2 * reach;
  const height = hull.height + 2 * reach;
  const [lineA, lineB] = [a, b].map((mask) => outline(mask, hull.x - reach, hull.y - reach, width, height));
  const near = offsets(width);
  const precision = shareNear(lineA, lineB, near);
  const recall = shareNear(lineB, lineA, near);
  if (precision === undefined && recall === undefined) return 1;
  if (precision === undefined || recall === undefined || precision + recall === 0) return 0;
  return (2 * precision * recall) / (precision + recall);
}

/** 1 where a mask's pixel has a neighbour (left, right, above, below) that is not in it. */
function outline({ box, data }: Mask, left: number, top: number, width: number, height: number): Uint8Array {
  const inside = new Uint8Array(width * height);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) if (data[y * box.width + x]) inside[(y + box.y - top) * width + x + box.x - left] = 1;
  }
  const out = new Uint8Array(width * height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++)
      if (inside[i] && !(inside[i - 1] && inside[i + 1] && inside[i - width] && inside[i + width])) out[i] = 1;
  }
  return out;
}

/** Index steps to all pixels within the tolerance, a disc. */
function offsets(width: number): number[] {
  const out: number[] = [];
  for (let y = -TOLERANCE; y <= TOLERANCE; y++)
    for (let x = -TOLERANCE; x <= TOLERANCE; x++) if (x * x + y * y <= TOLERANCE * TOLERANCE) out.push(y * width + x);
  return out;
}

/** Share of a line's pixels with a pixel of the other within reach; undefined for an empty line. */
function shareNear(line: Uint8Array, other: Uint8Array, near: readonly number[]): number | undefined {
  let all = 0;
  let hit = 0;
  for (let i = 0; i < line.length; i++) {
    if (!line[i]) continue;
    all++;
    for (const step of near) {
      if (!other[i + step]) continue;
      hit++;
      break;
    }
  }
  return all ? hit / all : undefined;
}
