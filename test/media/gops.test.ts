import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureFile } from '../../src/job/gates/file.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { encodeProgramme } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import { useTools } from '../../src/media/tools.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { expectFaithful, fromTime, idrNumbers, splice } from './gops-support.js';
import { leftovers, picture, processesNaming, program, tone } from './support.js';

const folder = temporaryFolder('gops');
const file = (name: string): string => path.join(folder, name);
const SECONDS = 2.4; // 60 frames
const within = (first: number, last: number) => (frame: number) => frame >= first && frame <= last;

/** A programme of H.264 with a tone. */
function programme(name: string, options: string[], rate = '25', format = 'yuv420p'): string {
  const x264 = ['-c:v', 'libx264', '-preset', 'fast', '-pix_fmt', format, '-g', '12', ...options];
  ffmpeg(...picture('128x96', rate, SECONDS), ...tone(300, SECONDS), ...x264, '-c:a', 'aac', file(name));
  return file(name);
}

const PYRAMID = ['-bf', '4', '-x264-params', 'b-pyramid=normal:ref=4:scenecut=0'];
const UNEVEN = ['-vf', 'setpts=(N+N*N/50+7)/25/TB', '-fps_mode', 'passthrough'];

describe('closed GOPs without a touched frame are copied', () => {
  it.each([
    ['pyramid.mp4', PYRAMID],
    ['pyramid.mov', PYRAMID],
    ['pyramid.mkv', PYRAMID],
    ['baseline.mp4', ['-profile:v', 'baseline']],
    ['one-reference.mp4', ['-bf', '0', '-refs', '1']],
    ['two-held.mov', ['-bf', '2', '-x264-params', 'b-pyramid=none:ref=1']],
    ['fields.mov', ['-flags', '+ildct+ilme', '-x264-params', 'bff=1:b-pyramid=normal:bframes=4']],
    ['tagged.mp4', ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-vf', 'setsar=64/45']],
    ['full-range.mkv', ['-color_range', 'pc', '-colorspace', 'smpte170m']],
    ['uneven.mp4', UNEVEN],
    ['uneven.mkv', UNEVEN],
    ['rotated.mp4', ['-metadata:s:v:0', 'rotate=90']],
    ['offset.mp4', ['-output_ts_offset', '3.3']],
    ['offset.mkv', ['-output_ts_offset', '3.3']],
    ['no-edit-list.mp4', ['-use_editlist', '0']],
    ['fragmented.mp4', ['-movflags', 'frag_keyframe+empty_moov']],
    ['units.mp4', ['-video_track_timescale', '90000', '-x264-params', 'aud=1:slices=3:nal-hrd=vbr:vbv-maxrate=3000:vbv-bufsize=3000']],
    ['high-level.mp4', ['-level', '5.1']],
    ['scene-cuts.mp4', ['-g', '50', '-x264-params', 'keyint=20:min-keyint=2:scenecut=60']],
  ])('in %s (%j)', async (name, options) => {
    const source = programme(name, options);
    const s = await splice(source, file(`out-${name}`), (n) => within(26, 31)(n) || n === 50);
    expect(s.result.whyNone).toBeUndefined();
    expect(s.result.copied).toBeGreaterThanOrEqual(12);
    expect(s.copiedFrames).not.toContain(26);
    expect(s.copiedFrames).not.toContain(50);
    await expectFaithful(s, file(`out-${name}`));
  });

  it.each([
    ['yuv422p', 'high422'],
    ['yuv420p10le', 'high10'],
    ['yuv422p10le', 'high422'],
    ['yuv444p', 'high444'],
  ])('of %s', async (format, profile) => {
    const source = programme(`${format}.mov`, ['-profile:v', profile, ...PYRAMID], '30000/1001', format);
    const s = await splice(source, file(`out-${format}.mov`), within(26, 31));
    expect(s.result.copied).toBe(s.times.ticks.length - 12);
    await expectFaithful(s, file(`out-${format}.mov`));
  });
});

it.each([
  ['intra.mp4', []],
  ['intra-blocks.mov', ['-x264-params', 'cabac=0:slices=4']],
  ['intra-fields.mov', ['-flags', '+ildct+ilme', '-x264-params', 'tff=1']],
])('pictures that are all IDR pictures are copied one by one, and no two in a row have one number: %s', async (name, options) => {
  const source = programme(name, ['-g', '1', ...options]);
  const s = await splice(source, file(`out-${name}`), (n) => [3, 4, 10, 20, 21, 22, 40].includes(n));
  expect(s.result.copied).toBe(53);
  await expectFaithful(s, file(`out-${name}`));
  const numbers = await idrNumbers(s.delivered);
  expect(numbers).toHaveLength(60);
  expect(numbers.filter((id, i) => id === undefined || id === numbers[i - 1])).toEqual([]);
  expect(numbers.some((id) => id !== undefined && id > 14)).toBe(true); // where they would have met
});

it('hundreds of runs begin where they are to', async () => {
  const options = ['-g', '4', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  ffmpeg(...picture('64x48', '25', 64), ...options, file('many.mp4'));
  const s = await splice(file('many.mp4'), file('out-many.mp4'), (n) => n % 8 === 1);
  expect(s.result.copied).toBe(800);
  await expectFaithful(s, file('out-many.mp4'));
});

describe('of one programme', () => {
  let source: string;
  beforeAll(() => void (source = programme('plain.mp4', PYRAMID)));

  it.each([
    ['the first GOP', (n: number) => n === 0, 48],
    ['the last GOP', (n: number) => n === 59, 48],
    ['several runs', (n: number) => n === 5 || n === 30 || n === 36, 24],
    ['all but one GOP', (n: number) => n < 12 || n > 23, 12],
  ])('%s is encoded again and the rest copied', async (name, touched, copied) => {
    const target = file(`out-${name}.mp4`);
    const s = await splice(source, target, touched);
    expect(s.result.copied).toBe(copied);
    await expectFaithful(s, target);
  });

  it('a player that jumps into it finds the frames of the whole decode, at every frame', async () => {
    const target = file('jumps.mp4');
    const s = await splice(source, target, (n) => n === 14 || n === 40);
    const digests = s.got.map((data) => createHash('md5').update(data).digest('hex'));
    for (const at of [0, 11, 12, 13, 23, 24, 35, 36, 41, 47, 48, 59]) {
      expect(fromTime(target, at / 25 - 0.002, 3, 'yuv420p'), `from frame ${at}`).toEqual(digests.slice(at, at + 3));
    }
  });

  it('everything is encoded again when every GOP is touched, and the reason is told', async () => {
    const s = await splice(source, file('all.mp4'), (n) => n % 12 === 3);
    expect(s.result).toMatchObject({ copied: 0, whyNone: 'only 0 of 60 pictures are in closed GOPs that nothing touches' });
    expect(s.got).toHaveLength(60);
  });

  it('nothing is copied where nobody says what is touched', async () => {
    const p = await probe(source);
    const result = await encodeProgramme(p, decodeFrames(p), await frameTimes(p), file('unasked.mp4'));
    expect(result).toMatchObject({ copied: 0 });
    expect(result.whyNone).toBeUndefined();
  });

  it('what was delivered can be worked on again: its two parameter sets get a third', async () => {
    await splice(source, file('once.mp4'), within(0, 3));
    const s = await splice(file('once.mp4'), file('twice.mp4'), within(50, 53));
    expect(s.result.copied).toBe(48);
    await expectFaithful(s, file('twice.mp4'));
  });

  it('the same frames give the same file', async () => {
    await splice(source, file('same-1.mp4'), within(26, 31));
    await splice(source, file('same-2.mp4'), within(26, 31));
    expect(readFileSync(file('same-1.mp4')).equals(readFileSync(file('same-2.mp4')))).toBe(true);
  });

  it('the gate copied-pictures sees that a copied picture is another', async () => {
    const s = await splice(source, file('forged.mp4'), within(26, 31));
    const delivered = await probe(file('forged.mp4'));
    const both = { source: s.times, delivered: await frameTimes(delivered) };
    const gate = async (copied: typeof s.copied): Promise<unknown> =>
      (await measureFile(s.source, delivered, both, { copied })).find((m) => m.gate === 'copied-pictures');
    expect(await gate(s.copied)).toMatchObject({ value: 0 });
    const lost = [{ pts: s.copied[3].pts, sha256: '0'.repeat(64) }, ...s.copied.slice(4)];
    expect(await gate(lost)).toMatchObject({
      value: 1,
      says: expect.stringContaining('opied pictures are not those of the source') as string,
    });
  });

  it('cancelling in the middle leaves neither file nor process', async () => {
    const p = await probe(source);
    const times = await frameTimes(p);
    const controller = new AbortController();
    async function* frames(): ReturnType<typeof decodeFrames> {
      for await (const frame of decodeFrames(p)) {
        if (frame.index === 40) controller.abort();
        yield frame;
      }
    }
    const options = { touched: within(26, 50), signal: controller.signal };
    await expect(encodeProgramme(p, frames(), times, file('cancelled.mp4'), options)).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    expect(leftovers(folder)).toEqual([]);
    expect(processesNaming('cancelled')).toEqual([]);
  });

  it.each([
    ['an encoder that dies', 'force_key_frames', 'kill -9 $$', 'TEXTLESS_ENCODE'],
    ['a muxer that dies', 'probesize 64M', 'kill -9 $$', 'TEXTLESS_ENCODE'],
    ['a disk that is full', 'probesize 64M', 'ulimit -f 20', 'TEXTLESS_NO_SPACE'],
  ])('%s is an error, and leaves nothing behind', async (_, mark, fault, code) => {
    const p = await probe(source);
    const times = await frameTimes(p);
    const wrapper = program(file('wrapper'), `if [[ " $* " == *"${mark}"* ]]; then ${fault}; fi; exec ffmpeg "$@"`);
    useTools({ ffmpeg: wrapper });
    const touched = (n: number): boolean => n === 5 || n === 30;
    try {
      await expect(encodeProgramme(p, decodeFrames(p), times, file('fault.mp4'), { touched })).rejects.toMatchObject({ code });
    } finally {
      useTools({});
    }
    expect(leftovers(folder)).toEqual([]);
    expect(processesNaming('fault.mp4')).toEqual([]);
  });

  it.each([
    ['more', 61],
    ['fewer', 50],
  ])('%s frames than there are times are an error', async (_, count) => {
    const p = await probe(source);
    const times = await frameTimes(p);
    async function* frames(): ReturnType<typeof decodeFrames> {
      let last;
      for await (const frame of decodeFrames(p)) if (frame.index < count) yield (last = frame);
      if (last && count > 60) yield last;
    }
    const task = encodeProgramme(p, frames(), times, file('count.mp4'), { touched: within(26, 31) });
    await expect(task).rejects.toMatchObject({ code: 'TEXTLESS_VERIFY' });
    expect(leftovers(folder)).toEqual([]);
  });
});

describe('everything is encoded again', () => {
  const why = async (source: string, target: string): Promise<string | undefined> => {
    const s = await splice(source, target, within(26, 31));
    expect(s.result.copied).toBe(0);
    expect(s.got).toHaveLength(s.times.ticks.length);
    return s.result.whyNone;
  };

  it('where GOPs are open', async () => {
    const source = programme('open.mp4', ['-bf', '3', '-x264-params', 'open-gop=1:scenecut=0']);
    expect(await why(source, file('out-open.mp4'))).toBe('only 0 of 60 pictures are in closed GOPs that nothing touches');
  });

  it('where parameter sets change on the way', async () => {
    programme('a.h264', ['-bf', '0', '-an']);
    programme('b.h264', ['-bf', '0', '-refs', '3', '-qp', '30', '-an', '-x264-params', 'cabac=0']);
    writeFileSync(file('ab.h264'), Buffer.concat([readFileSync(file('a.h264')), readFileSync(file('b.h264'))]));
    ffmpeg('-r', '25', '-i', file('ab.h264'), '-c', 'copy', file('changing.mp4'));
    expect(await why(file('changing.mp4'), file('out-changing.mp4'))).toBe('its parameter sets change on the way');
  });

  it.each([
    ['mpeg4.mp4', ['-c:v', 'mpeg4'], 'pictures coded as mpeg4 cannot be copied beside new ones'],
    ['mpeg2.mov', ['-c:v', 'mpeg2video'], 'pictures coded as mpeg2video cannot be copied beside new ones'],
  ])('in %s', async (name, options, reason) => {
    expect(await why(programme(name, options), file(`out-${name}`))).toBe(reason);
  });

  it('but for whole GOPs, where an edit list begins inside one', async () => {
    ffmpeg('-ss', '0.6', '-i', programme('uncut.mp4', PYRAMID), '-c', 'copy', file('cut.mp4'));
    const flags = execFileSync('ffprobe', [
      '-v',
      'error',
      '-select_streams',
      'v',
      '-show_entries',
      'packet=flags',
      '-of',
      'csv=p=0',
      file('cut.mp4'),
    ]);
    expect(flags.toString()).toContain('D');
    const s = await splice(file('cut.mp4'), file('out-cut.mp4'), (n) => n === 40);
    expect(s.times.ticks.length).toBeLessThan(60);
    expect(s.copiedFrames).not.toContain(0);
    expect(s.result.copied).toBeGreaterThanOrEqual(12);
    await expectFaithful(s, file('out-cut.mp4'));
  });
});
