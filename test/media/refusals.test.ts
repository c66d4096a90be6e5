import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/core/errors.js';
import { decodeFrames, type DecodeReport } from '../../src/media/decode.js';
import { assertDeliverable, encodeProgramme } from '../../src/media/encode.js';
import { frameTimes } from '../../src/media/decode.js';
import { planarFormat, resolveColour } from '../../src/media/pixel-format.js';
import { probe } from '../../src/media/probe.js';
import { copyProgramme } from '../../src/media/publish.js';
import { readVersion } from '../../src/media/tools.js';
import { ffmpeg, sha256, temporaryFolder } from '../fixtures/programmes.js';
import { frameDigests, leftovers, picture, small, tone } from './support.js';

const folder = temporaryFolder('refusals');
const file = (name: string): string => path.join(folder, name);
const good = file('good.mp4');
beforeAll(() => small(good));

const refusal = (code: ErrorCode, words: string | RegExp) => ({
  code,
  message: (words instanceof RegExp ? expect.stringMatching(words) : expect.stringContaining(words)) as string,
});

describe('a file is refused', () => {
  it('case 4: when it is missing, a folder or empty', async () => {
    writeFileSync(file('empty.mp4'), '');
    await expect(probe(file('nowhere.mp4'))).rejects.toMatchObject(refusal('TEXTLESS_NOT_FOUND', 'nowhere.mp4 does not exist'));
    await expect(probe(folder)).rejects.toMatchObject(refusal('TEXTLESS_NOT_MEDIA', 'is not a file'));
    await expect(probe(file('empty.mp4'))).rejects.toMatchObject(refusal('TEXTLESS_EMPTY', 'is empty'));
  });

  it('when it is text, a cut-off MP4 or has no picture', async () => {
    writeFileSync(file('letter.mp4'), 'Dear viewers,\n'.repeat(300));
    copyFileSync(good, file('cut.mp4'));
    truncateSync(file('cut.mp4'), 2000);
    ffmpeg(...tone(300), file('radio.mp4'));
    await expect(probe(file('letter.mp4'))).rejects.toMatchObject(refusal('TEXTLESS_NOT_MEDIA', 'letter.mp4'));
    await expect(probe(file('cut.mp4'))).rejects.toMatchObject(refusal('TEXTLESS_INCOMPLETE', /incomplete/));
    await expect(probe(file('radio.mp4'))).rejects.toMatchObject(refusal('TEXTLESS_UNSUPPORTED', 'has no picture'));
  });

  it('when its pictures are not planar YUV, and the message names the format', async () => {
    for (const [format, codec] of [
      ['gbrp', 'ffv1'],
      ['yuv411p', 'ffv1'],
      ['gbrap', 'ffv1'],
      ['yuv420p16le', 'ffv1'],
    ]) {
      ffmpeg(...picture('64x48', '25', 0.1), '-pix_fmt', format, '-c:v', codec, file(`${format}.mkv`));
      await expect(probe(file(`${format}.mkv`))).rejects.toMatchObject(refusal('TEXTLESS_UNSUPPORTED', format));
    }
  });

  it('case 19: when it is larger than 8192 samples', async () => {
    ffmpeg('-f', 'lavfi', '-i', 'color=s=8200x16:d=0.04', '-pix_fmt', 'yuv420p', '-c:v', 'ffv1', file('wide.mkv'));
    await expect(probe(file('wide.mkv'))).rejects.toMatchObject(refusal('TEXTLESS_UNSUPPORTED', '8200×16'));
  });

  it('before any work when its codec cannot be written', async () => {
    ffmpeg(...picture('64x48', '25', 0.2), '-c:v', 'flashsv', file('screen.flv'));
    ffmpeg(...picture('64x48', '25', 0.2), '-c:v', 'libtheora', '-pix_fmt', 'yuv420p', file('theora.mkv'));
    await expect(probe(file('screen.flv'))).rejects.toMatchObject(refusal('TEXTLESS_UNSUPPORTED', 'bgr24'));
    const theora = await probe(file('theora.mkv'));
    expect(() => assertDeliverable(theora)).toThrow(
      expect.objectContaining(refusal('TEXTLESS_UNSUPPORTED', 'no encoder here for theora')) as Error,
    );
  });
});

describe('a playlist with the name of a programme', () => {
  it('case 20: opens neither other files nor hosts', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.ts`;
      ffmpeg('-i', good, '-c', 'copy', file('segment.ts'));
      const head = '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n';
      writeFileSync(file('list.ts'), `${head}#EXTINF:0.4,\nsegment.ts\n#EXT-X-ENDLIST\n`);
      writeFileSync(file('remote.ts'), `${head}#EXTINF:0.4,\n${address}\n#EXT-X-ENDLIST\n`);
      writeFileSync(file('concat.mp4'), "ffconcat version 1.0\nfile 'good.mp4'\n");
      // The lists are good: ffprobe follows them when it is not told otherwise.
      expect(execFileSync('ffprobe', ['-v', 'error', '-allowed_extensions', 'ALL', '-show_streams', file('list.ts')]).toString()).toContain(
        'h264',
      );
      for (const name of ['list.ts', 'remote.ts', 'concat.mp4']) {
        await expect(probe(file(name))).rejects.toMatchObject(refusal('TEXTLESS_NOT_MEDIA', 'playlist'));
      }
      expect(asked).toBe(0);
    } finally {
      server.close();
    }
  });
});

describe('names', () => {
  const NAMES = [
    'a b  c.mp4',
    `it's "quoted".mp4`,
    '-v.mp4',
    '日本語ニュース.mp4',
    'News: 20:15.mp4',
    'frame%03d.mp4',
    'line\nbreak.mp4',
    '[0]{a}*?.mp4',
    '~$HOME;`x`.mp4',
    'tab\there.mp4',
    'feed 📺.mp4',
    'أخبار\u202e4pm.mp4',
    'caf\u00e9.mp4',
    'cafe\u0301.mp4',
    `${'ä'.repeat(125)}x.mp4`, // 255 bytes
    'dot at the end.mp4.',
    'blank at the end.mp4 ',
    'CON',
    'concat:good.mp4|good.mp4',
    'subfile,,start,0,end,0,,:good.mp4',
  ];

  it.each(NAMES)('case 21: %j is read, encoded to and copied to', async (name) => {
    mkdirSync(file('in'), { recursive: true });
    mkdirSync(file('out'), { recursive: true });
    copyFileSync(good, path.join(file('in'), name));
    const programme = await probe(path.join(file('in'), name));
    const times = await frameTimes(programme);
    expect(times.ticks).toHaveLength(10);
    const target = path.join(file('out'), name);
    await encodeProgramme(programme, decodeFrames(programme), times, target);
    expect((await probe(target)).name).toBe(name);
    await copyProgramme(programme, target, { overwrite: true });
    expect(sha256(target)).toBe(sha256(good));
    expect(leftovers(file('out'))).toEqual([]);
  });

  it('case 21: that are not UTF-8 are refused with a code, and the file stays as it is', async () => {
    const real = Buffer.concat([Buffer.from(`${folder}/not`), Buffer.from([0xff, 0xfe]), Buffer.from('.mp4')]);
    writeFileSync(real, readFileSync(good));
    const listed = readdirSync(folder).find((name) => name.startsWith('not') && name.includes('\ufffd'));
    expect(listed).toBeDefined();
    await expect(probe(file(listed ?? ''))).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND' });
    expect(readFileSync(real).equals(readFileSync(good))).toBe(true);
  });

  it('relative to the working folder are resolved', async () => {
    const programme = await probe(path.relative(process.cwd(), good));
    expect(programme.path).toBe(good);
    expect(path.isAbsolute(programme.path)).toBe(true);
  });
});

describe('damage', () => {
  it('case 5: in the middle or at the end of a file costs only what is damaged, and is reported', async () => {
    ffmpeg(...picture('96x64', '25', 2), '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', '-pix_fmt', 'yuv420p', file('whole.ts'));
    const bytes = readFileSync(file('whole.ts'));
    bytes.fill(0xa5, 60_000, 64_000);
    writeFileSync(file('damaged.ts'), bytes.subarray(0, bytes.length - 20_000));
    const programme = await probe(file('damaged.ts'));
    let report: DecodeReport | undefined;
    let frames = 0;
    for await (const frame of decodeFrames(programme, { onReport: (r) => (report = r) })) expect(frame.index).toBe(frames++);
    expect(frames).toBeGreaterThan(25);
    expect(report?.frames).toBe(frames);
    expect(report?.times.ticks).toHaveLength(frames);
    expect(report?.complaints.length).toBeGreaterThan(0);
    const times = await frameTimes(programme);
    expect(times.ticks).toEqual(report?.times.ticks);
    const result = await encodeProgramme(programme, decodeFrames(programme), times, file('mended.ts'));
    expect(result.frames).toBe(frames);
  });

  it('that leaves no picture is an error', async () => {
    copyFileSync(good, file('hollow.mp4'));
    const programme = await probe(file('hollow.mp4'));
    const bytes = readFileSync(good);
    const start = bytes.indexOf('mdat') + 4;
    bytes.fill(0, start, start + bytes.readUInt32BE(start - 8) - 8);
    writeFileSync(file('hollow.mp4'), bytes);
    await expect(frameDigests(programme)).rejects.toMatchObject({ code: 'TEXTLESS_DECODE' });
    await expect(frameTimes(programme)).rejects.toMatchObject({ code: 'TEXTLESS_DECODE' });
  });

  it('by a change of size on the way is refused', async () => {
    ffmpeg('-i', good, '-c', 'copy', '-f', 'mpegts', file('one.ts'));
    ffmpeg(...picture('320x240'), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-f', 'mpegts', file('two.ts'));
    writeFileSync(file('changing.ts'), Buffer.concat([readFileSync(file('one.ts')), readFileSync(file('two.ts'))]));
    const programme = await probe(file('changing.ts'));
    await expect(frameTimes(programme)).rejects.toMatchObject(refusal('TEXTLESS_UNSUPPORTED', 'changes size at frame 10'));
    await expect(frameDigests(programme)).rejects.toMatchObject(refusal('TEXTLESS_UNSUPPORTED', 'changes size'));
  });
});

describe('what is known without a file', () => {
  it('case 39: versions of ffmpeg: 5.1 and newer, and builds from git', () => {
    expect(readVersion('ffmpeg version 5.1.9-0+deb12u1 Copyright')).toEqual({ version: '5.1.9-0+deb12u1', usable: true });
    for (const version of ['n7.1', '6.0', 'N-47683-g0e8eb07980', '12.0'])
      expect(readVersion(`ffprobe version ${version} x`)?.usable).toBe(true);
    for (const version of ['4.4.2', '5.0.1', 'n4.1']) expect(readVersion(`ffmpeg version ${version} x`)?.usable).toBe(false);
    expect(readVersion('BusyBox v1.35')).toBeUndefined();
  });

  it('layouts: packed twins become planar, others are unknown', () => {
    expect(planarFormat('nv12')).toEqual({ name: 'yuv420p', chroma: '420', depth: 8 });
    expect(planarFormat('p010le')).toEqual({ name: 'yuv420p10le', chroma: '420', depth: 10 });
    expect(planarFormat('yuvj444p')).toEqual({ name: 'yuvj444p', chroma: '444', depth: 8 });
    expect(planarFormat('gray12le')).toEqual({ name: 'gray12le', chroma: 'gray', depth: 12 });
    expect(planarFormat('yuva444p12le')).toEqual({ name: 'yuva444p12le', chroma: '444', depth: 12, alpha: true });
    for (const name of ['rgb24', 'yuva420p16le', 'pal8', 'yuv411p', 'yuv420p14le', 'yuvj420p10le', 'yuv420p10be', 'gray16le', '']) {
      expect(planarFormat(name)).toBeUndefined();
    }
  });

  it('colour: tags first, then the height', () => {
    expect(resolveColour({}, 'yuv420p', 576)).toEqual({ matrix: 'bt601', range: 'limited' });
    expect(resolveColour({}, 'yuv420p', 720)).toEqual({ matrix: 'bt709', range: 'limited' });
    expect(resolveColour({ space: 'smpte170m' }, 'yuv420p', 1080)).toEqual({ matrix: 'bt601', range: 'limited' });
    expect(resolveColour({ primaries: 'bt2020', range: 'tv' }, 'yuv420p10le', 2160)).toEqual({ matrix: 'bt2020', range: 'limited' });
    expect(resolveColour({}, 'yuvj420p', 480).range).toBe('full');
  });
});
