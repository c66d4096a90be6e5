import { createHash } from 'node:crypto';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeApart } from '../../src/media/decode-apart.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { probe } from '../../src/media/probe.js';
import type { FrameTimes, Programme } from '../../src/media/programme.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { picture } from './support.js';

const folder = temporaryFolder('apart');
const digest = (data: Uint8Array): string => createHash('md5').update(data).digest('hex');

/** A hundred seconds of small reordered pictures that do not begin at 0, one that can be decoded by itself every 4 s. */
function long(name: string, ...more: string[]): string {
  const file = path.join(folder, name);
  const offset = ['-vf', 'setpts=PTS+7/10/TB', '-fps_mode', 'passthrough'];
  ffmpeg(...picture('64x48', '10', 100), ...offset, '-c:v', 'libx264', '-bf', '3', '-g', '40', ...more, file);
  return file;
}

async function both(programme: Programme, wanted: readonly number[], times: FrameTimes): Promise<[number[], boolean]> {
  const all = new Map<number, string>();
  for await (const { index, data } of decodeFrames(programme)) all.set(index, digest(data));
  const order: number[] = [];
  let same = true;
  for await (const { index, data } of decodeApart(programme, wanted, times)) {
    order.push(index);
    same &&= all.get(index) === digest(data);
  }
  return [order, same];
}

describe('frames that lie far apart', () => {
  it.each(['long.mp4', 'long.mkv', 'long.ts', 'long.mov'])('are those at their indices, found by seeking, in %s', async (name) => {
    const programme = await probe(long(name));
    const wanted = [2, 30, 533, 534, 540, 541, 542, 999];
    // Those near the beginning come last: they are not sought.
    expect(await both(programme, wanted, await frameTimes(programme))).toEqual([[533, 534, 540, 541, 542, 999, 2, 30], true]);
  });

  it('are decoded from the beginning when their times are not those of the file', async () => {
    const programme = await probe(long('wrong.mkv'));
    const { base, ticks, lastDuration } = await frameTimes(programme);
    const wrong = { base, ticks: ticks.map((t) => t + 3), lastDuration };
    expect(await both(programme, [5, 533, 999], wrong)).toEqual([[5, 533, 999], true]);
  });
});
