import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { heldBoxes } from '../../../src/media/coded/boxes-out.js';
import { recordOf } from '../../../src/media/coded/fragments-out.js';
import { readHevcConfiguration, unitsOf, writeHevcConfiguration } from '../../../src/media/coded/hevc/configuration.js';
import { asBroken, HEVC_NAL, hevcStanding } from '../../../src/media/coded/hevc/kinds.js';
import { hevcParameters, matchHevc, readHevcSource } from '../../../src/media/coded/hevc/match.js';
import { skipTools } from '../../../src/media/coded/hevc/skip-tools.js';
import { BitReader, BitWriter } from '../../../src/media/coded/bits.js';
import { readHevcSps } from '../../../src/media/coded/hevc/sps.js';
import { readHevcPps, readHevcVps } from '../../../src/media/coded/hevc/sets.js';
import { framed } from '../../../src/media/coded/side/units.js';
import { ffmpeg, temporaryFolder } from '../../fixtures/programmes.js';
import { picture } from '../support.js';

const folder = temporaryFolder('hevc');
const COMMON = 'log-level=error:bframes=3:b-pyramid=1:ref=3';

/** What a container keeps for the decoder of a few frames. */
function record(size: string, parameters = COMMON, format = 'yuv420p'): Buffer {
  const file = path.join(folder, `${size}.mp4`);
  const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', format, '-x265-params', parameters, '-tag:v', 'hvc1'];
  ffmpeg(...picture(size, '25', 0.12), ...x265, '-movflags', '+faststart', file);
  const head = readFileSync(file);
  const end = heldBoxes(head.subarray(0, head.indexOf('mdat') - 4)).reduce((sum, { body }) => sum + 8 + body.length, 0);
  return recordOf(head.subarray(0, end))!;
}

const why = (what: () => unknown): string => {
  try {
    what();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
};

describe('parameter sets of HEVC', () => {
  const own = record('128x96');

  it('are written as they were read', () => {
    expect(writeHevcConfiguration(readHevcConfiguration(own)).equals(own)).toBe(true);
    expect(why(() => readHevcConfiguration(own.subarray(0, 60)))).toContain('cut off');
  });

  it('stand beside those of a source under free numbers, and describe the same picture', () => {
    const { extradata } = matchHevc(readHevcSource(own), own);
    const both = readHevcConfiguration(extradata);
    expect(unitsOf(both, HEVC_NAL.vps).map(readHevcVps)).toEqual([0, 1]);
    const [first, second] = unitsOf(both, HEVC_NAL.sps).map(readHevcSps);
    expect([second.vps, second.id]).toEqual([1, 1]);
    expect([second.format, second.buffer, second.level]).toEqual([first.format, first.buffer, first.level]);
    expect(unitsOf(both, HEVC_NAL.pps).map(readHevcPps)).toMatchObject([{ id: 0, sps: 0 }, { id: 16, sps: 1 }]); // prettier-ignore
    // But for the numbers, the source being of the same encoder, nothing else has changed.
    const [before, after] = unitsOf(both, HEVC_NAL.vps).map((nal) => Uint8Array.from(nal));
    expect([...after.with(2, after[2] & 15)]).toEqual([...before]);
    const high = { ...readHevcSource(own), held: 9 };
    const [, named] = unitsOf(readHevcConfiguration(matchHevc(high, own).extradata), HEVC_NAL.sps).map(readHevcSps);
    expect(named.buffer).toEqual([9, ...first.buffer.slice(1)]);
  });

  it('are in the words of the source where they say how pictures are shown', () => {
    const said = `${COMMON}:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc:range=full:sar=4:chromaloc=2:overscan=show`;
    const source = readHevcSource(record('128x96', said));
    expect(source.sps.colours).toMatchObject({
      aspect: { code: 4 },
      signal: { full: true, colour: [9, 18, 9] },
      chromaPlace: [2, 2],
    });
    const sets = (extradata: Buffer) => unitsOf(readHevcConfiguration(extradata), HEVC_NAL.sps).map(readHevcSps);
    const [first, second] = sets(matchHevc(source, own).extradata);
    expect(second.colours).toEqual(first.colours);
    const [, plain] = sets(matchHevc(readHevcSource(own), record('128x96', said)).extradata);
    expect(plain.colours).toEqual(readHevcSource(own).sps.colours);
  });

  it('have their description behind scaling lists and reference sets of any number', () => {
    const bits = new BitWriter();
    for (const value of [0, 3, 0, 3, 1, 1]) bits.ue(value);
    bits.flag(true);
    bits.flag(true); // lists, in the set
    for (let list = 0; list < 20; list++) {
      const [size, own] = [Math.min(3, Math.floor(list / 6)), list % 3 === 0];
      bits.flag(own);
      if (!own) bits.ue(1);
      for (let left = own ? Math.min(64, 16 << (2 * size)) + (size > 1 ? 1 : 0) : 0; left > 0; left--) bits.ue(left % 5);
    }
    bits.bits(2, 2);
    bits.flag(true);
    bits.bits(0x77, 8);
    bits.ue(1);
    bits.ue(2);
    bits.flag(false);
    bits.ue(2); // reference sets: three pictures, then all but one of them and one more, foretold
    bits.ue(2);
    bits.ue(1);
    for (let i = 0; i < 3; i++) bits.bits(0b0101, 4); // code 1, then used: not
    bits.flag(true);
    bits.flag(false);
    bits.ue(0);
    bits.bits(0b1_00_01_1, 6);
    bits.flag(true);
    bits.ue(2);
    bits.bits(0x1ff, 18); // long-term pictures: eight bits and one each
    bits.bits(3, 2);
    const end = bits.bytes().length * 8;
    bits.bits(0xabc, 12);
    const reader = new BitReader(bits.bytes());
    skipTools(reader, 8);
    expect(end - reader.at).toBeLessThan(8);
    expect(reader.bits(12)).toBe(0xabc);
  });

  it('do not, where new pictures would be of another size or depth, or ask more of a decoder', () => {
    const source = readHevcSource(own);
    expect(why(() => matchHevc(source, record('128x88')))).toContain('another size');
    expect(why(() => matchHevc(source, record('128x96', COMMON, 'yuv420p10le')))).toContain('another size');
    expect(why(() => matchHevc({ ...source, held: 4 }, own))).toContain('holds fewer pictures');
    expect(hevcParameters({ ...source, held: 4 })).toContain('b-pyramid=0');
    expect(hevcParameters({ ...source, held: 3 })).toEqual(expect.arrayContaining(['bframes=0', 'ref=1']));
    expect(why(() => matchHevc(source, matchHevc(source, own).extradata))).toContain('other parameter sets');
  });
});

describe('pictures of HEVC', () => {
  /** A picture of one slice: kind, layer, and its first byte behind the header. */
  const slice = (kind: number, layer = 0, byte = 0x80): Uint8Array => Uint8Array.of((kind << 1) | (layer >> 5), (layer << 3) | 1, byte, 7);
  const look = (...units: Uint8Array[]) => hevcStanding(Buffer.concat(units.map((unit) => framed(unit, 4))), new Set());

  it('are told by their kind', () => {
    expect(look(slice(HEVC_NAL.idr))).toEqual({ idr: true, open: false, leads: false });
    expect(look(slice(HEVC_NAL.idrRadl))).toEqual({ idr: true, open: false, leads: false });
    expect(look(slice(HEVC_NAL.cra))).toEqual({ idr: false, open: true, leads: false });
    expect(look(slice(HEVC_NAL.raslN))).toEqual({ idr: false, open: false, leads: true });
    expect(look(slice(1))).toEqual({ idr: false, open: false, leads: false });
  });

  it('are not entered where they ask for others to be dropped', () => {
    expect(look(slice(HEVC_NAL.cra, 0, 0xc0))).toMatchObject({ open: false });
  });

  it('are refused in layers, with metadata that new ones would lack, and with parameter sets that nobody knows', () => {
    expect(why(() => look(slice(1), slice(1, 1)))).toContain('layers');
    expect(why(() => look(slice(1), slice(62)))).toContain('Dolby Vision');
    expect(why(() => look(slice(HEVC_NAL.pps), slice(1)))).toContain('change on the way');
    expect(why(() => look(slice(39)))).toContain('no picture');
  });

  it('that are open become ones to enter at by their names alone', () => {
    const before = Buffer.concat([slice(39), slice(HEVC_NAL.cra), slice(HEVC_NAL.cra, 0, 0)].map((unit) => framed(unit, 4)));
    const after = asBroken(before);
    const changed = [...after].flatMap((byte, at) => (byte === before[at] ? [] : [byte]));
    expect(changed).toEqual([HEVC_NAL.blaRadl << 1, HEVC_NAL.blaRadl << 1]);
  });

  it('that are new name their own parameter set, one byte longer, and nothing behind it changes', () => {
    const own = record('128x96');
    const { numbered } = matchHevc(readHevcSource(own), own);
    const rest = [0x5a, 0, 0, 3, 1, 0xff];
    for (const [kind, first] of [
      [1, 0xff],
      [HEVC_NAL.idr, 0xbf],
      [0, 0x40],
      [HEVC_NAL.cra, 0x20],
    ]) {
      const out = numbered(framed(Uint8Array.of(kind << 1, 1, first, ...rest), 4)).subarray(4);
      expect([...out.subarray(4)]).toEqual(rest);
      const bits = [...out.subarray(2, 4)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      const flags = kind >= 16 ? 2 : 1;
      const was = first.toString(2).padStart(8, '0');
      expect(bits).toBe(`${was.slice(0, flags)}000010001${was.slice(flags + 1)}`); // 16, in nine bits
    }
  });
});
