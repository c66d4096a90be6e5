import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { frameBytes, planesOf } from '../../src/core/frame.js';
import { decodeChosen, decodeFrames, decodeLuma, lumaSize } from '../../src/media/decode.js';
import { probe } from '../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { frameDigests, pass, picture } from './support.js';

const folder = temporaryFolder('pictures');
const file = (name: string): string => path.join(folder, name);

/** A lossless clip in a given layout. */
function lossless(name: string, format: string, size = '50x38', ...more: string[]): string {
  ffmpeg(...picture(size, '25', 0.2), '-pix_fmt', format, '-c:v', 'ffv1', ...more, file(name));
  return file(name);
}

const FORMATS = [
  ...['yuv420p', 'yuv422p', 'yuv444p', 'gray', 'yuv420p10le', 'yuv422p10le', 'yuv444p10le', 'gray10le'],
  ...['yuva420p', 'yuva422p', 'yuva444p', 'yuva420p10le', 'yuva422p10le', 'yuva444p10le'],
  ...['yuv420p12le', 'yuv422p12le', 'yuv444p12le', 'gray12le'],
];

describe('planes', () => {
  it.each(FORMATS)('of %s come out of a lossless codec as they went in', async (format) => {
    const clip = lossless(`${format}.mkv`, format);
    const { source, delivered, differences } = await pass(clip, file(`${format}.out.mkv`));
    expect(source.video.geometry.format.name).toBe(format);
    const before = await frameDigests(source);
    expect(before).toHaveLength(5);
    expect(new Set(before).size).toBe(5);
    expect(await frameDigests(delivered)).toEqual(before);
    expect(differences).toEqual([]);
  });

  it('of transparency are the same after ProRes 4444, to the 10 bits that its encoder takes', async () => {
    const clip = file('keyed.mov');
    const levels = "format=yuva444p10le,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='mod(8*X+32*N,1024)'";
    ffmpeg(...picture('64x48'), '-vf', levels, '-c:v', 'prores_ks', '-profile:v', '4', clip);
    const { delivered } = await pass(clip, file('keyed.out.mov'));
    expect(delivered.video.geometry.format.alpha).toBe(true);
    const alpha = (name: string): Uint16Array => {
      const args = ['-vf', 'format=yuva444p10le,alphaextract', '-f', 'rawvideo', '-pix_fmt', 'gray10le', '-'];
      const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', name, ...args], { maxBuffer: 1 << 28 });
      return new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
    };
    const [before, after] = [alpha(clip), alpha(file('keyed.out.mov'))];
    expect(new Set(before).size).toBeGreaterThan(64);
    expect(after).toEqual(before);
  });

  it('of odd sizes and full range are not converted either', async () => {
    const clip = lossless('odd.mkv', 'yuv420p', '51x37', '-color_range', 'pc', '-colorspace', 'bt709');
    const { source, delivered, differences } = await pass(clip, file('odd.out.mkv'));
    expect(source.video.colour).toEqual({ matrix: 'bt709', range: 'full' });
    expect(await frameDigests(delivered)).toEqual(await frameDigests(source));
    expect(differences).toEqual([]);
  });

  it('are those of ffmpeg itself', async () => {
    const clip = lossless('own.mkv', 'yuv422p10le');
    const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', clip, '-f', 'rawvideo', '-pix_fmt', 'yuv422p10le', '-'], {
      maxBuffer: 1 << 28,
    });
    const programme = await probe(clip);
    const bytes = frameBytes(programme.video.geometry);
    const own = Array.from({ length: raw.length / bytes }, (_, i) => raw.subarray(i * bytes, (i + 1) * bytes));
    expect(await frameDigests(programme)).toEqual(own.map((f) => createHash('md5').update(f).digest('hex')));
  });

  it('of chosen frames are those of all frames at their indices, whatever their order in time and in the file', async () => {
    const name = file('chosen.mkv');
    // Reordered frames at an uneven rate that do not begin at 0.
    const uneven = ['-vf', 'setpts=(N+N*N/40+7)/25/TB', '-fps_mode', 'passthrough'];
    ffmpeg(...picture('64x48', '25', 1), ...uneven, '-c:v', 'libx264', '-bf', '3', '-g', '10', name);
    const programme = await probe(name);
    const all: Uint8Array[] = [];
    for await (const { data } of decodeFrames(programme)) all.push(data);
    const chosen: number[] = [];
    for await (const { index, data } of decodeChosen(programme, [17, 4, 4, 11, 0])) {
      chosen.push(index);
      expect(Buffer.compare(data, all[index])).toBe(0);
    }
    expect(all).toHaveLength(25);
    expect(chosen).toEqual([0, 4, 11, 17]);
    expect(new Set(all.map((data) => createHash('md5').update(data).digest('hex'))).size).toBe(25);
  });

  it('of MJPEG in full range keep their levels', async () => {
    ffmpeg(...picture('64x48'), '-pix_fmt', 'yuvj422p', '-c:v', 'mjpeg', '-q:v', '2', file('full.avi'));
    const { source, delivered, differences } = await pass(file('full.avi'), file('full.out.avi'));
    expect(source.video.colour.range).toBe('full');
    expect(differences).toEqual([]);
    expect(await meanError(source.path, delivered.path)).toBeLessThan(2);
  });

  it('of H.264 in full range keep their levels and their tag', async () => {
    ffmpeg(...picture('64x48'), '-vf', 'scale=out_range=pc', '-pix_fmt', 'yuvj420p', '-c:v', 'libx264', '-crf', '5', file('full.mp4'));
    const { source, delivered, differences } = await pass(file('full.mp4'), file('full.out.mp4'));
    expect(delivered.video.tags.range).toBe('pc');
    expect(differences).toEqual([]);
    expect(await meanError(source.path, delivered.path)).toBeLessThan(3);
  });
});

/** Mean absolute difference of luma code values between two files. */
async function meanError(a: string, b: string): Promise<number> {
  const [first, second] = [await probe(a), await probe(b)];
  const other = decodeFrames(second);
  let sum = 0;
  let count = 0;
  for await (const frame of decodeFrames(first)) {
    const twin = (await other.next()).value;
    if (!twin) throw new Error('fewer frames');
    const x = planesOf(frame, first.video.geometry)[0].data;
    const y = planesOf(twin, second.video.geometry)[0].data;
    x.forEach((v, i) => (sum += Math.abs(v - y[i])));
    count += x.length;
  }
  return sum / count;
}

describe('luma for looking', () => {
  it('holds the code values of the file: limited range is not stretched, 10 bits lose the two lowest', async () => {
    for (const format of ['yuv420p', 'yuv422p10le']) {
      const programme = await probe(lossless(`luma-${format}.mkv`, format));
      const frames = decodeFrames(programme);
      for await (const { luma, index, width, height } of decodeLuma(programme)) {
        const frame = (await frames.next()).value;
        if (!frame) throw new Error('fewer frames');
        const plane = planesOf(frame, programme.video.geometry)[0];
        expect([width, height, index]).toEqual([50, 38, frame.index]);
        const shift = format === 'yuv420p' ? 0 : 2;
        const worst = Math.max(...Array.from(plane.data, (v, i) => Math.abs(luma[i] - v / 2 ** shift)));
        expect(worst).toBeLessThan(1);
        if (shift === 0) expect(worst).toBe(0);
      }
    }
  });

  it('is scaled down to even sizes by averaging, never up, and keeps its range', async () => {
    const clip = file('flat.mkv');
    ffmpeg('-f', 'lavfi', '-i', 'color=c=white:s=200x150:r=5:d=0.4', '-pix_fmt', 'yuv420p', '-color_range', 'tv', '-c:v', 'ffv1', clip);
    const programme = await probe(clip);
    expect(lumaSize(programme, 61)).toEqual({ width: 80, height: 60 });
    expect(lumaSize(programme, 400)).toEqual({ width: 200, height: 150 });
    const [full, scaled] = await Promise.all([150, 60].map(async (lines) => (await decodeLuma(programme, { lines }).next()).value));
    expect([scaled?.width, scaled?.height]).toEqual([80, 60]);
    expect([...new Set(scaled?.luma)]).toEqual([235]);
    expect(new Set(full?.luma)).toEqual(new Set(scaled?.luma));
  });
});
