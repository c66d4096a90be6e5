import { describe, expect, it } from 'vitest';
import { seiMessages, seiNal } from '../../../src/media/coded/side/sei.js';
import { escaped, unescaped } from '../../../src/media/coded/bits.js';
import { framed, nalUnits, startCodeUnits } from '../../../src/media/coded/side/units.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const bodies = (data: Buffer, framing: 'annexb' | 2 | 4): string[] =>
  nalUnits(data, framing).map(({ body, end }) => data.subarray(body, end).toString('hex'));

describe('NAL units', () => {
  it('are found behind start codes of three and four bytes, without the zeros that follow them', () => {
    const data = hex('00 00 00 01 09 10 00 00 01 67 42 00 00 00 00 01 65 88 00 00');
    expect(bodies(data, 'annexb')).toEqual(['0910', '6742', '6588']);
    expect(nalUnits(data, 'annexb').map((u) => u.start)).toEqual([0, 6, 12]);
  });

  it('are found behind lengths of two and four bytes, up to one that is cut', () => {
    expect(bodies(hex('0002 0910 0003 658801'), 2)).toEqual(['0910', '658801']);
    expect(bodies(hex('00000002 0910 00000009 6588'), 4)).toEqual(['0910']);
  });

  it('come back out of a picture as they were put in', () => {
    const nal = hex('06 0403 000003 80');
    for (const framing of ['annexb', 2, 4] as const) expect(bodies(framed(nal, framing), framing)).toEqual([nal.toString('hex')]);
    expect(() => framed(Buffer.alloc(70_000), 2)).toThrow(RangeError);
  });

  it('never hold a start code, whatever they carry', () => {
    const states = [0, 1, 2, 3, 4, 255];
    for (let n = 0; n < states.length ** 6; n++) {
      const six = Array.from({ length: 6 }, (_, i) => states[Math.floor(n / states.length ** i) % states.length]);
      const bytes = Buffer.from([...six, 0x80]);
      const safe = Buffer.from(escaped(bytes));
      if (!bytes.equals(unescaped(safe)) || /^(..)*?0000(00|01|02)/.test(safe.toString('hex'))) expect(bytes.toString('hex')).toBe('safe');
    }
    expect([...escaped(hex('00 00 01'))]).toEqual([0, 0, 3, 1]);
  });
});

it('units of MPEG-2 keep the zeros before the next start code', () => {
  const data = hex('000001b2 4100 00 000001 01 ff');
  expect(startCodeUnits(data).map(({ body, end }) => data.subarray(body, end).toString('hex'))).toEqual(['b2410000', '01ff']);
});

describe('SEI messages', () => {
  it('of any length and type come back as they were written, in H.264 and HEVC', () => {
    const messages = [0, 1, 254, 255, 256, 700].map((n, i) => ({ type: i * 130, payload: new Uint8Array(n).fill(i % 2 ? 0 : 0xff) }));
    for (const header of [hex('06'), hex('4e01')]) expect(seiMessages(seiNal(header, messages), header.length)).toEqual(messages);
  });

  it('that are cut are left out', () => {
    expect(seiMessages(hex('06 04 02 aabb 05 10 cc 80'), 1)).toEqual([{ type: 4, payload: Uint8Array.of(0xaa, 0xbb) }]);
    expect(seiMessages(hex('06 ff ff'), 1)).toEqual([]);
  });
});
