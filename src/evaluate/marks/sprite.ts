import sharp from 'sharp';
import { boundsOf, type Box } from '../../core/area.js';

/**
 * A drawn piece of a mark: RGBA, not premultiplied, row-major, `box.width * box.height * 4` bytes. The box may reach over the
 * picture's edges. Alpha is 0 or at least {@link FAINTEST}.
 */
export interface Sprite {
  readonly box: Box;
  readonly data: Uint8Array;
}

/** The truth counts a pixel as marked when alpha is above 0.02; what is fainter is not drawn at all. */
export const FAINTEST = 6;

/** Draws an SVG body on a canvas and cuts out what shows. @throws RangeError when nothing shows */
export async function drawSprite(width: number, height: number, body: string): Promise<Sprite> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`;
  const data = new Uint8Array(await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer());
  const alpha = new Uint8Array(width * height);
  for (let i = 0; i < alpha.length; i++) alpha[i] = data[4 * i + 3] < FAINTEST ? 0 : data[4 * i + 3];
  const box = boundsOf(alpha, width, height);
  if (!box) throw new RangeError('a mark that shows nothing');
  return cropped({ box: { x: 0, y: 0, width, height }, data }, box);
}

/** The part of a sprite inside a box that lies within its own; faint alpha becomes 0. */
export function cropped(sprite: Sprite, box: Box): Sprite {
  const out = new Uint8Array(box.width * box.height * 4);
  for (let y = 0; y < box.height; y++) {
    const from = ((y + box.y - sprite.box.y) * sprite.box.width + box.x - sprite.box.x) * 4;
    out.set(sprite.data.subarray(from, from + box.width * 4), y * box.width * 4);
  }
  for (let i = 3; i < out.length; i += 4) if (out[i] < FAINTEST) out[i] = 0;
  return { box, data: out };
}

/** The sprite with its upper left corner at (x, y). No copy of its pixels. */
export function placed({ box, data }: Sprite, x: number, y: number): Sprite {
  return { box: { ...box, x, y }, data };
}

/** The sprite at a share of its strength, 0 … 1, for fades. */
export function faded(sprite: Sprite, strength: number): Sprite {
  if (strength >= 1) return sprite;
  const data = sprite.data.slice();
  for (let i = 3; i < data.length; i += 4) {
    const alpha = Math.round(data[i] * strength);
    data[i] = alpha < FAINTEST ? 0 : alpha;
  }
  return { ...sprite, data };
}

/** Whether anything of a sprite lies inside a picture of this size. */
export function shows({ box, data }: Sprite, width: number, height: number): boolean {
  for (let y = Math.max(0, -box.y); y < box.height && y + box.y < height; y++) {
    for (let x = Math.max(0, -box.x); x < box.width && x + box.x < width; x++) if (data[(y * box.width + x) * 4 + 3]) return true;
  }
  return false;
}

/** Puts a sprite over packed RGB of `width` columns in place. */
export function compose(rgb: Uint8Array, width: number, { box, data }: Sprite): void {
  const height = rgb.length / (3 * width);
  for (let y = Math.max(0, -box.y); y < box.height && y + box.y < height; y++) {
    for (let x = Math.max(0, -box.x); x < box.width && x + box.x < width; x++) {
      const from = (y * box.width + x) * 4;
      const alpha = data[from + 3];
      if (!alpha) continue;
      const to = ((y + box.y) * width + x + box.x) * 3;
      for (let c = 0; c < 3; c++) rgb[to + c] = Math.round((rgb[to + c] * (255 - alpha) + data[from + c] * alpha) / 255);
    }
  }
}

/** Writes 255 into a map of `width` columns wherever the sprite shows. */
export function stamp(mask: Uint8Array, width: number, { box, data }: Sprite): void {
  const height = mask.length / width;
  for (let y = Math.max(0, -box.y); y < box.height && y + box.y < height; y++) {
    for (let x = Math.max(0, -box.x); x < box.width && x + box.x < width; x++)
      if (data[(y * box.width + x) * 4 + 3]) mask[(y + box.y) * width + x + box.x] = 255;
  }
}
