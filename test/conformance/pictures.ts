import { execFileSync } from 'node:child_process';
import { MARK } from './wiping.js';

/** One frame's luma as code values of 8 bits, rows packed. */
function luma(file: string, frame: number): Buffer {
  const args = ['-vf', `select=eq(n\\,${frame})`, '-frames:v', '1', '-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'];
  return execFileSync('ffmpeg', ['-v', 'error', '-i', file, ...args], { maxBuffer: 1 << 26 });
}

/** What a frame says of a wipe: PSNR in dB outside the mark and some samples round it, and the mean level where the mark was (it was white). */
export function look(
  source: string,
  delivered: string,
  width: number,
  frame: number,
): { readonly outside: number; readonly inside: number } {
  const [a, b] = [luma(source, frame), luma(delivered, frame)];
  let [error, count, level] = [0, 0, 0];
  const near = 8;
  for (let i = 0; i < a.length; i++) {
    const x = (i % width) - MARK.x;
    const y = Math.floor(i / width) - MARK.y;
    if (x >= 0 && x < MARK.width && y >= 0 && y < MARK.height) level += b[i];
    if (x >= -near && x < MARK.width + near && y >= -near && y < MARK.height + near) continue;
    error += (a[i] - b[i]) ** 2;
    count++;
  }
  return { outside: 10 * Math.log10(255 ** 2 / Math.max(error / count, 1e-3)), inside: level / (MARK.width * MARK.height) };
}
