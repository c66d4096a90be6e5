import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planesOf } from '../../src/core/frame.js';
import { planCodec } from '../../src/media/codec.js';
import { decodeFrames } from '../../src/media/decode.js';
import { assertDeliverable } from '../../src/media/encode.js';
import { keyInterval } from '../../src/media/packets.js';
import { probe } from '../../src/media/probe.js';
import type { Programme } from '../../src/media/programme.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { pass, tone } from './support.js';

const folder = temporaryFolder('codecs');
const file = (name: string): string => path.join(folder, name);

/** Texture without noise, so that a small error means good quality. */
const texture = (size: string, rate: string): string[] => ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=0.4`];

interface Case {
  readonly name: string;
  readonly codec: string[];
  readonly format?: string;
  readonly size?: string;
  readonly rate?: string;
  readonly sound?: string;
}

const CASES: Case[] = [
  { name: 'vp8.webm', codec: ['-c:v', 'libvpx', '-b:v', '2M', '-cpu-used', '8'], sound: 'libvorbis' },
  { name: 'vp9.webm', codec: ['-c:v', 'libvpx-vp9', '-crf', '20', '-b:v', '0', '-cpu-used', '8'], format: 'yuv420p10le' },
  { name: 'prores.mov', codec: ['-c:v', 'prores_ks', '-profile:v', '1'], format: 'yuv422p10le', sound: 'pcm_s24le' },
  { name: 'prores4444.mov', codec: ['-c:v', 'prores_ks', '-profile:v', '4'], format: 'yuv444p10le' },
  { name: 'dnxhr.mov', codec: ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_hqx'], format: 'yuv422p10le', size: '256x128' },
  { name: 'dnxhd.mxf', codec: ['-c:v', 'dnxhd', '-b:v', '36M'], format: 'yuv422p', size: '1920x1080', sound: 'pcm_s16le' },
  { name: 'mjpeg.mov', codec: ['-c:v', 'mjpeg', '-q:v', '3'], format: 'yuvj420p' },
  { name: 'mpeg1.mpg', codec: ['-c:v', 'mpeg1video', '-b:v', '2M'], sound: 'mp2' },
  { name: 'mpeg2.vob', codec: ['-c:v', 'mpeg2video', '-b:v', '4M', '-bf', '2', '-f', 'vob'], sound: 'ac3' },
  { name: 'mpeg2-422.ts', codec: ['-c:v', 'mpeg2video', '-b:v', '8M', '-bf', '2', '-g', '12'], format: 'yuv422p', sound: 'mp2' },
  { name: 'mpeg2.mxf', codec: ['-c:v', 'mpeg2video', '-b:v', '8M', '-g', '12'], format: 'yuv422p', size: '320x192', sound: 'pcm_s16le' },
  { name: 'mpeg4.avi', codec: ['-c:v', 'mpeg4', '-vtag', 'XVID', '-b:v', '2M'], sound: 'libmp3lame' },
  { name: 'mpeg4.mp4', codec: ['-c:v', 'mpeg4', '-b:v', '2M'], rate: '30000/1001', sound: 'aac' },
  { name: 'h264.flv', codec: ['-c:v', 'libx264', '-crf', '18', '-bf', '2'], sound: 'aac' },
  { name: 'intra422.mov', codec: ['-c:v', 'libx264', '-crf', '12', '-g', '1', '-profile:v', 'high422'], format: 'yuv422p10le' },
  { name: 'h264.mov', codec: ['-c:v', 'libx264', '-crf', '18'], rate: '24000/1001', sound: 'pcm_s16le' },
  { name: 'hevc.ts', codec: ['-c:v', 'libx265', '-crf', '18', '-x265-params', 'log-level=error'], format: 'yuv420p10le', sound: 'ac3' },
  {
    name: 'hevc422.mkv',
    codec: ['-c:v', 'libx265', '-crf', '18', '-x265-params', 'log-level=error'],
    format: 'yuv422p12le',
    sound: 'flac',
  },
];

/** Root mean square error of luma between two programmes, in code values scaled to 8 bits. */
async function lumaError(a: Programme, b: Programme): Promise<number> {
  const other = decodeFrames(b);
  let sum = 0;
  let count = 0;
  for await (const frame of decodeFrames(a)) {
    const twin = (await other.next()).value;
    if (!twin) throw new Error('fewer frames');
    const [x, y] = [frame, twin].map((f) => planesOf(f, a.video.geometry)[0].data);
    for (let i = 0; i < x.length; i++) sum += (x[i] - y[i]) ** 2;
    count += x.length;
  }
  return Math.sqrt(sum / count) / 2 ** (a.video.geometry.format.depth - 8);
}

describe('a programme comes out in the codec and container it came in', () => {
  it.each(CASES)('$name', async ({ name, codec, format = 'yuv420p', size = '192x128', rate = '25', sound }) => {
    const sounds = sound ? [...tone(400), '-c:a', sound, '-ar', '48000'] : [];
    ffmpeg(...texture(size, rate), ...sounds, ...codec, '-pix_fmt', format, file(name));
    const { source, delivered, differences, result, times } = await pass(file(name), file(`out-${name}`));
    expect(differences).toEqual([]);
    expect(result.frames).toBe(times.ticks.length);
    expect(result.losses).toHaveLength(name === 'prores4444.mov' ? 1 : 0);
    expect(delivered.video.profile).toBe(source.video.profile);
    expect(delivered.video.codecTag).toBe(source.video.codecTag);
    expect(await lumaError(source, delivered)).toBeLessThan(2.5);
    if (sound) expect(delivered.streams.filter((s) => s.type === 'audio')).toHaveLength(1);
    const spacing = await Promise.all([source, delivered].map((p) => keyInterval(p.path, p.video.index)));
    expect(spacing[1] === 1).toBe(spacing[0] === 1);
  });
});

describe('what cannot be delivered', () => {
  it('is said before any work: layouts without an encoder, and containers', async () => {
    ffmpeg(...texture('192x128', '25'), '-c:v', 'prores_ks', '-profile:v', '3', '-pix_fmt', 'yuv422p10le', file('p.mov'));
    const prores = await probe(file('p.mov'));
    expect(assertDeliverable(prores)).toEqual([]);
    const as = (change: Partial<Programme['video']>, container = prores.container): Programme => ({
      ...prores,
      container,
      video: { ...prores.video, ...change },
    });
    const deep = { ...prores.video.geometry, format: { name: 'yuv444p12le', depth: 12 as const, chroma: '444' as const } };
    for (const [programme, words] of [
      [as({ codec: 'h264', geometry: deep }), 'libx264 cannot write yuv444p12le'],
      [as({ codec: 'vc1' }), 'no encoder here for vc1'],
      [as({}, 'wtv'), 'wtv cannot be written'],
    ] as const) {
      const refusal = { code: 'TEXTLESS_UNSUPPORTED', message: expect.stringContaining(words) as string };
      expect(() => assertDeliverable(programme)).toThrow(expect.objectContaining(refusal) as Error);
    }
  });

  it('in detail is announced: captions, colour tags, streams', async () => {
    ffmpeg(...texture('192x128', '25'), '-c:v', 'mpeg4', '-pix_fmt', 'yuv420p', file('m.mp4'));
    const plain = await probe(file('m.mp4'));
    const captions = [{ type: 'ATSC A53 Part 4 Closed Captions', fields: {} }];
    const data = { ...plain.streams[0], index: 1, type: 'data', codec: 'unknown', codecTag: 'mebx' };
    const rich: Programme = {
      ...plain,
      video: { ...plain.video, sideData: captions, tags: { range: 'pc' } },
      streams: [...plain.streams, data],
    };
    expect(assertDeliverable(plain)).toEqual([]);
    expect(assertDeliverable(rich)).toEqual([
      expect.stringContaining('stream 1 (data)'),
      expect.stringContaining('closed captions'),
      expect.stringContaining('colour tags'),
    ]);
  });

  it('a profile that cannot hold fields or depth is left to the encoder', async () => {
    const { video, ...rest } = await probe(file('m.mp4'));
    const wishes = { keyInterval: 50, constantRate: true };
    const profile = (change: Partial<Programme['video']>): string | undefined =>
      planCodec({ ...rest, video: { ...video, codec: 'h264', ...change } }, wishes).options.find(([name]) => name === 'profile')?.[1];
    expect(profile({ profile: 'Main' })).toBe('main');
    expect(profile({ profile: 'Baseline' })).toBe('baseline');
    expect(profile({ profile: 'Baseline', interlaced: true })).toBeUndefined();
    const deep = { ...video.geometry, format: { name: 'yuv420p10le', depth: 10 as const, chroma: '420' as const } };
    expect(profile({ profile: 'High', geometry: deep })).toBeUndefined();
  });
});
