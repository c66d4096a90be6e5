import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planesOf, type Frame } from '../../src/core/frame.js';
import { decodeFrames } from '../../src/media/decode.js';
import { probe } from '../../src/media/probe.js';
import { restorePictures } from '../../src/restore/fields.js';
import { withHalo } from '../../src/restore/halo.js';
import { openNetwork } from '../../src/restore/network/network.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { track } from './scene.js';

const folder = temporaryFolder('depth');
const FRAMES = 10;
const MARK = { x: 64, y: 32, width: 48, height: 32 };
const CUE = [2, 7] as const;
/** Samples beside the mark that may change: halo, feather, and lines of a field that share chroma. */
const REACH = 7;

/** A sky that grows lighter to the right and with time, in steps of one 10-bit code. */
const SKY = `color=black:s=192x96:r=25:d=${FRAMES / 25},format=yuv422p10le,geq=lum='300+X/2+Y/3+3*N':cb='500+X/4':cr='520-Y/4'`;
const BOX = `drawbox=x=${MARK.x}:y=${MARK.y}:w=${MARK.width}:h=${MARK.height}:color=white:t=fill:enable='between(n,${CUE.join(',')})'`;
const PRORES = ['-c:v', 'prores_ks', '-profile:v', '3', '-pix_fmt', 'yuv422p10le'];

function sky(name: string, filter: string, ...more: string[]): string {
  const file = path.join(folder, name);
  ffmpeg('-f', 'lavfi', '-i', SKY + filter, ...PRORES, ...more, file);
  return file;
}

async function framesOf(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const out: Frame[] = [];
  for await (const { index, data } of frames) out.push({ index, data: data.slice() });
  return out;
}

/** What 8 bits could not be: the share of luma samples under the mark that are no multiple of four, and how many different ones there are. */
function fineness(samples: readonly number[]): { between: number; levels: number } {
  return { between: samples.filter((v) => v & 3).length / samples.length, levels: new Set(samples).size };
}

describe.each([
  ['progressive', ''],
  ['interlaced', ',setfield=tff'],
] as const)('a hole in %s 10-bit ProRes 4:2:2', (kind, filter) => {
  const fields = filter ? ['-flags', '+ildct+ilme'] : [];

  it('is filled with 10-bit levels, and nothing else is touched', async () => {
    const [file, clean] = [sky(`${kind}.mov`, `,${BOX}${filter}`, ...fields), sky(`${kind}-clean.mov`, filter, ...fields)];
    const { video } = await probe(file);
    const { geometry, colour, interlaced, topFieldFirst } = video;
    expect([interlaced, geometry.format.name]).toEqual([Boolean(filter), 'yuv422p10le']);
    const mask = { box: MARK, data: new Uint8Array(MARK.width * MARK.height).fill(255) };
    const plan = { shots: [{ first: 0, last: FRAMES - 1 }], tracks: [withHalo(track('cue', mask, [...CUE]), geometry)] };
    await using restorer = await openNetwork({ folder: '', network: false, workers: 1 });
    const given = await framesOf(decodeFrames(await probe(file)));
    const truth = await framesOf(decodeFrames(await probe(clean)));
    const options = { interlaced, topFieldFirst, geometry, colour, plan, restorer };
    const restored = await framesOf(restorePictures(decodeFrames(await probe(file)), options));
    const under = (frames: readonly Frame[]): number[] =>
      frames.slice(CUE[0], CUE[1] + 1).flatMap((frame) => {
        const [{ data, width }] = planesOf(frame, geometry);
        return Array.from({ length: MARK.width * MARK.height }, (_, i) => data[(MARK.y + Math.floor(i / MARK.width)) * width + MARK.x + (i % MARK.width)]); // prettier-ignore
      });
    const [own, true10] = [under(restored), under(truth)];
    const wanted = fineness(true10);
    const fine = (samples: readonly number[]): boolean => {
      const { between, levels } = fineness(samples);
      return between > 0.8 * wanted.between && levels > 0.8 * wanted.levels;
    };
    expect(fine(own)).toBe(true);
    expect(fine(own.map((v) => (v + 2) & ~3))).toBe(false); // what a picture that went through 8 bits would have
    const error = Math.sqrt(own.reduce((sum, v, i) => sum + (v - true10[i]) ** 2, 0) / own.length);
    expect(error).toBeLessThan(4); // one level of 8 bits
    restored.forEach((frame, t) => {
      planesOf(frame, geometry).forEach(({ data, width }, k) => {
        const before = planesOf(given[t], geometry)[k].data;
        const scale = k ? 2 : 1;
        const near = (i: number): boolean => {
          const [x, y] = [(i % width) * scale, Math.floor(i / width)];
          return x >= MARK.x - REACH && x < MARK.x + MARK.width + REACH && y >= MARK.y - REACH && y < MARK.y + MARK.height + REACH;
        };
        const marked = t >= CUE[0] && t <= CUE[1];
        expect(Array.from(data).filter((v, i) => v !== before[i] && !(marked && near(i))).length).toBe(0);
      });
    });
  });
});
