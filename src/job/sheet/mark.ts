import { frameBytes, type Geometry } from '../../core/frame.js';
import { growBox } from '../../core/area.js';
import { placeOf, type Mark } from '../../marks/mark.js';
import { moved } from '../../restore/matte/hole.js';
import { cropToRgb } from '../../restore/colour.js';
import type { Picture } from '../pictures.js';
import { pictureBlock, stack, textBlock, writeBlock } from './layout.js';

/** Samples shown round a mark, side of a square of the checker, levels of the grounds. */
const ROUND = 8;
const SQUARE = 8;
const GREY = 126;
const CHECKER = [90, 180] as const;
const CAPTION = 360;

/** Writes a PNG with a mark at 100 %: over grey, over a checker, and its α, white where it is 1. @throws TEXTLESS_OUTPUT */
export async function writeMarkSheet(file: string, mark: Mark): Promise<void> {
  const box = growBox(placeOf(mark), ROUND, mark.picture.width, mark.picture.height);
  const alpha = moved(mark.alpha, mark.box, box);
  const checker = (i: number): number =>
    CHECKER[(Math.floor((i % box.width) / SQUARE) + Math.floor(Math.floor(i / box.width) / SQUARE)) % 2];
  const pictures = [painted(mark, box, alpha, () => GREY), painted(mark, box, alpha, checker), grey(box, alpha)];
  const caption = textBlock([`${mark.id} · ${mark.channel} · over grey | over a checker | α`], Math.max(CAPTION, 3 * box.width), '#333');
  await writeBlock(file, stack([caption, stack(pictures.map(pictureBlock), box.width > 2 * CAPTION ? 'down' : 'across')], 'down'));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The mark over a grey ground, in the colours of its programmes. */
function painted({ levels, picture }: Mark, { width, height }: Size, alpha: Float32Array, ground: (i: number) => number): Picture {
  const geometry: Geometry = { width, height, format: { name: 'yuv444p', depth: 8, chroma: '444' } };
  const data = new Uint8ClampedArray(frameBytes(geometry));
  const [luma, blue = 128, red = 128] = levels;
  alpha.forEach((a, i) => {
    data[i] = a * luma + (1 - a) * ground(i);
    data[alpha.length + i] = a * blue + (1 - a) * 128;
    data[2 * alpha.length + i] = a * red + (1 - a) * 128;
  });
  const rgb = cropToRgb({ data: new Uint8Array(data.buffer) }, geometry, picture, { x: 0, y: 0, width, height });
  return { width, height, data: rgb };
}

const grey = ({ width, height }: Size, alpha: Float32Array): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * alpha.length }, (_, i) => Math.round(255 * alpha[Math.floor(i / 3)])),
});
