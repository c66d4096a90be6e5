import { beforeAll, describe, expect, it } from 'vitest';
import { judged } from '../../../src/job/gates/gate.js';
import { measureFile } from '../../../src/job/gates/file.js';
import { frameTimes } from '../../../src/media/decode.js';
import { probe } from '../../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../../fixtures/programmes.js';
import { inFolder, usual } from './support.js';

const at = inFolder(temporaryFolder('gates-file'));
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const COPY = ['-map', '0', '-c', 'copy'];
const again = (...options: string[]): string[] => ['-map', '0', '-c:a', 'copy', ...H264, ...options];

beforeAll(() => {
  const sources = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=96x64:r=25:d=1',
    '-f',
    'lavfi',
    '-i',
    'sine=440:d=1',
    '-f',
    'lavfi',
    '-i',
    'sine=880:d=1',
  ];
  const tags = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];
  const maps = ['-map', '0', '-map', '1', '-map', '2', '-metadata:s:a:0', 'language=deu', '-metadata:s:a:1', 'language=fra'];
  ffmpeg(...sources, ...maps, ...H264, ...tags, '-c:a', 'flac', at('source.mkv'));
});

/** Gates that a copy of the source fails. */
async function failed(file: string): Promise<string[]> {
  const [source, delivered] = [await probe(at('source.mkv')), await probe(file)];
  const times = { source: await frameTimes(source), delivered: await frameTimes(delivered) };
  return (await measureFile(source, delivered, times, { copied: [] })).flatMap((m) =>
    judged(m, usual).verdict === 'fail' ? [m.gate] : [],
  );
}

describe('gates on what a file says of itself', () => {
  it('let a faithful copy pass', async () => {
    ffmpeg('-i', at('source.mkv'), ...again('-bf', '0'), at('faithful.mkv'));
    expect(await failed(at('faithful.mkv'))).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['frames', again('-vf', "select='not(eq(n,12))'", '-fps_mode', 'vfr')],
    ['times', again('-vf', "setpts='PTS+if(eq(N,12),0.02/TB,0)'", '-fps_mode', 'passthrough', '-enc_time_base', '1/1000')],
    ['streams', ['-map', '0:0', '-map', '0:1', '-c', 'copy']],
    ['streams', [...COPY, '-metadata:s:a:0', 'language=ita']],
    ['picture', again('-vf', 'scale=100:64')],
    ['picture', again('-vf', 'setsar=4/3')],
    ['colour-tags', again('-color_primaries', 'bt2020')],
    ['field-flags', again('-flags', '+ilme+ildct', '-x264-params', 'tff=1')],
    ['sound', ['-map', '0', '-c:v', 'copy', '-c:a', 'flac', '-af:0', 'volume=0.9']],
  ])('%s: %j', async (gate, options) => {
    ffmpeg('-i', at('source.mkv'), ...options, at('broken.mkv'));
    expect(await failed(at('broken.mkv'))).toContain(gate);
  });

  it.each([
    ['late', ['-map', '1:v', '-map', '0:a']],
    ['early', ['-map', '0:v', '-map', '1:a']],
  ])('sound-offset: sound that is two frames %s, and otherwise the same', async (_, maps) => {
    ffmpeg(
      '-itsoffset',
      '0.08',
      '-i',
      at('source.mkv'),
      '-i',
      at('source.mkv'),
      ...maps,
      '-c',
      'copy',
      '-avoid_negative_ts',
      'disabled',
      at('shifted.mkv'),
    );
    expect(await failed(at('shifted.mkv'))).toContain('sound-offset');
  });

  it('duration: sound that ends early', async () => {
    ffmpeg('-i', at('source.mkv'), '-t', '0.8', '-i', at('source.mkv'), '-map', '0:v', '-map', '1:a', '-c', 'copy', at('short.mkv'));
    expect(await failed(at('short.mkv'))).toEqual(['sound', 'duration']);
  });
});
