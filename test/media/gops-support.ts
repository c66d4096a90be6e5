import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Frame } from '../../src/core/frame.js';
import { readConfiguration } from '../../src/media/coded/avc-configuration.js';
import { decoderRecord } from '../../src/media/coded/decoder-record.js';
import { idrIdOf, sliceHeads } from '../../src/media/coded/idr-id.js';
import { copyDifference, type CopiedPicture } from '../../src/media/coded/proof.js';
import { copiedPictures } from '../../src/media/coded/side/copied-pictures.js';
import { nalUnits } from '../../src/media/coded/side/units.js';
import { sourcePictures } from '../../src/media/coded/source-pictures.js';
import { compareDelivered } from '../../src/media/compare.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { encodeProgramme, type Delivered } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import type { FrameTimes, Programme } from '../../src/media/programme.js';

const digest = (data: Uint8Array): string => createHash('md5').update(data).digest('hex');

/** Peak signal-to-noise ratio of two frames, in dB. */
function psnr(first: Uint8Array, second: Uint8Array, depth: number): number {
  const samples = (data: Uint8Array): Uint8Array | Uint16Array =>
    depth > 8 ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  const [a, b] = [samples(first), samples(second)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum === 0 ? Infinity : 10 * Math.log10(((2 ** depth - 1) ** 2 * a.length) / sum);
}

/** Paints a block into a frame in place, as wiping would. */
function paint({ index, data }: Frame, depth: number): void {
  const samples = depth > 8 ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  samples.fill((40 + (index % 100)) << (depth - 8), 2000, 6000);
}

export interface Splicing {
  readonly source: Programme;
  readonly delivered: Programme;
  readonly times: FrameTimes;
  readonly result: Delivered;
  readonly copied: readonly CopiedPicture[];
  /** Indices of frames that are copies. */
  readonly copiedFrames: ReadonlySet<number>;
  /** What was given to the encoder. */
  readonly given: readonly Uint8Array[];
  /** What the delivered file decodes to. */
  readonly got: readonly Uint8Array[];
}

/** Delivers a file in which some frames are painted over. */
export async function splice(file: string, target: string, touched: (frame: number) => boolean): Promise<Splicing> {
  const source = await probe(file);
  const times = await frameTimes(source);
  const given: Uint8Array[] = [];
  async function* painted(): AsyncGenerator<Frame, void, undefined> {
    for await (const frame of decodeFrames(source)) {
      if (touched(frame.index)) paint(frame, source.video.geometry.format.depth);
      given.push(frame.data.slice());
      yield frame;
    }
  }
  let copied: readonly CopiedPicture[] = [];
  const accept = (_: string, pictures: readonly CopiedPicture[]): Promise<void> => Promise.resolve(void (copied = pictures));
  const result = await encodeProgramme(source, painted(), times, target, { touched, accept });
  const delivered = await probe(target, { like: source });
  const got: Uint8Array[] = [];
  for await (const frame of decodeFrames(delivered)) got.push(frame.data);
  const copiedTimes = new Set(copied.map((p) => p.pts));
  const copiedFrames = new Set(times.ticks.flatMap((t, i) => (copiedTimes.has(t) ? [i] : [])));
  return { source, delivered, times, result, copied, copiedFrames, given, got };
}

/** What decoders have to say about a file: with one thread and with several, and refusing every error. */
function complaints(file: string): string[] {
  return ['1', '4'].map((threads) => {
    const args = [
      '-v',
      'warning',
      '-nostdin',
      '-threads',
      threads,
      '-err_detect',
      'explode',
      '-i',
      file,
      '-map',
      '0:v:0',
      '-fps_mode',
      'passthrough',
    ];
    const { stderr, status } = spawnSync('ffmpeg', [...args, '-enc_time_base', '-1', '-f', 'null', '-'], { encoding: 'utf8' });
    return `${status === 0 ? '' : 'failed '}${stderr}`;
  });
}

/** Digests of frames from a time on, as a player finds them that jumps there. */
export function fromTime(file: string, seconds: number, count: number, pixFmt: string): string[] {
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-ss',
    seconds.toFixed(4),
    '-noautorotate',
    '-i',
    file,
    '-map',
    '0:v:0',
    '-frames:v',
    String(count),
  ];
  const printed = execFileSync('ffmpeg', [...args, '-fps_mode', 'passthrough', '-pix_fmt', pixFmt, '-f', 'framemd5', '-']).toString();
  return printed.split('\n').flatMap((line) => /^0,.*, ([0-9a-f]{32})$/.exec(line)?.[1] ?? []);
}

/** `idr_pic_id` of each picture in the order of the file; undefined where it is no IDR picture. */
export async function idrNumbers(programme: Programme): Promise<(number | undefined)[]> {
  const record = readConfiguration(await decoderRecord(programme));
  const heads = sliceHeads(record);
  const bytes = readFileSync(programme.path);
  const pictures = await sourcePictures(programme, [...record.sps, ...record.pps]);
  return pictures.map(({ at, bytes: length }) => idrIdOf(bytes.subarray(at, at + length), heads));
}

/** Kind of the first slice of each HEVC picture, in the order of the file. */
export async function slicesOf(programme: Programme): Promise<(number | undefined)[]> {
  const kinds: (number | undefined)[] = [];
  for await (const { data } of copiedPictures(programme)) {
    const units = nalUnits(data, 'annexb').map(({ body }) => (data[body] >> 1) & 63);
    kinds.push(units.find((kind) => kind < 32));
  }
  return kinds;
}

/** Everything that must hold of a delivery with copied GOPs, whatever the source. */
export async function expectFaithful(s: Splicing, target: string): Promise<void> {
  const { source, delivered, times, copied, copiedFrames, given, got } = s;
  expect(got).toHaveLength(times.ticks.length);
  expect(copied).toHaveLength(copiedFrames.size);
  got.forEach((data, i) => {
    if (copiedFrames.has(i)) expect(digest(data), `frame ${i}`).toBe(digest(given[i]));
    else expect(psnr(data, given[i], source.video.geometry.format.depth), `frame ${i}`).toBeGreaterThan(32);
  });
  expect(await copyDifference(source, delivered, copied)).toBeUndefined();
  expect(compareDelivered(source, delivered, { source: times, delivered: await frameTimes(delivered) })).toEqual([]);
  expect(complaints(target)).toEqual(['', '']);
  const decoding = packetTimesOf(target);
  expect(decoding).toHaveLength(times.ticks.length);
  decoding.forEach(({ pts, dts }, i) => {
    expect(dts).toBeLessThanOrEqual(pts);
    if (i > 0) expect(dts).toBeGreaterThan(decoding[i - 1].dts);
  });
}

/** Times of the packets in the order of the file; where the container keeps no times of decoding, ffprobe's guesses are left out. */
function packetTimesOf(file: string): { pts: number; dts: number }[] {
  const select = ['-select_streams', 'v:0', '-show_packets', '-show_entries', 'packet=pts,dts', '-of', 'csv=p=0'];
  const lines = execFileSync('ffprobe', ['-v', 'error', ...select, file])
    .toString()
    .trim()
    .split('\n');
  const rows = lines.map((line) => line.split(',').map((n) => Number.parseInt(n, 10)));
  return file.endsWith('.mkv') ? rows.map(([pts], i) => ({ pts: Infinity, dts: i + 0 * pts })) : rows.map(([pts, dts]) => ({ pts, dts }));
}
