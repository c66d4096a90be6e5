import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames, frameTimes, type DecodeReport } from '../../src/media/decode.js';
import { encodeProgramme } from '../../src/media/encode.js';
import { picturesBefore } from '../../src/media/packets.js';
import { probe } from '../../src/media/probe.js';
import type { Programme } from '../../src/media/programme.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { pass, picture, tone } from '../media/support.js';

const folder = temporaryFolder('damage');
const file = (name: string): string => path.join(folder, name);
const TS = 188;
const CODECS = {
  h264: ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '12', '-slices', '4', '-pix_fmt', 'yuv420p'],
  mpeg2: ['-c:v', 'mpeg2video', '-b:v', '4M', '-g', '12', '-pix_fmt', 'yuv420p'],
};

/** Positions of the packets of a PID that carry payload and begin no picture. */
function middles(bytes: Buffer, pid: number): number[] {
  const at = Array.from({ length: Math.floor(bytes.length / TS) }, (_, n) => n * TS);
  return at.filter((p) => (bytes.readUInt16BE(p + 1) & 0x5fff) === pid && (bytes[p + 3] & 0x30) === 0x10);
}

/** Each twelfth of those packets from the second second on. */
const some = (bytes: Buffer, pid: number): number[] => middles(bytes, pid).filter((p, n) => p > bytes.length / 3 && n % 12 === 0);

async function decoded(programme: Programme): Promise<DecodeReport & { readonly delivered: number }> {
  let report: DecodeReport | undefined;
  let delivered = 0;
  for await (const frame of decodeFrames(programme, { onReport: (r) => (report = r) })) expect(frame.index).toBe(delivered++);
  if (!report) throw new Error('no report');
  return { ...report, delivered };
}

beforeAll(() => {
  for (const [name, options] of Object.entries(CODECS)) {
    ffmpeg(...picture('320x180', '25', 3), ...tone(440, 3), ...options, '-c:a', 'mp2', '-streamid', '0:512', file(`${name}.ts`));
  }
});

describe('case 6: errors of transmission are concealed and reported', () => {
  it.each(Object.keys(CODECS))('wrong bits inside pictures (%s): as many frames, at the same times', async (name) => {
    const whole = await frameTimes(await probe(file(`${name}.ts`)));
    const bytes = readFileSync(file(`${name}.ts`));
    for (const at of some(bytes, 512)) bytes[at + 90] ^= 0x24;
    writeFileSync(file(`bits-${name}.ts`), bytes);
    const report = await decoded(await probe(file(`bits-${name}.ts`)));
    expect(report.delivered).toBe(75);
    expect(report.times).toEqual(whole);
    expect(report.complaints.length).toBeGreaterThan(0);
  });

  it.each(Object.keys(CODECS))(
    'lost packets (%s): frames of which enough is left keep their times, and the new version has the same',
    async (name) => {
      const whole = await frameTimes(await probe(file(`${name}.ts`)));
      const bytes = readFileSync(file(`${name}.ts`));
      const lost = new Set(some(bytes, 512));
      expect(lost.size).toBeGreaterThan(10);
      const left = Array.from({ length: bytes.length / TS }, (_, n) => n * TS).filter((at) => !lost.has(at));
      writeFileSync(file(`lost-${name}.ts`), Buffer.concat(left.map((at) => bytes.subarray(at, at + TS))));
      const programme = await probe(file(`lost-${name}.ts`));
      const report = await decoded(programme);
      // A picture whose head is lost is nothing that could be concealed; it leaves a gap, and nothing moves into it.
      expect(report.delivered).toBeGreaterThanOrEqual(74);
      expect(report.times.ticks).toEqual(whole.ticks.filter((tick) => report.times.ticks.includes(tick)));
      expect(report.complaints.length).toBeGreaterThan(0);
      const target = file(`mended-${name}.ts`);
      await encodeProgramme(programme, decodeFrames(programme), report.times, target);
      expect(await frameTimes(await probe(target, { like: programme }))).toMatchObject({ base: whole.base, ticks: report.times.ticks });
    },
  );
});

describe('a recording that begins between two whole pictures', () => {
  it('says how many pictures nobody can decode', async () => {
    const bytes = readFileSync(file('mpeg2.ts'));
    const video = Array.from({ length: bytes.length / TS }, (_, n) => n * TS).filter((at) => (bytes.readUInt16BE(at + 1) & 0x1fff) === 512);
    const second = video.filter((at) => bytes[at + 1] & 0x40)[1];
    const left = Array.from({ length: bytes.length / TS }, (_, n) => n * TS).filter((at) => at >= second || !video.includes(at));
    writeFileSync(file('late.ts'), Buffer.concat(left.map((at) => bytes.subarray(at, at + TS))));
    const { video: late, path: at } = await probe(file('late.ts'));
    const { ticks } = await frameTimes(await probe(at));
    expect(ticks).toHaveLength(63);
    expect(await picturesBefore(at, late.index, ticks[0])).toBe(11);
    const whole = await probe(file('mpeg2.ts'));
    expect(await picturesBefore(whole.path, whole.video.index, (await frameTimes(whole)).ticks[0])).toBe(0);
  });
});

describe('case 7: time stamps that begin again', () => {
  /** Seconds until time stamps of 33 bits at 90 kHz begin again. */
  const WRAP = 2 ** 33 / 90_000;
  const offset = (seconds: number): string[] => ['-muxdelay', '0', '-mpegts_copyts', '1', '-output_ts_offset', seconds.toFixed(6)];

  it.each([
    ['in the second second, which is read as a start below zero', 1.5, '25', 3],
    ['after minutes', 100, '5', 120],
  ])('%s: a re-encoded programme has the same times, sound and all', async (_, before, rate, seconds) => {
    const name = `wrap-${before}.ts`;
    const sound = ['-c:a', 'mp2'];
    ffmpeg(...picture('96x64', rate, seconds), ...tone(440, seconds), ...CODECS.h264, ...sound, ...offset(WRAP - before), file(name));
    const { source, delivered, times, deliveredTimes, differences } = await pass(file(name), file(`out-${name}`));
    expect(times.ticks).toHaveLength(Number(rate) * seconds);
    const steps = times.ticks.slice(1).map((tick, i) => tick - times.ticks[i]);
    expect(new Set(steps)).toEqual(new Set([90_000 / Number(rate)]));
    expect(deliveredTimes.ticks).toEqual(times.ticks);
    expect(differences).toEqual([]);
    expect(delivered.streams.map((s) => s.startTicks)).toEqual(source.streams.map((s) => s.startTicks));
  });
});
