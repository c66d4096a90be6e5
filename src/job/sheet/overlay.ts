import type { Box, Mask } from '../../core/area.js';
import { growMap } from '../../detect/maps/regions.js';
import type { Picture } from '../pictures.js';

/** An RGB colour, 0 … 255. */
export type Rgb = readonly [number, number, number];

/** What of a mask lies inside a cut-out of the picture at `box`: a byte a pixel of the cut-out, not 0 = hidden. */
export function cutMask(mask: Mask, box: Box): Uint8Array {
  const out = new Uint8Array(box.width * box.height);
  const { data } = mask;
  const dx = mask.box.x - box.x;
  const dy = mask.box.y - box.y;
  for (let row = Math.max(0, -dy); row < Math.min(mask.box.height, box.height - dy); row++) {
    for (let column = Math.max(0, -dx); column < Math.min(mask.box.width, box.width - dx); column++)
      out[(row + dy) * box.width + column + dx] = data[row * mask.box.width + column];
  }
  return out;
}

/**
 * A copy of a picture with a mask drawn on it: a line of `thick` pixels around the hidden ones, which themselves stay as they are or,
 * with `tint`, take half of the colour.
 */
export function drawMask({ width, height, data }: Picture, hidden: Uint8Array, colour: Rgb, thick: number, tint: boolean): Picture {
  const out = data.slice();
  const near = growMap(hidden, width, height, thick);
  for (let p = 0; p < hidden.length; p++) {
    const share = hidden[p] ? (tint ? 0.5 : 0) : near[p];
    if (!share) continue;
    for (let c = 0; c < 3; c++) out[3 * p + c] = Math.round(data[3 * p + c] * (1 - share) + colour[c] * share);
  }
  return { width, height, data: out };
}
