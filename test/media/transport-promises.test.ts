import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { TextlessError } from '../../src/core/errors.js';
import type { Frame } from '../../src/core/frame.js';
import { liveChildren } from '../../src/media/children.js';
import { fingerprint, fingerprintDifferences } from '../../src/media/coded/transport/fingerprint.js';
import { brokenPromise } from '../../src/media/coded/transport/stated.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { encodeProgramme } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import type { Programme } from '../../src/media/programme.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { pass, picture } from './support.js';
import { MPEG2, X264, X265, makeTransport, packetsOf, stampsOf } from './transport-support.js';

const folder = temporaryFolder('transport-promises');
const file = (name: string): string => path.join(folder, name);
const make = (name: string, codec: readonly string[], more: readonly string[] = []): string => makeTransport(file(name), codec, more);

describe('what tables state of a picture', () => {
  /** The first picture of a raw stream, and a table that states something. */
  const told = (
    codec: string,
    options: readonly string[],
    format: string,
    tag: number,
    descriptor: readonly number[],
  ): string | undefined => {
    ffmpeg(...picture('128x96'), ...options, '-frames:v', '1', '-f', format, file(`raw.${format}`));
    const entry = { pcrPid: 1, streamType: 1, descriptors: new Map([[tag, Uint8Array.from(descriptor)]]) };
    return brokenPromise(codec, [entry], readFileSync(file(`raw.${format}`)));
  };
  const hevc = (profile: number, level: number): number[] => [profile, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, level, 0];

  it('is true of HEVC up to its level, of main tier and profile', () => {
    expect(told('hevc', X265, 'hevc', 0x38, hevc(1, 30))).toBeUndefined();
    expect(told('hevc', X265, 'hevc', 0x38, hevc(1, 120))).toBeUndefined();
    expect(told('hevc', X265, 'hevc', 0x38, hevc(2, 30))).toContain('profile 2, level 30');
    expect(told('hevc', X265, 'hevc', 0x38, hevc(1, 29))).toContain('now has profile 1, level 30');
  });

  it('is true of MPEG-2, whose levels count downwards', () => {
    expect(told('mpeg2video', MPEG2, 'mpeg2video', 2, [0x1a, 0x48, 0x5f])).toBeUndefined();
    expect(told('mpeg2video', MPEG2, 'mpeg2video', 2, [0x1a, 0x44, 0x5f])).toBeUndefined();
    expect(told('mpeg2video', MPEG2, 'mpeg2video', 2, [0x1a, 0x4a, 0x5f])).toContain('level');
    expect(told('mpeg2video', MPEG2, 'mpeg2video', 2, [0x1a, 0x58, 0x5f])).toContain('profile 5');
  });
});

describe('where packets cannot be replaced', () => {
  it('the multiplex is built anew, and why is told: packets with bytes behind them that nobody knows', async () => {
    const packets = packetsOf(make('plain.ts', MPEG2));
    writeFileSync(file('isdb.ts'), Buffer.concat(packets.flatMap((p) => [p.whole, Buffer.alloc(16, 0x33)])));
    const { result, deliveredTimes, times } = await pass(file('isdb.ts'), file('out-isdb.ts'));
    expect(result.carriage).toBe('anew');
    expect(result.losses).toEqual([expect.stringContaining('between its packets')]);
    expect(deliveredTimes.ticks).toEqual(times.ticks);
  });
});

describe('a delivery that fails on the way', () => {
  const wanted = { signal: undefined as AbortSignal | undefined };
  const attempt = async (frames: (source: Programme) => AsyncIterable<Frame>): Promise<unknown> => {
    const source = await probe(make('plain.ts', X264));
    const times = await frameTimes(source);
    const target = file('never.ts');
    return encodeProgramme(source, frames(source), times, target, wanted).catch((error: unknown) => error);
  };
  const nothingLeft = async (): Promise<void> => {
    expect(readdirSync(folder).filter((name) => name.startsWith('never') || name.startsWith('.'))).toEqual([]);
    await vi.waitFor(() => expect(liveChildren()).toBe(0));
  };

  it.each([
    ['cancelled', 'TEXTLESS_CANCELLED'],
    ['frames cannot be made', 'TEXTLESS_INFERENCE'],
    ['frames are missing', 'TEXTLESS_VERIFY'],
  ])('%s: leaves nothing and says why', async (what, code) => {
    const cancel = new AbortController();
    wanted.signal = cancel.signal;
    const error = await attempt(async function* (source) {
      for await (const frame of decodeFrames(source)) {
        if (frame.index === 20 && what === 'frames are missing') return;
        if (frame.index === 20 && what === 'cancelled') cancel.abort();
        if (frame.index === 20 && what === 'frames cannot be made') throw new TextlessError('TEXTLESS_INFERENCE', 'no');
        yield frame;
      }
    });
    expect(error).toMatchObject({ code });
    await nothingLeft();
  });
});

describe('reading a multiplex back', () => {
  it('notices one changed byte of another packet, a moved clock reference, a lost packet and a wrong time', async () => {
    const source = make('plain.ts', MPEG2, ['-pcr_period', '20']);
    const layout = { stride: 188, lead: 0 } as const;
    const look = async (name: string): Promise<Awaited<ReturnType<typeof fingerprint>>> =>
      fingerprint(name, layout, { pid: 512, withNulls: true, copies: new Set(stampsOf(packets, 512).map((s) => s.pts)) });
    const packets = packetsOf(source);
    const original = await look(source);
    const changed = async (change: (all: Buffer[]) => Buffer[]): Promise<string[]> => {
      writeFileSync(file('changed.ts'), Buffer.concat(change(packets.map((p) => Buffer.from(p.whole)))));
      return fingerprintDifferences(original, await look(file('changed.ts')), original.stamps);
    };
    const sound = packets.findIndex((p) => p.pid === 650);
    const clock = packets.findIndex((p, n) => n > 20 && p.pid === 512 && p.pcr !== undefined);
    const start = packets.findIndex((p, n) => n > 20 && p.pid === 512 && p.begins);
    const set = (at: number, byte: number) => (all: Buffer[]) => all.with(at, all[at].fill(all[at][byte] ^ 8, byte, byte + 1));
    expect(await changed((all) => all)).toEqual([]);
    expect(await changed(set(sound, 100))).toEqual([expect.stringContaining('packets besides')]);
    expect(await changed((all) => all.toSpliced(sound, 1))).toEqual([expect.stringContaining('packets besides')]);
    expect(await changed(set(clock, 9))).toEqual([expect.stringContaining('clock references')]);
    const lost = [expect.stringContaining('taken over'), expect.stringContaining('counted wrongly')];
    expect(await changed((all) => all.toSpliced(start + 1, 1))).toEqual(lost);
    expect(await changed(set(start + 1, 100))).toEqual([expect.stringContaining('taken over')]);
    const payload = 188 - packets[start].payload.length;
    expect(await changed(set(start, payload + 12))).toEqual([
      expect.stringContaining('taken over'),
      expect.stringContaining('times of the pictures'),
    ]);
  });
});
