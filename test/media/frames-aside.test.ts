import { createHash } from 'node:crypto';
import { truncateSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeBands } from '../../src/media/decode-bands.js';
import { decodeFrames } from '../../src/media/decode.js';
import { framesAside } from '../../src/media/frames-aside.js';
import { probe } from '../../src/media/probe.js';
import type { Programme } from '../../src/media/programme.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { picture } from './support.js';

const folder = temporaryFolder('aside');
const digest = (data: Uint8Array): string => createHash('md5').update(data).digest('hex');

/** Twenty frames of 10 bits. */
async function programmeOf(name: string): Promise<Programme> {
  const file = path.join(folder, name);
  ffmpeg(...picture('64x48', '10', 2), '-pix_fmt', 'yuv422p10le', '-c:v', 'ffv1', file);
  return probe(file);
}

async function readBack(programme: Programme, indices: readonly number[], file: string): Promise<[number, string][]> {
  const out: [number, string][] = [];
  for await (const { index, data } of framesAside(programme, { indices, file })) out.push([index, digest(data)]);
  return out;
}

describe('frames laid aside by a pass', () => {
  it('are whole frames as the file has them, while the pass delivers a part of each', async () => {
    const programme = await programmeOf('whole.mkv');
    const all: [number, string][] = [];
    for await (const { index, data } of decodeFrames(programme)) all.push([index, digest(data)]);
    const aside = { indices: [3, 11, 19], file: path.join(folder, 'whole.frames') };
    const bands = [{ x: 8, y: 4, width: 16, height: 10 }];
    let delivered = 0;
    for await (const { luma } of decodeBands(programme, bands, { aside, stays: 8 })) {
      expect(luma.length).toBe(160);
      delivered++;
    }
    expect(delivered).toBe(20);
    expect(await readBack(programme, aside.indices, aside.file)).toEqual([all[3], all[11], all[19]]);
    // A pass that was ended leaves a frame half written.
    truncateSync(aside.file, 2.5 * 64 * 48 * 4);
    expect(await readBack(programme, aside.indices, aside.file)).toEqual([all[3], all[11]]);
  });

  it('are none where no pass was made', async () => {
    expect(await readBack(await programmeOf('none.mkv'), [1], path.join(folder, 'none.frames'))).toEqual([]);
  });
});
