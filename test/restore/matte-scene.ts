import { execFileSync } from 'node:child_process';
import type { Box, Mask } from '../../src/core/area.js';
import { chromaShift, frameBytes, planesOf, type Frame, type Geometry } from '../../src/core/frame.js';
import { paint, texture } from './scene.js';

/** Frames of a shot: as few as if they had been picked out of a long programme. */
const SHOT = 2;

/** A mark with a known α: row-major over `box`, 0 … 1, and code values of 8 bits. */
export interface DrawnMark {
  readonly box: Box;
  readonly alpha: Float32Array;
  readonly colour: readonly [number, number, number];
}

/** A disc and a bar beside it. `soft`: samples over which the disc's border fades. */
export function badge({ x, y, width, height }: Box, alpha: number, colour: DrawnMark['colour'], soft = 1): DrawnMark {
  const out = new Float32Array(width * height);
  const r = height / 2 - 1;
  for (let v = 0, i = 0; v < height; v++) {
    for (let u = 0; u < width; u++, i++) {
      const disc = Math.max(0, Math.min(1, (r - Math.hypot(u - r - 0.5, v - r - 0.5)) / soft + 0.5));
      const bar = u > 2 * r + 6 && u < width - 2 && v > 0.3 * height && v < 0.7 * height ? 1 : 0;
      out[i] = alpha * Math.max(disc, bar);
    }
  }
  return { box: { x, y, width, height }, alpha: out, colour };
}

/** What a detector would give: everything that shows. */
export const maskOf = ({ box, alpha }: DrawnMark): Mask => ({ box, data: Uint8Array.from(alpha, (a) => (a > 0.02 ? 255 : 0)) });

/** Short shots that pan over pictures with large and small shapes; others from each seed. */
export function scene(geometry: Geometry, frames: number, from = 1): Frame[] {
  const { width, height } = geometry;
  const wide = width + 3 * SHOT;
  const pictures = Array.from({ length: Math.ceil(frames / SHOT) }, (_, seed) => [
    texture(wide, height, seed + from, 46),
    texture(wide, height, seed + from + 98, 9),
  ]);
  return Array.from({ length: frames }, (_, t) => {
    const [large, small] = pictures[Math.floor(t / SHOT)];
    return paint(geometry, t, (p, x, y) => {
      const shift = p ? chromaShift(geometry.format.chroma) : { x: 0, y: 0 };
      const at = Math.min(height - 1, y << shift.y) * wide + Math.min(width - 1, x << shift.x) + 3 * (t % SHOT);
      return p ? 128 + (large[at] - 128) * (p === 1 ? 0.2 : -0.25) : 0.75 * large[at] + 0.25 * small[at];
    });
  });
}

/** The frames with a mark blended in: chroma with the mean α of the luma samples that it covers. */
export function marked(
  frames: readonly Frame[],
  geometry: Geometry,
  { box, alpha, colour }: DrawnMark,
  strength: (t: number) => number = () => 1,
): Frame[] {
  const scale = 2 ** (geometry.format.depth - 8);
  return frames.map(({ index, data }) => {
    const frame = { index, data: data.slice() };
    planesOf(frame, geometry).forEach((plane, p) => {
      const [sx, sy] = [Math.round(geometry.width / plane.width), Math.round(geometry.height / plane.height)];
      for (let y = 0; y < plane.height; y++) {
        for (let x = 0; x < plane.width; x++) {
          const a = strength(index) * meanAlpha(x, y, sx, sy);
          if (a) plane.data[y * plane.width + x] = Math.round(plane.data[y * plane.width + x] * (1 - a) + scale * colour[p] * a);
        }
      }
    });
    return frame;
  });

  function meanAlpha(x: number, y: number, sx: number, sy: number): number {
    let sum = 0;
    for (let v = y * sy; v < (y + 1) * sy; v++)
      for (let u = x * sx; u < (x + 1) * sx; u++)
        if (u >= box.x && v >= box.y && u < box.x + box.width && v < box.y + box.height) sum += alpha[(v - box.y) * box.width + u - box.x];
    return sum / (sx * sy);
  }
}

/** Writes frames as a programme, H.264 in Matroska at 25 frames a second. @param more arguments of ffmpeg for the output */
export function writeProgramme(
  file: string,
  frames: readonly Frame[],
  { width, height, format }: Geometry,
  more: readonly string[] = [],
): void {
  const raw = ['-f', 'rawvideo', '-pix_fmt', format.name, '-s', `${width}x${height}`, '-r', '25', '-i', 'pipe:0'];
  const tags = ['-colorspace', 'bt709', '-color_range', 'tv'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...raw, '-c:v', 'libx264', '-preset', 'fast', '-crf', '14', ...tags, ...more, file], {
    input: Buffer.concat(frames.map((f) => f.data)),
  });
}

/** The frames after H.264 and back. */
export function coded(frames: readonly Frame[], { width, height, format }: Geometry, crf: number): Frame[] {
  const raw = ['-f', 'rawvideo', '-pix_fmt', format.name, '-s', `${width}x${height}`];
  const options = { input: Buffer.concat(frames.map((f) => f.data)), maxBuffer: 2 ** 30 };
  const h264 = execFileSync('ffmpeg', ['-v', 'error', ...raw, '-r', '25', '-i', 'pipe:0', '-c:v', 'libx264', '-crf', `${crf}`, '-f', 'h264', 'pipe:1'], options); // prettier-ignore
  const back = execFileSync('ffmpeg', ['-v', 'error', '-f', 'h264', '-i', 'pipe:0', ...raw.slice(0, 4), 'pipe:1'], {
    ...options,
    input: h264,
  });
  const size = frameBytes({ width, height, format });
  return frames.map(({ index }, i) => ({ index, data: new Uint8Array(back.subarray(i * size, (i + 1) * size)) }));
}
