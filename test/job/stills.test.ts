import { existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { layAside } from '../../src/job/stills.js';
import { decodeBands } from '../../src/media/decode-bands.js';
import { framesAside } from '../../src/media/frames-aside.js';
import { probe } from '../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { picture } from '../media/support.js';

const folder = temporaryFolder('stills');

describe('frames for the contact sheet', () => {
  it('are there while the sheet is drawn, and gone afterwards', async () => {
    const file = path.join(folder, 'small.mkv');
    ffmpeg(...picture('64x48', '10', 1), '-pix_fmt', 'yuv420p', '-c:v', 'ffv1', file);
    const programme = await probe(file);
    let place: string;
    {
      await using aside = await layAside(programme);
      if (!aside) throw new Error('there is no room');
      const { stills } = aside;
      place = path.dirname(stills.file);
      expect(stills.most).toBe(48);
      expect(aside.frames).toBeUndefined();
      stills.onChosen([2, 7]);
      const bands = [{ x: 0, y: 0, width: 8, height: 8 }];
      let frames = 0;
      for await (const { index } of decodeBands(programme, bands, { stays: 8, aside: aside.frames })) frames = index + 1;
      expect(frames).toBe(10);
      const found: [number, number][] = [];
      for await (const { index, data } of framesAside(programme, aside.frames!)) found.push([index, data.length]);
      expect(found).toEqual([
        [2, 64 * 48 * 1.5],
        [7, 64 * 48 * 1.5],
      ]);
    }
    expect(existsSync(place)).toBe(false);
  });

  it('of a scan that was killed a day ago are removed by the next', async () => {
    const [old, young] = ['old', 'young'].map(() => mkdtempSync(path.join(tmpdir(), 'textless-stills-')));
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(old, yesterday, yesterday);
    const file = path.join(folder, 'next.mkv');
    ffmpeg(...picture('64x48', '10', 1), '-pix_fmt', 'yuv420p', '-c:v', 'ffv1', file);
    await (await layAside(await probe(file)))?.[Symbol.asyncDispose]();
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
    rmSync(young, { recursive: true });
  });
});
