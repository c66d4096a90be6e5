import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkBytes } from '../../src/media/coded/transport/reed-solomon.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { pass, picture, tone, type Passage } from './support.js';
import {
  MPEG2,
  PIDS,
  X264,
  X265,
  complaints,
  jumps,
  makeTransport,
  packetsOf,
  section,
  sectionPacket,
  staying,
  stampsOf,
  stream,
  withEntry,
  withStreams,
  type Seen,
} from './transport-support.js';

const folder = temporaryFolder('transport');
const file = (name: string): string => path.join(folder, name);
const WRAP = 2 ** 33;
const make = (name: string, codec: readonly string[], more: readonly string[] = [], size?: string): string =>
  makeTransport(file(name), codec, more, size);

interface Kept extends Passage {
  readonly before: readonly Seen[];
  readonly after: readonly Seen[];
}

/** Sends a programme through and looks whether everything but its pictures is what it was. */
async function keeps(source: string, { stride = 188, withNulls = true, pid = 512 } = {}): Promise<Kept> {
  const target = source.replace(/([^/]+)$/, 'out-$1');
  const passage = await pass(source, target);
  const [before, after] = [packetsOf(source, stride), packetsOf(target, stride)];
  expect(passage.result.carriage).toBe('in place');
  expect(passage.differences).toEqual([]);
  expect(passage.deliveredTimes.ticks).toEqual(passage.times.ticks);
  expect(staying(after, pid, withNulls)).toEqual(staying(before, pid, withNulls));
  expect(jumps(after, pid)).toBe(0);
  const own = (packets: readonly Seen[]): string =>
    packets
      .filter((p) => p.pid === pid)
      .map((p) => p.payload.toString('hex'))
      .join('');
  expect(own(after)).not.toBe(own(before));
  const stamps = stampsOf(after, pid);
  const sorted = (list: typeof stamps): number[] => list.map((s) => s.pts).sort((a, b) => a - b);
  expect(sorted(stamps)).toEqual(sorted(stampsOf(before, pid)));
  const ahead = (later: number, earlier: number): number => (later - earlier + WRAP) % WRAP;
  for (const { pts, dts } of stamps) expect(ahead(pts, dts)).toBeLessThan(90_000);
  for (let i = 1; i < stamps.length; i++) expect(ahead(stamps[i].dts, stamps[i - 1].dts)).toBeLessThan(90_000);
  expect(after.filter((p) => p.pid === pid && p.flags & 0x40).length).toBeGreaterThan(1);
  expect(complaints(target)).toBe('');
  return { ...passage, before, after };
}

/** Writes packets of others among those of a file, one after each `every`. */
function among(source: string, target: string, foreign: readonly Buffer[], map?: (packet: Seen) => Buffer | undefined): void {
  const every = Math.floor(packetsOf(source).length / (foreign.length + 1));
  const pieces = packetsOf(source).flatMap((p, n) => {
    const own = map?.(p) ?? p.whole;
    const at = (n + 1) / every - 1;
    return Number.isInteger(at) && at < foreign.length ? [own, foreign[at]] : [own];
  });
  writeFileSync(target, Buffer.concat(pieces));
}

describe('in a transport stream only the packets of the picture are replaced', () => {
  it.each([
    ['h264.ts', X264, []],
    ['h264-fields.ts', [...X264, '-flags', '+ildct+ilme'], []],
    ['h264-without-b.ts', [...X264, '-bf', '0'], []],
    ['h264-shallow.ts', [...X264.slice(0, -1), 'b-pyramid=none'], []], // the new stream needs a frame more of delay
    ['h264-varying.ts', [...X264, '-vf', "select='mod(n,7)'", '-vsync', 'vfr'], []],
    ['hevc.ts', X265, []],
    ['mpeg2.ts', MPEG2, []],
    ['mpeg2-fields.ts', [...MPEG2, '-flags', '+ildct+ilme', '-top', '1'], []],
    ['mpeg2-intra.ts', [...MPEG2, '-g', '1', '-bf', '0'], []],
    ['clocks-often.ts', X264, ['-pcr_period', '20']],
    ['late.ts', X264, ['-mpegts_copyts', '1', '-muxdelay', '0', '-output_ts_offset', (WRAP / 90_000 - 1).toFixed(6)]],
  ])('%s', async (name, codec, more) => {
    await keeps(make(name, codec, more));
  });

  it('which may be many more, or fewer, than before', async () => {
    const count = (packets: readonly Seen[]): number => packets.filter((p) => p.pid === 512).length;
    const many = await keeps(make('small.ts', [...X264, '-crf', '50'], [], '320x240'));
    expect(count(many.after)).toBeGreaterThan(count(many.before) * 2);
    const few = await keeps(make('large.ts', [...X264, '-crf', '1'], [], '320x240'));
    expect(count(few.after)).toBeLessThan(count(few.before) * 0.8);
  });

  it('with the arrival times of M2TS, which rise', async () => {
    const packets = packetsOf(make('plain.ts', X264));
    const prefix = (n: number): Buffer => {
      const out = Buffer.alloc(4);
      out.writeUInt32BE((0x40000000 + ((2 ** 30 - 90_000_000 + n * 30_000 + (n % 7) * 1000) % 2 ** 30)) >>> 0); // wraps on the way
      return out;
    };
    writeFileSync(file('camera.m2ts'), Buffer.concat(packets.flatMap((p, n) => [prefix(n), p.whole])));
    const { before, after } = await keeps(file('camera.m2ts'), { stride: 192 });
    expect(after.length).not.toBe(before.length);
    const arrivals = after.map((p) => p.whole.readUInt32BE(0) & 0x3fffffff);
    expect(arrivals.filter((t, i) => i > 0 && (t - arrivals[i - 1] + 2 ** 30) % 2 ** 30 > 10_000_000)).toEqual([]);
    expect(after.every((p) => p.whole[0] >> 6 === 1)).toBe(true);
  });

  it.each(['checks', 'zeros'] as const)('of 204 bytes with %s behind each', async (kind) => {
    const tail = (p: Uint8Array): Uint8Array => (kind === 'checks' ? checkBytes(p) : new Uint8Array(16));
    const packets = packetsOf(make('plain.ts', MPEG2));
    writeFileSync(file(`${kind}.ts`), Buffer.concat(packets.flatMap((p) => [p.whole, tail(p.whole)])));
    const { after } = await keeps(file(`${kind}.ts`), { stride: 204 });
    for (const p of after) expect(p.whole.subarray(188).equals(tail(p.bytes))).toBe(true);
  });

  it('and a constant rate stays constant to the byte: clock references as many packets apart as before', async () => {
    const source = make(
      'constant.ts',
      [...MPEG2, '-maxrate', '2M', '-bufsize', '800k'],
      ['-muxrate', '3M', '-pcr_period', '40'],
      '320x240',
    );
    const { before, after, result } = await keeps(source, { withNulls: false });
    const clocks = (packets: readonly Seen[]): string[] => packets.flatMap((p, n) => (p.pcr === undefined ? [] : [`${n} ${p.pcr}`]));
    expect(before.filter((p) => p.pid === 0x1fff).length).toBeGreaterThan(100);
    expect(clocks(after)).toEqual(clocks(before));
    expect(after.slice(before.length).every((p) => p.pid === 512)).toBe(true); // what was still on its way at the end
    expect(after.length - before.length).toBeLessThan(before.length / 10);
    expect(result.losses).toEqual([]);
  });

  it('beside a second service, another picture, splice markers, guide, teletext, network tables and null packets', async () => {
    const services = ['-program', 'title=Ost:program_num=5:st=0:st=1', '-program', 'title=West:program_num=9:st=2:st=3'];
    const maps = ['-map', '0', '-map', '1', '-map', '2', '-map', '3', ...PIDS, '-streamid', '2:700', '-streamid', '3:701'];
    const inputs = [...picture('128x96', '25', 2), ...tone(300, 2), ...picture('96x64', '25', 2), ...tone(500, 2)];
    ffmpeg(...inputs, ...maps, ...services, ...MPEG2, '-c:a', 'mp2', '-mpegts_pmt_start_pid', '4000', file('two.ts'));
    const splice = section(0xfc, Buffer.from('00000000000000fff0140500000001feff000000007e0001a5f800000000000000', 'hex'), 0x30);
    const guide = section(0x4e, Buffer.from('0005c10000000100010000004e', 'hex'), 0xf0);
    const network = section(0x40, Buffer.from('0001c10000f000f000', 'hex'), 0xf0);
    const teletext = (n: number): Buffer => Buffer.concat([Buffer.from([0x47, 0x02, 0x40, 0x10 | (n & 15)]), Buffer.alloc(184, n)]);
    const none = Buffer.concat([Buffer.from([0x47, 0x1f, 0xff, 0x10]), Buffer.alloc(184, 0x5a)]);
    const foreign = Array.from({ length: 60 }, (_, n) =>
      [
        sectionPacket(0x1f0, n / 5, splice),
        sectionPacket(0x12, n / 5, guide),
        sectionPacket(0x10, n / 5, network),
        teletext(n / 5),
        none,
      ].at(n % 5),
    ).filter((p) => p !== undefined);
    const more = [stream(0x86, 0x1f0), stream(6, 0x240, [0x56, 5, 0x67, 0x65, 0x72, 9, 0]), stream(0xc0, 0x1f2)];
    among(file('two.ts'), file('all.ts'), foreign, (p) =>
      p.pid === 4000 ? withStreams(p.whole, [5, 4, 0x43, 0x55, 0x45, 0x49], more) : undefined,
    );
    const { source, delivered, result, after } = await keeps(file('all.ts'));
    expect(source.streams.map((s) => s.codec)).toEqual(expect.arrayContaining(['scte_35', 'epg', 'dvb_teletext', 'mpeg2video', 'mp2']));
    expect(delivered.streams.map((s) => `${s.id} ${s.type} ${s.codec}`).sort()).toEqual(
      source.streams.map((s) => `${s.id} ${s.type} ${s.codec}`).sort(),
    );
    expect(delivered.services).toHaveLength(2);
    expect(result.losses).toEqual([expect.stringContaining('another picture')]);
    expect(after.filter((p) => p.pid === 0x1fff)).toHaveLength(12);
  });

  it('and private data and signs of a discontinuity stay where they were; countdowns to a splice go and are told', async () => {
    const source = make('plain.ts', MPEG2);
    let [stuffed, n] = [0, 0];
    // Adaptation fields of stuffing only give room for a field of their own.
    const map = (p: Seen): Buffer | undefined => {
      if (p.pid !== 512 || (p.bytes[3] & 0x20) === 0 || p.bytes[4] < 12 || p.flags !== 0) return undefined;
      stuffed++;
      const bytes = Buffer.from(p.whole);
      bytes[5] = 0x06;
      bytes.set([n++ & 0x7f, 8, 0x02, 1, 0x77, 0xdf, 3, 0x45, 0x42, 0x50], 6); // a countdown; AU_information, then a field of another kind
      return bytes;
    };
    among(source, file('private.ts'), [], map);
    expect(stuffed).toBeGreaterThan(5);
    const { after, result } = await keeps(file('private.ts'));
    const own = after.filter((p) => p.pid === 512 && p.flags & 0x02);
    expect(own).toHaveLength(stuffed);
    for (const p of own)
      expect(
        p.bytes
          .subarray(p.pcr === undefined ? 6 : 12)
          .subarray(0, 6)
          .toString('hex'),
      ).toBe('05df03454250');
    expect(after.filter((p) => p.pid === 512 && p.flags & 0x04)).toEqual([]);
    expect(result.losses).toEqual([expect.stringContaining('splice')]);
  });

  it('whose tables may state profile and level: told where new pictures are more than that', async () => {
    const source = make('plain.ts', X264);
    const level = (await pass(source, file('out-plain.ts'))).source.video.level ?? 0;
    for (const [stated, told] of [
      [level, []],
      [level - 1, [expect.stringContaining('tables state profile 77')]],
    ] as const) {
      const entry = (p: Buffer): Buffer => {
        const out = Buffer.from(p);
        const at = out.indexOf(Buffer.from([0x1b, 0xe2, 0x00, 0xf0, 0x00])); // the picture's entry, without descriptors
        const descriptor = Buffer.from([0x28, 4, 77, 0, stated, 0x3f]);
        return at < 0 ? out : withEntry(out, at, descriptor);
      };
      const target = file(`stated-${stated}.ts`);
      among(source, target, [], (p) => (p.pid === 4096 ? entry(p.whole) : undefined));
      expect((await keeps(target)).result.losses).toEqual(told);
    }
  });

  it('and what is no packet stays too: bytes before, between and behind', async () => {
    const bytes = readFileSync(make('plain.ts', MPEG2));
    const at = 188 * Math.floor(bytes.length / 376);
    const junk = [Buffer.alloc(77, 1), Buffer.alloc(500, 0x47), Buffer.alloc(99, 3)];
    writeFileSync(file('junk.ts'), Buffer.concat([junk[0], bytes.subarray(0, at), junk[1], bytes.subarray(at), junk[2]]));
    const { result, differences } = await pass(file('junk.ts'), file('out-junk.ts'));
    expect([result.carriage, differences]).toEqual(['in place', []]);
    const delivered = readFileSync(file('out-junk.ts'));
    expect(delivered.subarray(0, 77).equals(junk[0])).toBe(true);
    expect(delivered.includes(junk[1])).toBe(true);
    expect(delivered.subarray(-99).equals(junk[2])).toBe(true);
  });

  it('and several pictures in a PES packet get one each, with the times they are shown', async () => {
    let pictures = 0;
    const joined = packetsOf(make('plain.ts', MPEG2)).map(({ pid, begins, bytes, payload }) => {
      if (pid !== 512 || !begins || pictures++ % 3 === 0) return bytes;
      const head = 188 - payload.length + 9 + payload[8];
      const out = Buffer.concat([bytes.subarray(0, 4), Buffer.from([head - 5, 0]), Buffer.alloc(head - 6, 0xff), bytes.subarray(head)]);
      out[1] &= ~0x40;
      out[3] |= 0x20;
      if (bytes[3] & 0x20) bytes.copy(out, 5, 5, 5 + bytes[4]);
      return out;
    });
    writeFileSync(file('joined.ts'), Buffer.concat(joined));
    const passage = await pass(file('joined.ts'), file('out-joined.ts'));
    expect([passage.result.carriage, passage.differences, passage.result.losses]).toEqual(['in place', [], []]);
    const [before, after] = [packetsOf(file('joined.ts')), packetsOf(file('out-joined.ts'))];
    expect(staying(after, 512)).toEqual(staying(before, 512));
    expect(stampsOf(before, 512)).toHaveLength(17);
    expect(
      stampsOf(after, 512)
        .map((s) => s.pts)
        .sort((a, b) => a - b),
    ).toEqual(passage.times.ticks);
    expect(passage.times.ticks).toHaveLength(50);
    expect(complaints(file('out-joined.ts'))).toBe('');
  });

  it('and a recording that begins inside a group of pictures loses what cannot be decoded, nothing else', async () => {
    const packets = packetsOf(make('whole.ts', X264));
    writeFileSync(file('begun.ts'), Buffer.concat(packets.slice(Math.floor(packets.length / 5)).map((p) => p.whole)));
    const passage = await pass(file('begun.ts'), file('out-begun.ts'));
    expect(passage.times.ticks.length).toBeLessThan(50);
    expect(passage.deliveredTimes.ticks).toEqual(passage.times.ticks);
    expect([passage.result.carriage, passage.differences]).toEqual(['in place', []]);
    const [before, after] = [packetsOf(file('begun.ts')), packetsOf(file('out-begun.ts'))];
    expect(staying(after, 512)).toEqual(staying(before, 512));
    expect(complaints(file('out-begun.ts'))).toBe('');
  });
});
