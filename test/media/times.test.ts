import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encoderTimeline, gridNumbers, measuredRate, rising } from '../../src/media/timeline.js';
import { frameTimes } from '../../src/media/decode.js';
import { assertDeliverable } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { pass, picture, tone } from './support.js';

const folder = temporaryFolder('times');
const file = (name: string): string => path.join(folder, name);
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
/** Irregular times: 0, 3, 4, 9, 10, … frames. */
const VFR = ['-vf', "setpts='round((N+2*floor((N+1)/2)+3*floor(N/3))/25/TB)'", '-fps_mode', 'passthrough'];

describe('frame times', () => {
  it.each(['mp4', 'mov', 'mkv', 'ts'])('of a varying rate in %s stay to the tick', async (kind) => {
    ffmpeg(...picture('96x64', '25', 0.8), ...VFR, ...H264, '-bf', '2', file(`vfr.${kind}`));
    const { times, deliveredTimes, differences } = await pass(file(`vfr.${kind}`), file(`vfr.out.${kind}`));
    const steps = times.ticks.slice(1).map((t, i) => t - times.ticks[i]);
    expect(new Set(steps).size).toBeGreaterThan(2);
    expect(deliveredTimes.ticks).toEqual(times.ticks);
    expect(deliveredTimes.base).toEqual(times.base);
    expect(differences).toEqual([]);
  });

  it.each([
    ['ts', ['-c:v', 'libx264', '-preset', 'ultrafast']],
    ['ts', ['-c:v', 'mpeg2video', '-bf', '2']],
    ['mp4', ['-c:v', 'libx264', '-preset', 'ultrafast']],
    ['mkv', ['-c:v', 'libx264', '-preset', 'ultrafast']],
  ])('case 7: with an offset in %s (%j) stay, and sound stays where it is', async (kind, codec) => {
    const name = `offset-${codec[1]}.${kind}`;
    const sound = ['-itsoffset', '1.7', ...tone(300, 1)];
    const out = ['-output_ts_offset', '3.3', '-c:a', kind === 'ts' ? 'mp2' : 'aac', '-pix_fmt', 'yuv420p'];
    ffmpeg('-itsoffset', '2', ...picture('96x64', '30000/1001', 0.8), ...sound, ...codec, ...out, file(name));
    const { source, delivered, times, deliveredTimes, differences } = await pass(file(name), file(`out-${name}`));
    expect(times.ticks[0]).toBeGreaterThan(0);
    expect(deliveredTimes.ticks).toEqual(times.ticks);
    expect(differences).toEqual([]);
    expect(delivered.streams[1].startTicks).toBe(source.streams[1].startTicks);
  });

  it('case 7: that begin before zero are kept', async () => {
    ffmpeg(
      ...picture('96x64', '25', 0.4),
      '-vf',
      'setpts=PTS-2/25/TB',
      ...H264,
      '-bf',
      '0',
      '-avoid_negative_ts',
      'disabled',
      file('early.nut'),
    );
    const { times, deliveredTimes } = await pass(file('early.nut'), file('early.out.nut'));
    expect(deliveredTimes.ticks).toEqual(times.ticks);
  });
});

describe('the frame grid', () => {
  const at = (ticks: number[]) => ({ base: { num: 1, den: 90_000 }, ticks, lastDuration: 3003 });
  const rate = { num: 30_000, den: 1001 };

  it('numbers frames of a constant rate from any start, leaving gaps for missing ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 33 }), fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 60 }), (start, picks) => {
        const numbers = picks.sort((a, b) => a - b).map((n) => n - Math.min(...picks));
        expect(gridNumbers(at(numbers.map((n) => start + n * 3003)), rate)).toEqual(numbers);
      }),
    );
  });

  it('has no place for a varying rate', () => {
    expect(gridNumbers(at([0, 3003, 4500]), rate)).toBeUndefined();
    expect(gridNumbers(at([0, 3003, 3003]), rate)).toBeUndefined();
  });

  it('is left alone by times that rise, and broken times are made to rise with the least change', () => {
    expect(rising([0, 5, 5, 4, 9])).toEqual([0, 5, 6, 7, 9]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), (ticks) => {
        const sorted = ticks.sort((a, b) => a - b);
        expect(rising(sorted)).toEqual(sorted);
      }),
    );
  });

  it('finds the frame rate behind a field rate', () => {
    const fields = { rate: { num: 60_000, den: 1001 } };
    expect(measuredRate(fields, at([0, 3003, 6006]))).toEqual({ rate: { num: 60_000, den: 2002 }, constant: true });
    expect(measuredRate(fields, at([0, 3003, 9009])).constant).toBe(false);
  });

  it('case 7: refuses recordings whose time stamps jump back, as spliced ones do', async () => {
    ffmpeg(...picture('96x64', '25', 0.4), ...H264, '-f', 'mpegts', file('part.ts'));
    writeFileSync(file('spliced.ts'), Buffer.concat([readFileSync(file('part.ts')), readFileSync(file('part.ts'))]));
    const spliced = await probe(file('spliced.ts'));
    const times = await frameTimes(spliced);
    expect(times.ticks.length).toBeGreaterThan(15);
    expect(() => assertDeliverable(spliced, times)).toThrow(
      expect.objectContaining({ code: 'TEXTLESS_UNSUPPORTED', message: expect.stringContaining('jump back') as string }) as Error,
    );
  });

  it('that repeats fields is known from the first pictures', async () => {
    ffmpeg(...picture('96x64', '25', 0.4), '-c:v', 'mpeg2video', file('film.m2v'));
    const bytes = readFileSync(file('film.m2v'));
    expect((await probe(file('film.m2v'))).video.repeatsFields).toBe(false);
    // Every second picture coding extension gets its flag: repeat_first_field (ISO/IEC 13818-2, 6.2.3.1).
    const extensions = [...bytes.keys()].filter((p) => bytes.readUIntBE(Math.min(p, bytes.length - 5), 5) >>> 4 === 0x1b58);
    expect(extensions).toHaveLength(10);
    for (const at of extensions.filter((_, i) => i % 2)) bytes[at + 7] |= 0x02;
    writeFileSync(file('repeated.m2v'), bytes);
    const film = await probe(file('repeated.m2v'));
    expect(film.video.repeatsFields).toBe(true);
    expect(() => assertDeliverable(film)).toThrow(
      expect.objectContaining({ code: 'TEXTLESS_UNSUPPORTED', message: expect.stringContaining('soft telecine') as string }) as Error,
    );
  });

  it('is demanded of MPEG-2, which says so before any work', async () => {
    ffmpeg(...picture('96x64', '25', 0.4), '-c:v', 'mpeg2video', file('grid.ts'));
    const programme = await probe(file('grid.ts'));
    expect(() => encoderTimeline(programme, at([0, 3003, 4500]), true)).toThrow(
      expect.objectContaining({ code: 'TEXTLESS_UNSUPPORTED', message: expect.stringContaining('varies') as string }) as Error,
    );
    const film = at([0, 4505, 7508, 12012, 15015]); // three fields, two, three, two
    expect(() => encoderTimeline(programme, film, true)).toThrow(
      expect.objectContaining({ code: 'TEXTLESS_UNSUPPORTED', message: expect.stringContaining('soft telecine') as string }) as Error,
    );
  });
});
