import path from 'node:path';
import { expect, it } from 'vitest';
import { planesOf } from '../../src/core/frame.js';
import { decodeBands } from '../../src/media/decode-bands.js';
import { decodeFrames } from '../../src/media/decode.js';
import { probe } from '../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { picture } from './support.js';

const folder = temporaryFolder('bands');

it.each([
  ['yuv420p', 0],
  ['yuvj420p', 0],
  ['yuv422p10le', 2],
])('delivers bands of the luma of every frame of %s, in 8 bits', async (pixFmt, by) => {
  const file = path.join(folder, `${pixFmt}.mkv`);
  ffmpeg(...picture('64x48', '5', 2), '-vf', 'scale=67:49', '-pix_fmt', pixFmt, '-c:v', 'ffv1', file);
  const programme = await probe(file);
  const bands = [
    { x: 7, y: 3, width: 55, height: 7 },
    { x: 7, y: 21, width: 55, height: 3 },
    { x: 7, y: 40, width: 55, height: 9 },
  ];
  const rows = [3, 4, 5, 6, 7, 8, 9, 21, 22, 23, 40, 41, 42, 43, 44, 45, 46, 47, 48];
  const expected: number[][] = [];
  for await (const frame of decodeFrames(programme)) {
    const [{ data, width }] = planesOf(frame, programme.video.geometry);
    expected.push(rows.flatMap((row) => Array.from({ length: 55 }, (_, i) => data[row * width + 7 + i] >> by)));
  }
  const seen: number[][] = [];
  for await (const { index, luma } of decodeBands(programme, bands, { stays: 20 })) seen[index] = [...luma];
  expect(seen).toEqual(expected);
});
