import { describe, expect, it } from 'vitest';
import { BitWriter, escaped } from '../../../src/media/coded/bits.js';
import { captionConstructs } from '../../../src/media/coded/side/captions.js';
import { framesOf } from '../../../src/media/coded/side/carried-frames.js';
import { Mpeg2Reader } from '../../../src/media/coded/side/mpeg2-reader.js';
import { AvcReader } from '../../../src/media/coded/side/nal-readers.js';
import { SeiWriter } from '../../../src/media/coded/side/put-sei.js';
import { SEI, seiMessages, seiNal } from '../../../src/media/coded/side/sei.js';
import { framed, nalUnits } from '../../../src/media/coded/side/units.js';
import { activeFormat, atscMessage, captionData, construct } from './captions.js';

/*
 * No encoder here codes the two fields of a frame one by one (PAFF), so these pictures are written by hand: parameter sets and slice heads as
 * in ITU-T H.264, 7.3; what follows a slice head is of no interest.
 */

/** A sequence set for interlaced pictures (High, frame_num of 4 bits), whose picture timing has delays of 10 and 6 bits and offsets of 5. */
function sequenceSet(pictureStructure: boolean): Buffer {
  const bits = new BitWriter();
  for (const byte of [0x67, 100, 0, 40]) bits.bits(byte, 8);
  for (const code of [0, 1, 0, 0]) bits.ue(code); // id, 4:2:0, depths
  bits.bits(0, 2); // no bypass, no scaling
  for (const code of [0, 2, 4]) bits.ue(code); // frame_num, order by decoding, references
  bits.flag(false);
  for (const code of [44, 17]) bits.ue(code); // 720 by 576
  for (const flag of [false, false, true, false, true]) bits.flag(flag); // fields, no MBAFF, direct, no cropping, a description
  for (let i = 0; i < 5; i++) bits.flag(false); // aspect, overscan, signal, chroma, timing
  bits.flag(true); // a model of a buffer
  bits.ue(0);
  bits.bits(0, 8);
  bits.ue(9);
  bits.ue(9);
  bits.flag(false);
  for (const length of [23, 9, 5, 5]) bits.bits(length, 5);
  bits.flag(false);
  bits.flag(false);
  bits.flag(pictureStructure);
  bits.flag(false);
  return Buffer.from(escaped(bits.payload()));
}

function pictureSet(): Buffer {
  const bits = new BitWriter();
  bits.bits(0x68, 8);
  for (const code of [0, 0]) bits.ue(code);
  bits.bits(0, 2);
  return Buffer.from(escaped(bits.payload()));
}

function slice(frameNumber: number, field?: 'top' | 'bottom', type = 0x41): Buffer {
  const bits = new BitWriter();
  bits.bits(type, 8);
  for (const code of [0, 5, 0]) bits.ue(code);
  bits.bits(frameNumber, 4);
  bits.flag(field !== undefined);
  if (field) bits.flag(field === 'bottom');
  bits.bits(0x5a5a5a, 24);
  return Buffer.from(escaped(bits.payload()));
}

const unit = (nal: Uint8Array): Buffer => framed(nal, 'annexb');
const message = (type: number, payload: Uint8Array): Buffer => unit(seiNal(Buffer.from([6]), [{ type, payload }]));
const SETS = Buffer.concat([unit(sequenceSet(true)), unit(pictureSet())]);

const captions = (first: number, count: number): Buffer =>
  captionData(Array.from({ length: count }, (_, i) => construct(i === 0 ? first % 2 : 2, first + i, first + i + 1)));
const carried = (data: Buffer): Buffer => message(SEI.registered, atscMessage(data));

async function* listed<T>(...items: T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

describe('two coded fields of H.264', () => {
  const top = Buffer.concat([SETS, carried(captions(2, 10)), carried(activeFormat(8)), unit(slice(3, 'top'))]);
  const bottom = Buffer.concat([carried(captions(41, 9)), carried(activeFormat(8)), unit(slice(3, 'bottom'))]);
  const bytes = Buffer.concat([captions(2, 10).subarray(7, -1), captions(41, 9).subarray(7, -1)]);

  it('in one packet carry their captions together, and say once what both say', () => {
    const { payloads, field } = new AvcReader().read(Buffer.concat([top, bottom]));
    expect(field).toBeUndefined();
    expect(payloads.map((p) => p.kind)).toEqual(['captions', 'format']);
    expect(Buffer.from(captionConstructs(payloads[0])!)).toEqual(bytes);
    expect(payloads[0].bytes[3 + 5]).toBe(0x40 | 19);
    expect(payloads[0].bytes.at(-1)).toBe(0xff);
  });

  it('in packets of their own do so too, and two top fields do not', async () => {
    const reader = new AvcReader();
    const read = (pts: number | undefined, data: Buffer) => ({ pts, dts: pts, ...reader.read(data) });
    const next = Buffer.concat([carried(captions(7, 4)), unit(slice(4, 'top'))]);
    const pictures = [read(100, top), read(undefined, bottom), read(300, next), read(400, Buffer.concat([unit(slice(5, 'top'))]))];
    const frames = [];
    for await (const frame of framesOf(listed(...pictures))) frames.push(frame);
    expect(frames.map((f) => f.pts)).toEqual([100, 300, 400]);
    expect(Buffer.from(captionConstructs(frames[0].payloads[0])!)).toEqual(bytes);
    expect(frames.map((f) => f.payloads.length)).toEqual([2, 1, 0]);
  });

  it('whose captions are too many for one message keep two', () => {
    const many = (first: number): Buffer => carried(captions(first, 20));
    const picture = Buffer.concat([SETS, many(0), unit(slice(3, 'top')), many(60), unit(slice(3, 'bottom'))]);
    const { payloads } = new AvcReader().read(picture);
    expect(payloads.map((p) => p.bytes[3 + 5] & 31)).toEqual([20, 20]);
  });
});

it('two coded fields of MPEG-2 carry their captions together', () => {
  const code = (byte: number, ...body: number[]): Buffer => Buffer.from([0, 0, 1, byte, ...body]);
  const userData = (data: Buffer): Buffer => Buffer.concat([code(0xb2), data]);
  const picture = (data: Buffer): Buffer =>
    Buffer.concat([code(0, 0x00, 0x0f, 0xff, 0xf8), code(0xb5, 0x8f, 0xff, 0xf1, 0x80), userData(data), code(1, 0x13, 0x37)]);
  const group = code(0xb8, 0x80, 0x08, 0x00, 0x40);
  const sequence = code(0xb3, 0x2d, 0x02, 0x40, 0x34, 0xff, 0xff, 0xe0, 0x18);
  const { payloads, group: found } = new Mpeg2Reader().read(
    Buffer.concat([sequence, userData(Buffer.from('an encoder')), group, picture(captions(2, 10)), picture(captions(31, 10))]),
  );
  expect(payloads).toHaveLength(1);
  expect(Buffer.from(captionConstructs(payloads[0])!)).toEqual(
    Buffer.concat([captions(2, 10).subarray(7, -1), captions(31, 10).subarray(7, -1)]),
  );
  expect(found).toEqual({ time: { dropFrame: true, hours: 0, minutes: 0, seconds: 0, pictures: 0 }, rate: 30, place: 0 });
});

describe('clock time stamps of H.264', () => {
  /** Delays, two fields shown, a full stamp with an offset below zero, and one that says seconds and minutes only. */
  function timing(): Buffer {
    const bits = new BitWriter();
    bits.bits(77, 10);
    bits.bits(5, 6);
    bits.bits(3, 4);
    for (const [value, count] of [
      [1, 1],
      [1, 2],
      [1, 1],
      [4, 5],
      [1, 1],
      [0, 1],
      [1, 1],
      [29, 8],
      [58, 6],
      [59, 6],
      [23, 5],
      [30, 5],
    ]) {
      bits.bits(value, count);
    }
    for (const [value, count] of [
      [1, 1],
      [2, 2],
      [0, 1],
      [0, 5],
      [0, 1],
      [1, 1],
      [0, 1],
      [12, 8],
      [1, 1],
      [30, 6],
      [1, 1],
      [7, 6],
      [0, 1],
      [0, 5],
    ]) {
      bits.bits(value, count);
    }
    return Buffer.from(bits.message());
  }

  const picture = (payload: Uint8Array): Buffer => Buffer.concat([SETS, message(SEI.pictureTiming, payload), unit(slice(0))]);
  const STAMPS = [
    { kind: [1, 1, 4], full: true, flags: [0, 1], frames: 29, seconds: 58, minutes: 59, hours: 23, offset: -2 },
    { kind: [2, 0, 0], full: false, flags: [1, 0], frames: 12, seconds: 30, minutes: 7, offset: 0 },
  ];

  it('are read, and put into the picture timing of another encoder, whose delays stay', () => {
    const clock = new AvcReader().read(picture(timing())).clock;
    expect(clock).toEqual({ structure: 3, stamps: STAMPS });
    const empty = new BitWriter();
    empty.bits(513, 10);
    empty.bits(33, 6);
    empty.bits(0, 4);
    empty.flag(false);
    const own = picture(empty.message());
    const put = new SeiWriter('h264', 'annexb').put(own, { payloads: [], clock });
    expect(new AvcReader().read(put).clock).toEqual(clock);
    const units = nalUnits(put, 'annexb').map(({ body, end }) => put.subarray(body, end));
    const [{ payload }] = seiMessages(
      units.find((u) => u[0] === 6)!,
      1,
    );
    expect((payload[0] << 8) | payload[1]).toBe((513 << 6) | 33);
    expect(Buffer.from(payload)).toHaveLength(timing().length);
  });

  it('are none where the pictures have no place for them', () => {
    const sets = Buffer.concat([unit(sequenceSet(false)), unit(pictureSet())]);
    const own = Buffer.concat([sets, message(SEI.pictureTiming, Buffer.from([1, 2])), unit(slice(0))]);
    expect(new AvcReader().read(own).clock).toBeUndefined();
    const put = new SeiWriter('h264', 'annexb').put(own, { payloads: [], clock: { stamps: [undefined] } });
    expect(Buffer.compare(put, own)).toBe(0);
  });
});
