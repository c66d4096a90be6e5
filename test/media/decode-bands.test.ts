import path from 'node:path';
import { expect, it } from 'vitest';
import { planesOf, type Plane } from '../../src/core/frame.js';
import { bandsOf } from '../../src/detect/survey/bands.js';
import { decodeBands } from '../../src/media/decode-bands.js';
import { decodeFrames } from '../../src/media/decode.js';
import { probe } from '../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { picture } from './support.js';

const folder = temporaryFolder('bands');

/** Samples of some rows and columns of a plane, in 8 bits. */
function part({ data, width }: Plane, x: number, columns: number, rows: readonly number[], by: number): number[] {
  return rows.flatMap((row) => Array.from({ length: columns }, (_, i) => data[row * width + x + i] >> by));
}

const rowsOf = (y: number, height: number): number[] => Array.from({ length: height }, (_, i) => y + i);

it.each([
  ['yuv420p', 0, 1, 1],
  ['yuvj420p', 0, 1, 1],
  ['yuv422p10le', 2, 1, 0],
  ['yuva444p', 0, 0, 0],
])('delivers bands of every frame of %s with their chroma, in 8 bits', async (pixFmt, by, right, down) => {
  const file = path.join(folder, `${pixFmt}.mkv`);
  ffmpeg(...picture('64x48', '5', 2), '-vf', 'scale=67:49', '-pix_fmt', pixFmt, '-c:v', 'ffv1', file);
  const programme = await probe(file);
  const bands = bandsOf([{ x: 7, y: 3, width: 20, height: 6 }, { x: 11, y: 41, width: 56, height: 8 }], { width: 67, height: 49 }); // prettier-ignore
  expect(bands).toEqual([
    { x: 6, y: 2, width: 61, height: 8 },
    { x: 6, y: 40, width: 61, height: 9 },
  ]);
  const [rows, chromaRows] = [
    [...rowsOf(2, 8), ...rowsOf(40, 9)],
    [...rowsOf(2 >> down, 8 >> down), ...rowsOf(40 >> down, (9 + down) >> down)],
  ];
  const whole: Plane[][] = [];
  for await (const frame of decodeFrames(programme)) whole.push(planesOf(frame, programme.video.geometry));
  const seen: number[] = [];
  for await (const { index, luma, chroma } of decodeBands(programme, bands, { stays: 8, colour: true })) {
    seen.push(index);
    const [y, cb, cr] = whole[index];
    expect([...luma]).toEqual(part(y, 6, 61, rows, by));
    expect(chroma).toMatchObject({ width: (61 + right) >> right, shift: { x: right, y: down } });
    expect([...chroma!.cb]).toEqual(part(cb, 6 >> right, (61 + right) >> right, chromaRows, by));
    expect([...chroma!.cr]).toEqual(part(cr, 6 >> right, (61 + right) >> right, chromaRows, by));
  }
  expect(seen).toEqual(rowsOf(0, whole.length));
  for await (const { index, luma, chroma } of decodeBands(programme, bands, { stays: 8 })) {
    expect(chroma).toBeUndefined();
    expect([...luma]).toEqual(part(whole[index][0], 6, 61, rows, by));
  }
});
