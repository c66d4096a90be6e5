import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planCodec } from '../../src/media/codec.js';
import { assertDeliverable } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import type { Programme } from '../../src/media/programme.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';

const folder = temporaryFolder('codecs');
const file = (name: string): string => path.join(folder, name);

/** Texture without noise, so that a small error means good quality. */
const texture = (size: string, rate: string): string[] => ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=0.4`];

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
