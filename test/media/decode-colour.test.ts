import path from 'node:path';
import { expect, it } from 'vitest';
import { planesOf } from '../../src/core/frame.js';
import { decodeColour } from '../../src/media/decode-colour.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { probe } from '../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { picture } from './support.js';

const folder = temporaryFolder('colour');

it.each([
  ['yuv420p', 0, 1, 1],
  ['yuv422p10le', 2, 1, 0],
])('delivers a box of some frames of %s with chroma of the size of luma, in 8 bits', async (pixFmt, by, right, down) => {
  const file = path.join(folder, `${pixFmt}.mkv`);
  ffmpeg(...picture('64x48', '10', 2), '-pix_fmt', pixFmt, '-c:v', 'ffv1', file);
  const programme = await probe(file);
  const whole = new Map<number, Uint8Array>();
  for await (const { index, data } of decodeFrames(programme)) whole.set(index, data);
  const box = { x: 7, y: 5, width: 20, height: 11 };
  const seen: number[] = [];
  for await (const { index, luma, cb, cr } of decodeColour(programme, [12, 3], box, { times: await frameTimes(programme) })) {
    seen.push(index);
    const [y, u, v] = planesOf({ data: whole.get(index)! }, programme.video.geometry);
    for (const [i, j] of [
      [0, 0],
      [19, 10],
      [6, 7],
    ]) {
      // prettier-ignore
      const [column, row] = [box.x + i, box.y + j];
      const at = (row >> down) * u.width + (column >> right);
      const p = j * box.width + i;
      expect([luma[p], cb[p], cr[p]]).toEqual([y.data[row * y.width + column] >> by, u.data[at] >> by, v.data[at] >> by]);
    }
  }
  expect(seen.sort((a, b) => a - b)).toEqual([3, 12]);
});
