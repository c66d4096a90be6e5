import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertComplete } from '../../src/media/completeness.js';
import { probe } from '../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { picture, tone } from '../media/support.js';

const folder = temporaryFolder('unfinished');
const file = (name: string): string => path.join(folder, name);

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '12', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
const MPEG2 = ['-c:v', 'mpeg2video', '-b:v', '2M', '-pix_fmt', 'yuv420p'];
const LIVE = ['-flush_packets', '1', '-seekable', '0'];

/** Programmes whose structure says where they end, and how each is made. */
const ENDING: Readonly<Record<string, readonly string[]>> = {
  'late.mp4': H264,
  'early.mp4': [...H264, '-movflags', '+faststart'],
  'fragments.mp4': [...H264, '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  'indexed.mp4': [...H264, '-movflags', '+dash+global_sidx+frag_keyframe+empty_moov'],
  'plain.mov': H264,
  'silent.mov': ['-af', 'volume=0', ...H264, '-c:a', 'pcm_s16le', '-movflags', '+faststart', '-t', '3'],
  'plain.mkv': H264,
  'cues.mkv': [...H264, '-cues_to_front', '1', '-cluster_time_limit', '500'],
  'live.mkv': [...H264, '-live', '1', '-cluster_time_limit', '500'],
  'plain.webm': ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus'],
  'plain.mxf': [...MPEG2, '-c:a', 'pcm_s16le', '-ar', '48000'],
  'live.mxf': [...MPEG2, '-c:a', 'pcm_s16le', '-ar', '48000', ...LIVE],
  'plain.avi': ['-c:v', 'mpeg4', '-c:a', 'mp2'],
  'plain.flv': H264,
  'plain.wmv': ['-c:v', 'wmv2', '-c:a', 'wmav2', '-f', 'asf'],
};

/** Streams that may stop anywhere. */
const ENDLESS: Readonly<Record<string, readonly string[]>> = {
  'plain.ts': [...H264, '-muxrate', '4M'], // padded with null packets
  'plain.mpg': [...MPEG2, '-c:a', 'mp2'],
  'plain.nut': H264,
};

const INCOMPLETE = { code: 'TEXTLESS_INCOMPLETE', message: expect.stringMatching(/incomplete: cut off, or still being written/) as string };

async function look(name: string): Promise<void> {
  await assertComplete(await probe(file(name)));
}

/** The first part of a programme; with `room`, in a file that has its full size already. */
function begun(name: string, part: number, room: boolean): string {
  const bytes = readFileSync(file(name));
  const length = Math.floor(bytes.length * part);
  const begunName = `${room ? 'room' : 'cut'}-${part}-${name}`;
  writeFileSync(
    file(begunName),
    room ? Buffer.concat([bytes.subarray(0, length), Buffer.alloc(bytes.length - length)]) : bytes.subarray(0, length),
  );
  return begunName;
}

beforeAll(() => {
  for (const [name, options] of Object.entries({ ...ENDING, ...ENDLESS })) {
    ffmpeg(...picture('320x180', '25', 3), ...tone(440, 4), ...options, file(name));
  }
});

describe('case 5: a programme that ends where it says', () => {
  it.each([...Object.keys(ENDING), ...Object.keys(ENDLESS)])('passes whole: %s', (name) => look(name));

  it.each(Object.keys(ENDING))('is refused when cut off: %s', async (name) => {
    for (const part of [0.3, 0.6, 0.95]) await expect(look(begun(name, part, false)), `${part}`).rejects.toMatchObject(INCOMPLETE);
  });

  it.each([...Object.keys(ENDING), ...Object.keys(ENDLESS)])('case 2: is refused while only its space is there: %s', async (name) => {
    for (const part of [0.3, 0.6, 0.9]) await expect(look(begun(name, part, true)), `${part}`).rejects.toMatchObject(INCOMPLETE);
  });

  it.each(Object.keys(ENDLESS))('passes cut, where nobody can know: %s', async (name) => {
    for (const part of [0.3, 0.6, 0.95]) await look(begun(name, part, false));
  });

  it('is refused when its index is whole and its data, of no stated size, is not', async () => {
    const bytes = readFileSync(file('early.mp4'));
    bytes.writeUInt32BE(0, bytes.indexOf('mdat') - 4); // "up to the end of the file"
    writeFileSync(file('unsized.mp4'), bytes);
    await look('unsized.mp4');
    truncateSync(file('unsized.mp4'), Math.floor(bytes.length * 0.6));
    await expect(look('unsized.mp4')).rejects.toMatchObject({ ...INCOMPLETE, detail: expect.stringMatching(/picture/) as string });
  });

  it('is refused while an AVI still waits for its size', async () => {
    const bytes = readFileSync(file('plain.avi'));
    bytes.writeUInt32LE(0xffffffff, 4);
    writeFileSync(file('growing.avi'), bytes);
    await expect(look('growing.avi')).rejects.toMatchObject(INCOMPLETE);
  });

  it('may have a little behind its end', async () => {
    const bytes = readFileSync(file('late.mp4'));
    writeFileSync(file('padded.mp4'), Buffer.concat([bytes, Buffer.alloc(512)]));
    await look('padded.mp4');
  });
});

describe('case 4: a file of which hardly anything is there', () => {
  it('is empty', async () => {
    writeFileSync(file('empty.mxf'), '');
    await expect(probe(file('empty.mxf'))).rejects.toMatchObject({ code: 'TEXTLESS_EMPTY', exitStatus: 3 });
  });

  it.each(['early.mp4', 'plain.mkv', 'plain.webm', 'plain.mxf', 'plain.avi', 'plain.flv', 'plain.wmv', 'plain.ts', 'plain.mpg'])(
    'is incomplete when only its header is there, not damaged: %s',
    async (name) => {
      copyFileSync(file(name), file(`head-${name}`));
      truncateSync(file(`head-${name}`), name.endsWith('.mpg') ? 30 : 400); // MPEG-PS has its first picture early
      await expect(probe(file(`head-${name}`))).rejects.toMatchObject({ ...INCOMPLETE, exitStatus: 3 });
    },
  );

  it('is incomplete when its index is there and no picture yet', async () => {
    const bytes = readFileSync(file('early.mp4'));
    writeFileSync(file('index.mp4'), bytes.subarray(0, bytes.indexOf('mdat') - 4));
    await expect(probe(file('index.mp4'))).rejects.toMatchObject(INCOMPLETE);
  });

  it('is incomplete when nothing but its space is there', async () => {
    writeFileSync(file('zeros.mxf'), Buffer.alloc(500_000));
    await expect(probe(file('zeros.mxf'))).rejects.toMatchObject(INCOMPLETE);
  });

  it('is no programme when it is short and something else', async () => {
    writeFileSync(file('note.mp4'), 'to be delivered at noon\n');
    await expect(probe(file('note.mp4'))).rejects.toMatchObject({ code: 'TEXTLESS_NOT_MEDIA' });
  });
});
