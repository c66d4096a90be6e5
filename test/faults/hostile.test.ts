import { execFileSync } from 'node:child_process';
import { closeSync, constants, linkSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { assertPlainFile } from '../../src/media/plain-file.js';
import { probe } from '../../src/media/probe.js';
import { useTools } from '../../src/media/tools.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { picture, program, small, tone } from '../media/support.js';

const folder = temporaryFolder('hostile');
const file = (name: string): string => path.join(folder, name);
const good = file('good.mp4');
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const CENC = [
  '-encryption_scheme',
  'cenc-aes-ctr',
  '-encryption_key',
  '76a6c65c5ea762046bd749a2e632ccbb',
  '-encryption_kid',
  'a7e61c373e219033c21091fa607bf3b8',
];

beforeAll(() => small(good));
afterEach(() => useTools({}));

/** A copy of a file with some of its bytes changed. */
function forged(name: string, from: string, change: (bytes: Buffer) => void): string {
  const bytes = readFileSync(from);
  change(bytes);
  writeFileSync(file(name), bytes);
  return file(name);
}

/** Sets transport_scrambling_control of the packets of a PID from a part of the file on, payload and all. */
function scramble(bytes: Buffer, pid: number, from: number): void {
  for (let at = Math.floor((bytes.length * from) / 188) * 188; at < bytes.length; at += 188) {
    if ((bytes.readUInt16BE(at + 1) & 0x1fff) !== pid) continue;
    bytes[at + 3] |= 0x80;
    const payload = at + 4 + (bytes[at + 3] & 0x20 ? bytes[at + 4] + 1 : 0);
    for (let i = payload; i < at + 188; i++) bytes[i] ^= 0x5a + (i % 91);
  }
}

describe('case 16: what is encrypted is refused', () => {
  const ENCRYPTED = { code: 'TEXTLESS_ENCRYPTED', exitStatus: 3, message: expect.stringContaining('is encrypted') as string };

  it.each(['+faststart', '+frag_keyframe+empty_moov'])('MP4 with common encryption (%s)', async (flags) => {
    ffmpeg(...picture('96x64', '25', 1), ...H264, '-movflags', flags, ...CENC, file('cenc.mp4'));
    await expect(probe(file('cenc.mp4'))).rejects.toMatchObject(ENCRYPTED);
  });

  it('MP4 of which only the sound is encrypted', async () => {
    ffmpeg(...tone(440, 1), '-c:a', 'aac', ...CENC, file('sound.mp4'));
    ffmpeg(...picture('96x64', '25', 1), ...tone(440, 1), ...H264, '-c:a', 'aac', file('clear.mp4'));
    await probe(file('clear.mp4'));
    const enca = forged('enca.mp4', file('clear.mp4'), (bytes) =>
      bytes.write('enca', bytes.indexOf('mp4a', bytes.indexOf('soun')), 'latin1'),
    );
    await expect(probe(enca)).rejects.toMatchObject(ENCRYPTED);
  });

  it('MPEG-TS with scrambled pictures, from the start or from the middle on, in packets of 188 and of 192 bytes', async () => {
    const noise = ['-vf', 'noise=alls=90:allf=t', '-b:v', '12M'];
    ffmpeg(...picture('320x180', '25', 4), ...noise, ...H264, '-qp', '12', '-streamid', '0:777', file('clear.ts'));
    const clear = await probe(file('clear.ts'));
    expect(clear.bytes).toBeGreaterThan(3 << 20);
    for (const from of [0, 0.4]) {
      const name = forged(`from-${from}.ts`, file('clear.ts'), (bytes) => scramble(bytes, 777, from));
      await expect(probe(name), `from ${from}`).rejects.toMatchObject(ENCRYPTED);
    }
    const scrambled = readFileSync(file('from-0.ts'));
    const packets = Array.from({ length: scrambled.length / 188 }, (_, n) => scrambled.subarray(n * 188, n * 188 + 188));
    writeFileSync(file('blu.m2ts'), Buffer.concat(packets.flatMap((packet) => [Buffer.alloc(4), packet])));
    await expect(probe(file('blu.m2ts'))).rejects.toMatchObject(ENCRYPTED);
  });

  it('but not MPEG-TS in which a few packets say so by error of transmission', async () => {
    ffmpeg(...picture('320x180', '25', 2), ...H264, '-streamid', '0:777', file('air.ts'));
    const name = forged('errors.ts', file('air.ts'), (bytes) => {
      for (let at = 188 * 40; at < bytes.length; at += 188 * 23) bytes[at + 3] |= 0xc0;
    });
    expect((await probe(name)).video.codec).toBe('h264');
  });

  it('MPEG-PS with scrambled pictures, as a DVD has', async () => {
    ffmpeg(...picture('320x180', '25', 2), '-c:v', 'mpeg2video', '-b:v', '3M', '-f', 'vob', file('clear.vob'));
    expect((await probe(file('clear.vob'))).container).toBe('mpeg');
    const css = forged('css.vob', file('clear.vob'), (bytes) => {
      const start = Buffer.from([0, 0, 1, 0xe0]);
      let at = bytes.indexOf(start, 4096); // the first sectors are clear, so that players find their way
      for (; at >= 0; at = bytes.indexOf(start, at + 4)) bytes[at + 6] |= 0x30;
    });
    await expect(probe(css)).rejects.toMatchObject(ENCRYPTED);
  });
});

/** EBML element with a size of eight bytes. */
function element(id: string, ...content: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part as string)));
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE((1n << 56n) | BigInt(body.length));
  return Buffer.concat([Buffer.from(id, 'hex'), size, body]);
}

/** Matroska that declares a crowd of tracks and has hardly more. */
function crowd(count: number): Buffer {
  const number = Buffer.from([1, 2, 3]);
  const track = element('ae', element('d7', number), element('73c5', number), element('83', Buffer.from([2])), element('86', 'A_AC3'));
  const tracks = Buffer.alloc(track.length * count, track);
  const head = element('1a45dfa3', element('4282', 'matroska'), element('4287', Buffer.from([4])), element('4285', Buffer.from([2])));
  const info = element('1549a966', element('2ad7b1', Buffer.from([15, 66, 64])));
  const cluster = element('1f43b675', element('e7', Buffer.from([0])), element('a3', Buffer.from([0x81, 0, 0, 0x80, 1, 2, 3])));
  return Buffer.concat([head, element('18538067', info, element('1654ae6b', tracks), cluster)]);
}

describe('case 19: what declares more than any programme has is refused before it costs anything', () => {
  /** ffprobe with 2 s of processor time and 200 MB of data: what needs more, fails, and then the answer is another one. */
  const frugal = (): void => useTools({ ffprobe: program(file('frugal'), 'ulimit -S -t 2; ulimit -d 204800; exec ffprobe "$@"') });
  const unsupported = (words: string) => ({
    code: 'TEXTLESS_UNSUPPORTED',
    exitStatus: 3,
    message: expect.stringContaining(words) as string,
  });

  it('the allowance is enough for an honest file, and holds', async () => {
    frugal();
    expect((await probe(good)).video.codec).toBe('h264');
    const greedy = program(file('greedy'), `ulimit -d 204800; exec perl -e 'my $x = "x" x 300_000_000; print length $x'`);
    expect(() => execFileSync(greedy, { stdio: 'ignore' })).toThrow();
  });

  it('pictures of 65,535 × 65,535 samples', async () => {
    frugal();
    ffmpeg(...picture('64x48', '25', 0.2), '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', file('small.mov'));
    const sides = Buffer.from([255, 255, 255, 255]);
    const huge = forged('huge.mov', file('small.mov'), (bytes) => {
      const entry = bytes.indexOf('jpeg', bytes.indexOf('stsd'));
      sides.copy(bytes, entry + 28); // width and height of the sample entry
      const marker = Buffer.from([0xff, 0xc0, 0, 0x11, 8]);
      for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 5)) sides.copy(bytes, at + 5); // of each frame
    });
    await expect(probe(huge)).rejects.toMatchObject(unsupported('cannot be processed'));
  });

  it('16,000 × 8,000 samples of black', async () => {
    frugal();
    ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'color=black:s=16000x8000:r=25:d=0.04',
      '-pix_fmt',
      'yuv420p',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      file('black.mkv'),
    );
    await expect(probe(file('black.mkv'))).rejects.toMatchObject(unsupported('larger than 8192'));
  });

  it('a thousand pictures a second', async () => {
    frugal();
    ffmpeg(...picture('64x48', '1000', 0.1), ...H264, file('fast.mp4'));
    await expect(probe(file('fast.mp4'))).rejects.toMatchObject(unsupported('300 pictures a second'));
  });

  it.each([300, 100_000, 1_000_000])('%i tracks of Matroska', async (count) => {
    frugal();
    writeFileSync(file('crowd.mkv'), crowd(count));
    await expect(probe(file('crowd.mkv'))).rejects.toMatchObject(unsupported('more than 256 streams'));
  });

  it('300 tracks of MP4', async () => {
    frugal();
    ffmpeg('-i', good, ...Array.from({ length: 300 }, () => ['-map', '0:0']).flat(), '-c', 'copy', file('crowd.mp4'));
    await expect(probe(file('crowd.mp4'))).rejects.toMatchObject(unsupported('more than 256 streams'));
  });

  it('a duration of years', async () => {
    frugal();
    ffmpeg('-i', good, '-c', 'copy', file('short.mkv'));
    const long = forged('long.mkv', file('short.mkv'), (bytes) =>
      bytes.writeDoubleBE(1e11, bytes.indexOf(Buffer.from([0x44, 0x89, 0x88])) + 3),
    );
    await expect(probe(long)).rejects.toMatchObject(unsupported('duration of'));
  });

  it('sound of 255 channels', async () => {
    frugal();
    ffmpeg('-i', good, ...tone(440), '-c:v', 'copy', '-c:a', 'pcm_s16le', file('mono.mkv'));
    const choir = forged('choir.mkv', file('mono.mkv'), (bytes) => void (bytes[bytes.indexOf(Buffer.from([0x9f, 0x81, 1])) + 2] = 255));
    await expect(probe(choir)).rejects.toMatchObject(unsupported('255 channels'));
  });
});

describe('case 23: what is not a plain file is refused without being opened', () => {
  const refusal = (what: string) => ({ code: 'TEXTLESS_NOT_MEDIA', exitStatus: 3, message: expect.stringContaining(what) as string });

  it('a link, a folder, a device and a socket', async () => {
    symlinkSync(good, file('link.mp4'));
    mkdirSync(file('folder.mp4'));
    const server = createServer().listen(file('socket.mp4'));
    await once(server, 'listening');
    try {
      await expect(assertPlainFile(file('link.mp4'))).rejects.toMatchObject(refusal('a symbolic link'));
      await expect(assertPlainFile(file('folder.mp4'))).rejects.toMatchObject(refusal('a folder'));
      await expect(assertPlainFile('/dev/zero')).rejects.toMatchObject(refusal('a device'));
      await expect(assertPlainFile(file('socket.mp4'))).rejects.toMatchObject(refusal('a socket'));
      for (const name of [file('folder.mp4'), '/dev/zero', file('socket.mp4')])
        await expect(probe(name)).rejects.toMatchObject({ code: 'TEXTLESS_NOT_MEDIA' });
    } finally {
      server.close();
    }
  });

  it('a pipe, which whoever opens it would wait at for ever', async () => {
    execFileSync('mkfifo', [file('pipe.mp4')]);
    await expect(assertPlainFile(file('pipe.mp4'))).rejects.toMatchObject(refusal('a pipe'));
    await expect(probe(file('pipe.mp4'))).rejects.toMatchObject({ code: 'TEXTLESS_NOT_MEDIA' });
    // Only where somebody has it open for reading can it be opened for writing without waiting.
    expect(() => closeSync(openSync(file('pipe.mp4'), constants.O_WRONLY | constants.O_NONBLOCK))).toThrow('ENXIO');
  });

  it('but a hard link is a file like any other, and what is missing is said to be missing', async () => {
    linkSync(good, file('hard.mp4'));
    await assertPlainFile(good);
    await assertPlainFile(file('hard.mp4'));
    expect((await probe(file('hard.mp4'))).video.codec).toBe('h264');
    await expect(assertPlainFile(file('nowhere.mp4'))).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND' });
  });
});
