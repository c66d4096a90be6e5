import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { carriedFrames } from '../../../src/media/coded/side/carried-frames.js';
import { sideDataDifference } from '../../../src/media/coded/side/difference.js';
import type { Programme } from '../../../src/media/programme.js';
import { assertDeliverable } from '../../../src/media/encode.js';
import { probe } from '../../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../../fixtures/programmes.js';
import { splice } from '../gops-support.js';
import { packetDigests, pass, picture, tone } from '../support.js';
import { activeFormat, barData, frameCaptions, popOn } from './captions.js';
import { asUserData, countOf, decodedFrames, markedProgramme, readText, type MarkedCodec } from './marked.js';

const folder = temporaryFolder('carrying');
const file = (name: string): string => path.join(folder, name);

const TEXT = 'CAPTIONS STAY';
const PAIRS = popOn(TEXT);
const FRAMES = 30;

/** What frame `at` carries: captions in each, the active format in each, bars now and then. */
const userData = (at: number): Buffer[] => [
  frameCaptions(at, PAIRS, 5 + (at % 16)),
  activeFormat(at < 15 ? 8 : 10),
  ...(at % 4 === 1 ? [barData(240, 1680 + at)] : []),
];

/** User data of the frames of a file in order of presentation, as hexadecimal digits, without what is around it in the codec. */
async function dataOf(programme: Programme): Promise<string[]> {
  const frames: { pts: number; data: string }[] = [];
  for await (const { pts, payloads } of carriedFrames(programme)) {
    const data = payloads.map(({ sei, bytes }) => Buffer.from(bytes.subarray(sei === undefined ? 0 : 3)).toString('hex'));
    frames.push({ pts, data: data.join(' ') });
  }
  return frames.sort((a, b) => a.pts - b.pts).map(({ data }) => data);
}

const MPEG2 = ['-c:v', 'mpeg2video', '-b:v', '3M', '-bf', '2', '-g', '12'];
const AVC = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '15'];
const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=15:bframes=3'];

const CASES: { name: string; codec: MarkedCodec; encode: string[]; out: string[] }[] = [
  { name: 'mpeg2.ts', codec: 'mpeg2video', encode: [...MPEG2, '-flags', '+ildct+ilme'], out: ['-c:a', 'ac3', '-f', 'mpegts'] },
  { name: 'mpeg2.mpg', codec: 'mpeg2video', encode: MPEG2, out: ['-c:a', 'ac3', '-f', 'vob'] },
  { name: 'mpeg2.mkv', codec: 'mpeg2video', encode: MPEG2, out: ['-c:a', 'ac3'] },
  { name: 'mpeg2.mp4', codec: 'mpeg2video', encode: MPEG2, out: ['-c:a', 'aac'] },
  { name: 'avc.ts', codec: 'h264', encode: [...AVC, '-flags', '+ildct+ilme'], out: ['-c:a', 'ac3', '-f', 'mpegts'] },
  { name: 'avc.mp4', codec: 'h264', encode: AVC, out: ['-c:a', 'aac'] },
  { name: 'avc.mov', codec: 'h264', encode: AVC, out: ['-c:a', 'pcm_s16le'] },
  { name: 'avc.mkv', codec: 'h264', encode: AVC, out: ['-c:a', 'ac3'] },
  { name: 'avc.flv', codec: 'h264', encode: AVC, out: ['-c:a', 'aac'] },
  { name: 'hevc.ts', codec: 'hevc', encode: HEVC, out: ['-c:a', 'ac3', '-f', 'mpegts'] },
  { name: 'hevc.mp4', codec: 'hevc', encode: HEVC, out: ['-c:a', 'aac', '-tag:v', 'hvc1'] },
  { name: 'hevc.mkv', codec: 'hevc', encode: HEVC, out: ['-c:a', 'ac3'] },
];

describe('captions, active format and bars are in the new pictures as they were in the old', () => {
  it.each(CASES)('$name', async ({ name, codec, encode, out }) => {
    const input = ['-f', 'lavfi', '-i', `testsrc2=s=192x128:r=30000/1001,trim=end_frame=${FRAMES}`, '-pix_fmt', 'yuv420p'];
    await markedProgramme(file(name), codec, [...input, ...encode], { frame: asUserData(codec, userData) }, [...tone(440, 1), ...out]);
    const { source, delivered, differences, result, times } = await pass(file(name), file(`out-${name}`));
    expect(differences).toEqual([]);
    expect(result.losses).toEqual([]);
    const data = await dataOf(delivered);
    expect(data).toEqual(
      Array.from({ length: FRAMES }, (_, at) =>
        userData(at)
          .map((d) => d.toString('hex'))
          .join(' '),
      ),
    );
    expect(await dataOf(source)).toEqual(data);
    expect(await sideDataDifference(source, delivered, { times })).toBeUndefined();
    const decoded = decodedFrames(delivered.path);
    expect(countOf(decoded, 'ATSC A53 Part 4 Closed Captions')).toBe(FRAMES);
    // ffmpeg's HEVC decoder does not know the active format; its bytes were compared above.
    if (codec !== 'hevc') expect(countOf(decoded, 'Active format description')).toBe(FRAMES);
    expect(readText(source.path)).toContain(TEXT);
    expect(readText(delivered.path)).toBe(readText(source.path));
  });
});

describe('captions elsewhere', () => {
  it('are in new pictures that stand between copied ones, and once', async () => {
    const input = ['-f', 'lavfi', '-i', 'testsrc2=s=192x128:r=30000/1001,trim=end_frame=60', '-pix_fmt', 'yuv420p', '-sc_threshold', '0'];
    await markedProgramme(file('parts.mp4'), 'h264', [...input, ...AVC], { frame: asUserData('h264', userData) });
    const { source, delivered, times, copied } = await splice(file('parts.mp4'), file('out-parts.mp4'), (at) => at >= 20 && at < 24);
    expect(copied).toHaveLength(45);
    const hexadecimal = (at: number): string =>
      userData(at)
        .map((d) => d.toString('hex'))
        .join(' ');
    expect(await dataOf(delivered)).toEqual(Array.from({ length: 60 }, (_, at) => hexadecimal(at)));
    expect(await sideDataDifference(source, delivered, { times })).toBeUndefined();
  });

  it('in a track of their own are copied in MOV, and said to be lost in MP4, whose muxer does not take them', async () => {
    const pairs = popOn(TEXT).map((pair) => Buffer.from(pair).toString('hex'));
    writeFileSync(file('track.scc'), `Scenarist_SCC V1.0\n\n00:00:00:00\t${pairs.join(' ')}\n\n`);
    const maps = ['-i', file('track.scc'), '-map', '0', '-map', '1', '-c:s', 'copy', '-pix_fmt', 'yuv420p'];
    ffmpeg(...picture('96x64', '30000/1001', 1), ...maps, '-c:v', 'libx264', file('track.mov'));
    const { differences, result } = await pass(file('track.mov'), file('out-track.mov'));
    expect(differences).toEqual([]);
    expect(result.losses).toEqual([]);
    expect(packetDigests(file('track.mov'), 1)).toHaveLength(1);
    expect(packetDigests(file('out-track.mov'), 1)).toEqual(packetDigests(file('track.mov'), 1));
    const source = await probe(file('track.mov'));
    const losses = assertDeliverable({ ...source, tags: { ...source.tags, major_brand: 'isom' } });
    expect(losses).toEqual([expect.stringMatching(/eia_608.* left out/)]);
  });
});
