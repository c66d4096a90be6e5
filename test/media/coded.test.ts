import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCodec } from '../../src/media/codec.js';
import { readSps } from '../../src/media/coded/avc-sps.js';
import { BitReader, BitWriter, escaped, unescaped } from '../../src/media/coded/bits.js';
import { writeEncoded, type Edit } from '../../src/media/coded/encoded.js';
import type { Sample } from '../../src/media/coded/fragments-in.js';
import { copiedOf, placesOf, planGops, type PlannedPicture } from '../../src/media/coded/gops.js';
import type { CodedPicture } from '../../src/media/coded/picture.js';
import { decodingTimes, reorderOf } from '../../src/media/coded/schedule.js';
import { compareDelivered } from '../../src/media/compare.js';
import { planContainer } from '../../src/media/container.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { keyInterval } from '../../src/media/packets.js';
import { probe } from '../../src/media/probe.js';
import { encoderTimeline, measuredRate } from '../../src/media/timeline.js';
import { ffmpeg, temporaryFolder } from '../fixtures/programmes.js';
import { frameDigests, pass, picture, tone } from './support.js';

const folder = temporaryFolder('coded');
const file = (name: string): string => path.join(folder, name);

/** Changes new pictures one by one. */
const each = (change: (picture: Sample) => Sample): Edit =>
  async function* (parts) {
    for await (const part of parts) yield 'sample' in part ? { sample: change(part.sample) } : part;
  };

describe('coded pictures on their way from the encoder to the muxer', () => {
  it.each([
    ['h264.mp4', ['-c:v', 'libx264', '-bf', '3']],
    ['h264.mkv', ['-c:v', 'libx264', '-bf', '3', '-output_ts_offset', '3.3']],
    ['uneven.mp4', ['-c:v', 'libx264', '-vf', 'setpts=(N+N*N/50+7)/25/TB', '-fps_mode', 'passthrough']],
    ['hevc.mp4', ['-c:v', 'libx265', '-x265-params', 'log-level=error']],
    ['mpeg2.mov', ['-c:v', 'mpeg2video', '-bf', '2']],
    ['prores.mov', ['-c:v', 'prores_ks']],
  ])('make the file that one process makes: %s', async (name, codec) => {
    const [format] = name.startsWith('prores') ? ['yuv422p10le'] : ['yuv420p'];
    ffmpeg(...picture('128x96', '25', 1), ...tone(300, 1), '-pix_fmt', format, '-g', '12', ...codec, '-c:a', 'aac', file(name));
    const { source, delivered, times, deliveredTimes } = await pass(file(name), file(`one-${name}`));
    const { rate, constant } = measuredRate(source.video, times);
    const plan = planCodec(source, { keyInterval: await keyInterval(source.path, source.video.index), constantRate: constant });
    const plans = {
      codec: plan,
      container: planContainer(source),
      timeline: encoderTimeline(source, times, plan.gridded),
      rate,
      delays: new Map(),
    };
    const seen: CodedPicture[] = [];
    const edit = each((p) => (seen.push(p), p));
    await writeEncoded(source, plans, decodeFrames(source), times, edit, file(`two-${name}`));
    const two = await probe(file(`two-${name}`));
    expect(await frameDigests(two)).toEqual(await frameDigests(delivered));
    expect((await frameTimes(two)).ticks).toEqual(deliveredTimes.ticks);
    expect(compareDelivered(source, two, { source: times, delivered: await frameTimes(two) })).toEqual([]);
    expect(seen.map((p) => p.pts).sort((a, b) => a - b)).toEqual(times.ticks);
    expect(seen.every((p) => p.dts <= p.pts)).toBe(true);
    expect(seen[0].key).toBe(true);
  });

  it('are what the editor makes of them', async () => {
    const source = await probe(file('h264.mp4'));
    const times = await frameTimes(source);
    const plan = planCodec(source, { keyInterval: 12, constantRate: true });
    const timeline = encoderTimeline(source, times, false);
    const plans = { codec: plan, container: planContainer(source), timeline, rate: source.video.rate, delays: new Map() };
    // An SEI message of user data that nobody knows, before each picture.
    const sei = Buffer.from([0, 0, 0, 21, 6, 5, 17, ...Buffer.from('sixteen bytes id'), 42, 0x80]);
    const edit = each((p) => ({ ...p, data: Buffer.concat([sei, p.data]) }));
    await writeEncoded(source, plans, decodeFrames(source), times, edit, file('edited.mp4'));
    const edited = await probe(file('edited.mp4'));
    expect(await frameDigests(edited)).toEqual(await frameDigests(await probe(file('one-h264.mp4'))));
    expect(edited.bytes).toBeGreaterThanOrEqual((await probe(file('one-h264.mp4'))).bytes + 25 * sei.length);
  });
});

describe('planning', () => {
  /** Pictures of GOPs of three, the second and third shown in turned order. */
  const stream = (gops: number, change: Record<number, Partial<PlannedPicture>> = {}): PlannedPicture[] =>
    Array.from({ length: 3 * gops }, (_, i) => ({ pts: i - (i % 3) + [0, 2, 1][i % 3], shown: true, idr: i % 3 === 0, ...change[i] }));
  const copied = (first: number, last: number) => ({ kind: 'copied', pictures: { first, last } });
  const encoded = (first: number, last: number) => ({ kind: 'encoded', frames: { first, last } });

  it('encodes runs of GOPs with a touched frame and copies what is between', () => {
    expect(planGops(stream(5), (f) => f === 4 || f === 6)).toEqual([copied(0, 2), encoded(3, 8), copied(9, 14)]);
    expect(planGops(stream(2), () => false)).toEqual([copied(0, 5)]);
    expect(planGops(stream(2), () => true)).toEqual([encoded(0, 5)]);
  });

  it('does not cut where a picture is shown before one that comes earlier', () => {
    // The first picture of the third GOP is an IDR picture, but the last of the second is shown after it.
    const pictures = stream(3, { 5: { pts: 6 }, 6: { pts: 5 } });
    expect(planGops(pictures, (f) => f === 8)).toEqual([copied(0, 2), encoded(3, 8)]);
  });

  it('does not cut at pictures that are no IDR pictures', () => {
    expect(planGops(stream(3, { 3: { idr: false } }), (f) => f === 8)).toEqual([copied(0, 5), encoded(6, 8)]);
    expect(planGops(stream(2, { 0: { idr: false } }), (f) => f === 5)).toEqual([encoded(0, 5)]);
  });

  /** GOPs of four of HEVC: a CRA picture, two that lead it, one that follows. */
  const open = (gops: number, change: Record<number, Partial<PlannedPicture>> = {}): PlannedPicture[] =>
    Array.from({ length: 4 * gops }, (_, i) => {
      const leads = i > 3 && (i % 4 === 1 || i % 4 === 2);
      return { pts: i - (i % 4) + [2, 0, 1, 3][i % 4], shown: true, idr: i === 0, open: i > 0 && i % 4 === 0, leads, ...change[i] };
    });

  it('enters open GOPs behind what leads them, which is encoded with what comes before', () => {
    const entered = (first: number, last: number) => ({ ...copied(first, last), opened: { leading: 2 } });
    expect(planGops(open(4), (f) => f === 4 + 3)).toEqual([copied(0, 3), encoded(4, 9), entered(8, 15)]);
    expect(planGops(open(4), (f) => f === 4)).toEqual([copied(0, 3), encoded(4, 5), entered(4, 15)]);
    expect(planGops(open(4), () => false)).toEqual([copied(0, 15)]);
    const [, , piece] = planGops(open(4), (f) => f === 7);
    const places = piece.kind === 'copied' ? placesOf(piece, open(4)) : [];
    expect(places.map(({ picture, opened }) => `${picture.pts}${opened ? ' opened' : ''}`)).toEqual([
      '10 opened',
      '11',
      '14',
      '12',
      '13',
      '15',
    ]);
    expect(copiedOf([piece])).toBe(6);
  });

  it('does not enter an open GOP where what leads it is shown among the others', () => {
    const mixed = open(3, { 5: { pts: 6.5 } });
    expect(planGops(mixed, (f) => f === 1)).toEqual([encoded(0, 9), { ...copied(8, 11), opened: { leading: 2 } }]);
  });

  it('encodes what an edit list shows in part, and leaves out what it hides', () => {
    const hidden = { 0: { shown: false }, 1: { shown: false }, 2: { shown: false }, 3: { shown: false } };
    expect(planGops(stream(4, hidden), () => false)).toEqual([encoded(0, 1), copied(6, 11)]);
  });

  it('takes a picture of a GOP of its own for itself', () => {
    const pictures = stream(3, { 2: { idr: true, pts: 2 }, 1: { pts: 1 } });
    expect(planGops(pictures, (f) => f === 4)).toEqual([copied(0, 2), encoded(3, 5), copied(6, 8)]);
    expect(planGops(pictures, (f) => f === 2)).toEqual([copied(0, 1), encoded(2, 2), copied(3, 8)]);
  });
});

describe('times of decoding', () => {
  it('rise strictly and are never after those of showing, for any order within the delay', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: -9000, max: 9000 }),
        (frames, start) => {
          let time = start;
          const ticks = frames.map(([step]) => (time += step));
          // Each picture comes earlier in the stream by up to five places.
          const order = frames.map(([, early], i) => ({ i, at: i - early - i / 1000 })).sort((a, b) => a.at - b.at);
          const pts = order.map(({ i }) => ticks[i]);
          const dts = decodingTimes(ticks, reorderOf(pts), 40);
          dts.forEach((t, i) => {
            expect(t).toBeLessThanOrEqual(pts[i]);
            if (i > 0) expect(t).toBeGreaterThan(dts[i - 1]);
          });
        },
      ),
    );
  });
});

describe('bits', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(2 ** 20), fc.constant(0), fc.constant(2 ** 31)), { maxLength: 40 }), (values) => {
        const writer = new BitWriter();
        for (const value of values) writer.ue(value);
        const reader = new BitReader(unescaped(escaped(writer.payload())));
        expect(values.map(() => reader.ue())).toEqual(values);
        expect(reader.bit()).toBe(1);
      }),
    );
  });

  it('never hold a start code once they are escaped', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 7), { maxLength: 60 }), (bytes) => {
        const payload = Uint8Array.from([...bytes, 0x80]);
        expect(unescaped(escaped(payload))).toEqual(payload);
        expect(Buffer.from(escaped(payload)).toString('hex')).not.toMatch(/^(..)*0000(00|01|02)/);
      }),
    );
  });

  it('of a sequence parameter set say size, depth and how pictures are held', () => {
    // Written by x264 for 192x128, High, level 1.1, three B-frames in a pyramid.
    const sps = readSps(Buffer.from('6764000bacd943046c0440000003004000000c83c50a6580', 'hex'));
    expect(sps).toMatchObject({
      id: 0,
      profile: 100,
      level: 11,
      width: 192,
      height: 128,
      macroblocks: 96,
      chromaFormat: 1,
      depths: [8, 8],
    });
    expect(sps.vui).toMatchObject({ aspect: { code: 1 }, hrd: undefined, limits: { reorder: 2, held: 4 } });
  });

  it('that end too early are an error', () => {
    expect(() => readSps(Buffer.from('6764000bacd9', 'hex'))).toThrow(RangeError);
  });
});
