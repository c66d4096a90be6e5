import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitWriter } from '../../../src/media/coded/bits.js';
import { carriedFrames } from '../../../src/media/coded/side/carried-frames.js';
import { sideDataDifference } from '../../../src/media/coded/side/difference.js';
import { SEI } from '../../../src/media/coded/side/sei.js';
import { frameTimes } from '../../../src/media/decode.js';
import { assertDeliverable } from '../../../src/media/encode.js';
import { probe } from '../../../src/media/probe.js';
import { temporaryFolder } from '../../fixtures/programmes.js';
import { pass, picture } from '../support.js';
import { frameCaptions, popOn } from './captions.js';
import { countOf, decodedFrames, markedProgramme } from './marked.js';

const folder = temporaryFolder('beside');
const file = (name: string): string => path.join(folder, name);
const AVC = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-pix_fmt', 'yuv420p'];
const still = (frames: number, rate: string): string[] => ['-f', 'lavfi', '-i', `testsrc2=s=96x64:r=${rate},trim=end_frame=${frames}`];

/** HDR10+ (SMPTE ST 2094-40, with the head of CTA-861-H, S.1): one window of this brightness. */
function hdr10plus(brightest: number): Buffer {
  const bits = new BitWriter();
  for (const byte of [0xb5, 0x00, 0x3c, 0x00, 0x01, 4, 1]) bits.bits(byte, 8);
  bits.bits(1, 2);
  bits.bits(400, 27);
  bits.flag(false);
  for (const value of [brightest, brightest, brightest, 1000]) bits.bits(value, 17);
  bits.bits(0, 4);
  bits.bits(0, 10);
  for (let i = 0; i < 3; i++) bits.flag(false);
  return Buffer.from(bits.message());
}

/**
 * Each group of an MPEG-2 stream: the frames coded before it, which are those shown before it, and its time code, read bit by bit
 * (ISO/IEC 13818-2, 6.2.2.6).
 */
function groupCodes(name: string): string[] {
  const stream = execFileSync('ffmpeg', ['-v', 'error', '-i', name, '-map', '0:v', '-c', 'copy', '-f', 'mpeg2video', '-'], {
    maxBuffer: 1 << 28,
  });
  const out: string[] = [];
  let pictures = 0;
  for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0; at = stream.indexOf('000001', at + 3, 'hex')) {
    if (stream[at + 3] === 0) pictures++;
    if (stream[at + 3] !== 0xb8) continue;
    const bits = stream
      .readUInt32BE(at + 4)
      .toString(2)
      .padStart(32, '0');
    const [h, m, s, f] = [bits.slice(1, 6), bits.slice(6, 12), bits.slice(13, 19), bits.slice(19, 25)].map((n) =>
      String(parseInt(n, 2)).padStart(2, '0'),
    );
    out.push(`${pictures} ${h}:${m}:${s}${bits.startsWith('1') ? ';' : ':'}${f}`);
  }
  return out;
}

const UUID = Buffer.from('9c7dbb1cd7c94e0f8a7a0d2ef2a1b3c4', 'hex');

describe('what else pictures carry', () => {
  it('HDR10+ of HEVC stays, and what holds for all pictures is said again where they can be entered', async () => {
    const encode = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=5', '-pix_fmt', 'yuv420p10le'];
    const light = Buffer.from([0x03, 0xe8, 0x01, 0x90]);
    await markedProgramme(file('hdr.mp4'), 'hevc', [...still(12, '25'), ...encode], {
      frame: (at) => [
        { sei: SEI.registered, bytes: hdr10plus(10_000 + at) },
        ...(at === 0 ? [{ sei: SEI.contentLight, bytes: light }] : []),
      ],
    });
    const { source, delivered, times, result } = await pass(file('hdr.mp4'), file('out-hdr.mp4'));
    expect(result.losses).toEqual([]);
    expect(await sideDataDifference(source, delivered, { times })).toBeUndefined();
    const shown = decodedFrames(delivered.path);
    expect(countOf(shown, 'HDR Dynamic Metadata SMPTE2094-40 (HDR10+)')).toBe(12);
    const maxima = shown.map((f) => f.side_data_list?.find((s) => String(s.side_data_type).includes('2094-40'))?.['maxscl']);
    expect(maxima).toEqual(Array.from({ length: 12 }, (_, at) => `${10_000 + at}/100000`));
    expect(countOf(shown, 'Content light level metadata')).toBe(12);
  });

  it('user data of others stays, the name of the encoder does not', async () => {
    const data = (at: number): Buffer => Buffer.concat([UUID, Buffer.from([0, 0, 0, at, 0, 0])]);
    await markedProgramme(file('user.ts'), 'h264', [...still(10, '25'), ...AVC], {
      frame: (at) => (at % 3 === 0 ? [{ sei: SEI.unregistered, bytes: data(at) }] : []),
    });
    const { source, delivered, times } = await pass(file('user.ts'), file('out-user.ts'));
    const found: string[] = [];
    for await (const { payloads } of carriedFrames(delivered))
      found.push(...payloads.map(({ bytes }) => Buffer.from(bytes).toString('hex')));
    expect(found.sort()).toEqual([0, 3, 6, 9].map((at) => data(at).toString('hex')));
    expect(await sideDataDifference(source, delivered, { times })).toBeUndefined();
  });

  it('clock time stamps of H.264 stay, frame by frame', async () => {
    const stamp = (at: number) => ({
      kind: [0, 0, 0] as const,
      full: true,
      flags: [0, 0] as const,
      frames: at % 25,
      seconds: 59,
      minutes: 8,
      hours: 10,
      offset: 0,
    });
    await markedProgramme(file('clock.mp4'), 'h264', [...still(10, '25'), ...AVC, '-x264-params', 'pic-struct=1'], {
      frame: () => [],
      clock: (at) => ({ structure: 0, stamps: [stamp(at)] }),
    });
    const { source, delivered, times } = await pass(file('clock.mp4'), file('out-clock.mp4'));
    const codes = (name: string) =>
      decodedFrames(name).map((f) => JSON.stringify(f.side_data_list?.find((s) => s.side_data_type === 'SMPTE 12-1 timecode')));
    expect(codes(source.path)[7]).toContain('10:08:59:07');
    expect(codes(delivered.path)).toEqual(codes(source.path));
    expect(await sideDataDifference(source, delivered, { times })).toBeUndefined();
  });

  it('time codes of MPEG-2 go on counting in groups that begin elsewhere', async () => {
    const encode = [
      '-c:v',
      'mpeg2video',
      '-g',
      '100',
      '-bf',
      '2',
      '-sc_threshold',
      '1000000000',
      '-force_key_frames',
      'expr:not(mod(n,7))',
    ];
    const code = ['-gop_timecode', '09:59:59;20', '-pix_fmt', 'yuv420p'];
    await markedProgramme(file('code.ts'), 'mpeg2video', [...still(20, '30000/1001'), ...encode, ...code], { frame: () => [] });
    const { source, delivered, times, differences } = await pass(file('code.ts'), file('out-code.ts'));
    expect(differences).toEqual([]);
    expect(await sideDataDifference(source, delivered, { times })).toBeUndefined();
    const said = groupCodes(delivered.path);
    expect(groupCodes(source.path)).toEqual(['0 09:59:59;20', '7 09:59:59;27', '14 10:00:00;04']);
    expect(said.length).toBeGreaterThan(1);
    expect(said).not.toEqual(groupCodes(source.path));
    const counted = Array.from({ length: 20 }, (_, at) =>
      at < 10 ? `09:59:59;${20 + at}` : `10:00:00;${String(at - 10).padStart(2, '0')}`,
    );
    expect(said).toEqual(said.map((line) => `${line.split(' ')[0]} ${counted[Number(line.split(' ')[0])]}`));
  });
});

describe('a delivery is refused', () => {
  const pairs = popOn('HELLO');
  const make = (name: string, data: (at: number) => Buffer[]) =>
    markedProgramme(file(name), 'h264', [...still(20, '25'), ...AVC], {
      frame: (at) => data(at).map((bytes) => ({ sei: SEI.registered, bytes: Buffer.concat([Buffer.from([0xb5, 0, 0x31]), bytes]) })),
    });

  beforeAll(async () => {
    await make('whole.mp4', (at) => [frameCaptions(at, pairs)]);
  });

  const difference = async (name: string): Promise<string | undefined> => {
    const source = await probe(file('whole.mp4'));
    return sideDataDifference(source, await probe(file(name)), { times: await frameTimes(source) });
  };

  it('only where captions differ', async () => {
    expect(await difference('whole.mp4')).toBeUndefined();
  });

  const changed = (at: number): Buffer => {
    const data = frameCaptions(at, pairs);
    if (at === 7) data[20] ^= 1;
    return data;
  };

  it.each([
    ['one byte of captions is another', 7, (at: number) => [changed(at)]],
    ['a frame lacks them', 13, (at: number) => (at === 13 ? [] : [frameCaptions(at, pairs)])],
    ['all are a frame late', 0, (at: number) => (at === 0 ? [] : [frameCaptions(at - 1, pairs)])],
  ])('where %s', async (_, frame, data) => {
    await make(`other-${frame}.mp4`, data);
    expect(await difference(`other-${frame}.mp4`)).toMatch(new RegExp(`captions .* frame ${frame} `));
  });

  it('before it is made, nothing is said to be lost but what a codec or container has no place for', async () => {
    const source = await probe(file('whole.mp4'));
    expect(source.video.sideData.map((d) => d.type)).toContain('ATSC A53 Part 4 Closed Captions');
    expect(assertDeliverable(source)).toEqual([]);
    const other = { ...source, container: 'avi' };
    expect(assertDeliverable(other)).toEqual([expect.stringContaining('closed captions')]);
  });
});

it('captions of a DVD, which stand with groups of pictures, are said to be lost', async () => {
  // One block of captions for the group: a pattern, then for each field FF or FE and two bytes.
  const data = Buffer.from('434301f882ff9420fe8080', 'hex');
  await markedProgramme(file('dvd.mpg'), 'mpeg2video', [...still(12, '30000/1001'), '-c:v', 'mpeg2video', '-pix_fmt', 'yuv420p'], {
    frame: () => [],
    group: data,
  });
  const { result, differences } = await pass(file('dvd.mpg'), file('out-dvd.mpg'));
  expect(differences).toEqual([]);
  expect(result.losses).toEqual([expect.stringContaining('closed captions that stand with groups of pictures')]);
});

it('a programme that carries nothing is written as before', async () => {
  await markedProgramme(file('bare.mkv'), 'h264', [...picture('96x64'), ...AVC], { frame: () => [] });
  const { differences, source, delivered, times } = await pass(file('bare.mkv'), file('out-bare.mkv'));
  expect(differences).toEqual([]);
  expect(await sideDataDifference(source, delivered, { times })).toBeUndefined();
});
