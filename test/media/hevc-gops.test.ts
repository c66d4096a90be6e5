import { createHash } from 'node:crypto';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decoderRecord } from '../../src/media/coded/decoder-record.js';
import { readHevcConfiguration, unitsOf } from '../../src/media/coded/hevc/configuration.js';
import { HEVC_NAL } from '../../src/media/coded/hevc/kinds.js';
import { readHevcSps } from '../../src/media/coded/hevc/sps.js';
import { readHevcPps, readHevcVps } from '../../src/media/coded/hevc/sets.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { expectFaithful, fromTime, slicesOf, splice } from './gops-support.js';
import { picture } from './support.js';

const folder = temporaryFolder('hevc-gops');
const file = (name: string): string => path.join(folder, name);
const within = (first: number, last: number) => (frame: number) => frame >= first && frame <= last;

/** Two seconds of HEVC in groups of twelve frames, whose pictures before a CRA picture refer to the group before. */
function programme(name: string, parameters: string, options: readonly string[] = [], format = 'yuv420p'): string {
  const params = `log-level=error:keyint=12:min-keyint=12:scenecut=0:${parameters}`;
  const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', format, '-x265-params', params];
  ffmpeg(...picture('128x96', '25', 1.92), ...x265, ...(name.endsWith('mkv') ? [] : ['-tag:v', 'hvc1']), ...options, file(name));
  return file(name);
}

const OPEN = 'open-gop=1:bframes=3:b-adapt=0:b-pyramid=1';
const HDR = 'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400';
const frames = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);

describe('GOPs of HEVC without a touched frame are copied, in', () => {
  it.each([
    ['closed.mkv', 'open-gop=0:bframes=3:b-adapt=0:slices=2:wpp=1', [], 'yuv420p'],
    ['in-band.mp4', `${OPEN}:repeat-headers=1:aud=1:radl=0`, ['-tag:v', 'hev1'], 'yuv420p'],
    [
      'hdr.mp4',
      `open-gop=1:bframes=2:b-adapt=0:b-pyramid=0:ref=2:hdr10=1:${HDR}`,
      ['-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
      'yuv422p10le',
    ],
  ] as const)('%s (%s)', async (name, parameters, options, format) => {
    const s = await splice(programme(name, parameters, options, format), file(`out-${name}`), within(17, 18));
    expect(s.result.whyNone).toBeUndefined();
    expect([...s.copiedFrames]).toEqual(expect.arrayContaining([...frames(0, 8), ...frames(24, 47)]));
    expect(s.copiedFrames).not.toContain(17);
    await expectFaithful(s, file(`out-${name}`));
  });
});

it('pictures that lead a group are encoded with the group before, and the group begins with a picture that a decoder may enter at', async () => {
  const s = await splice(programme('led.mp4', OPEN), file('out-led.mp4'), (n) => n === 13 || n === 34);
  await expectFaithful(s, file('out-led.mp4'));
  // Shown from frame 0, 9 (the CRA picture is frame 12), 21 and 33 on: frame 34 leads the last one, whose own pictures stay.
  expect([...s.copiedFrames]).toEqual([...frames(0, 8), ...frames(24, 32), ...frames(36, 47)]);
  const kinds = await slicesOf(s.delivered);
  expect(kinds.filter((kind) => kind === HEVC_NAL.cra)).toHaveLength(0);
  expect(kinds.filter((kind) => kind === HEVC_NAL.blaRadl)).toHaveLength(2);
  expect(kinds.filter((kind) => kind === HEVC_NAL.raslN || kind === HEVC_NAL.raslR)).toHaveLength(0);
  const digests = s.got.map((data) => createHash('md5').update(data).digest('hex'));
  for (const at of [8, 9, 23, 24, 33, 36]) {
    expect(fromTime(file('out-led.mp4'), at / 25 - 0.002, 3, 'yuv420p'), `from frame ${at}`).toEqual(digests.slice(at, at + 3));
  }
});

it('what was delivered can be worked on again: each time under other numbers', async () => {
  await splice(programme('plain.mp4', OPEN), file('once.mp4'), within(0, 3));
  const s = await splice(file('once.mp4'), file('twice.mp4'), within(46, 47));
  await expectFaithful(s, file('twice.mp4'));
  const record = readHevcConfiguration(await decoderRecord(s.delivered));
  const numbers = (kind: number, of: (nal: Uint8Array) => number): number[] => unitsOf(record, kind).map(of);
  expect(numbers(HEVC_NAL.vps, readHevcVps)).toEqual([0, 1, 2]);
  expect(numbers(HEVC_NAL.sps, (nal) => readHevcSps(nal).id)).toEqual([0, 1, 2]);
  expect(numbers(HEVC_NAL.pps, (nal) => readHevcPps(nal).id)).toEqual([0, 16, 17]);
});
