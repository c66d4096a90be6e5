import sharp from 'sharp';
import type { LumaSource } from '../../src/detect/survey/luma-source.js';

export const WIDTH = 480;
export const HEIGHT = 360;

/** Smooth noise that looks like nothing in particular: sums of value noise, deterministic. */
function texture(width: number, height: number, seed: number): Float32Array {
  const out = new Float32Array(width * height);
  const at = (i: number, j: number, o: number): number => {
    // Mixed well: sums of products alone would tile the picture.
    let h = Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1) ^ Math.imul(seed + 7 * o, 0x9e3779b1);
    for (const k of [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f]) h = Math.imul(h ^ (h >>> 15), k);
    return ((h ^ (h >>> 16)) >>> 8) / 2 ** 24;
  };
  for (const [octave, cell] of [48, 20, 9, 5].entries())
    for (let y = 0, k = 0; y < height; y++)
      for (let x = 0; x < width; x++, k++) {
        const [i, j, u, v] = [Math.floor(x / cell), Math.floor(y / cell), (x % cell) / cell, (y % cell) / cell];
        const top = at(i, j, octave) * (1 - u) + at(i + 1, j, octave) * u;
        const bottom = at(i, j + 1, octave) * (1 - u) + at(i + 1, j + 1, octave) * u;
        out[k] += (top * (1 - v) + bottom * v - 0.5) * [70, 60, 45, 30][octave];
      }
  return out;
}

/** Luma and alpha of a mark, as large as the picture. */
export interface Drawn {
  readonly luma: Uint8Array;
  readonly alpha: Uint8Array;
}

/** Draws what an SVG body shows. */
export async function drawn(body: string): Promise<Drawn> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${body}</svg>`;
  const rgba = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
  const pick = (channel: number): Uint8Array => Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => rgba[4 * i + channel]);
  return { luma: pick(0), alpha: pick(3) };
}

/** A path of letters from shapes, so that no font is needed: one a digit, 0 to 3, ten by twenty in a grid of sixteen, and larger by a factor. */
export function letters(text: string, x: number, y: number, by = 1): string {
  const glyphs = [`v20h9`, `h10v10h-10v10`, `v20m9 -20v20m-9 -10h9`, `m0 20l5 -20l5 20`];
  const scaled = (path: string): string => path.replace(/-?\d+/g, (n) => String(Number(n) * by));
  return [...text].map((kind, i) => `M${x + i * 16 * by} ${y}${scaled(glyphs[Number(kind)])}`).join('');
}

/** White strokes with a dark outline. */
export function strokes(y: number, text = Array.from({ length: 16 }, (_, i) => (i * 7 + (i >> 1)) % 4).join('')): Promise<Drawn> {
  const path = letters(text, Math.round(WIDTH / 2 - 8 * text.length) - 2, y);
  const draw = (colour: string, width: number): string => `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
  return drawn(draw('#101010', 7) + draw('#eeeeee', 3));
}

/** A programme made of a function from frame and pixel to luma, with a little noise. */
export function programme(frames: number, paint: (t: number, out: Float32Array) => void): LumaSource {
  return {
    width: WIDTH,
    height: HEIGHT,
    rate: 25,
    size: () => ({ width: WIDTH, height: HEIGHT }),
    async *frames() {
      const values = new Float32Array(WIDTH * HEIGHT);
      for (let index = 0; index < frames; index++) {
        paint(index, values);
        await Promise.resolve();
        yield { index, luma: Uint8Array.from(values, (v, i) => Math.max(16, Math.min(235, v + ((i * 7919 + index * 104729) % 5) - 2))) };
      }
    },
  };
}

export const SPACE = 900;
export const scenes = [texture(SPACE, HEIGHT + 40, 1), texture(SPACE, HEIGHT + 40, 2)];

/** The camera pans over a scene; the second scene begins at `cut`. */
export const pan =
  (cut = Infinity, speed = 2) =>
  (t: number, out: Float32Array): void => {
    const scene = scenes[t < cut ? 0 : 1];
    const dx = Math.round((t < cut ? t : t - cut) * speed);
    for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) out[y * WIDTH + x] = 120 + scene[(y + 20) * SPACE + x + dx];
  };

export function over(out: Float32Array, mark: Drawn, level = 1): void {
  for (let i = 0; i < out.length; i++) out[i] += ((mark.luma[i] - out[i]) * mark.alpha[i] * level) / 255;
}
