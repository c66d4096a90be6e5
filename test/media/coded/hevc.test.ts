import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { heldBoxes } from '../../../src/media/coded/boxes-out.js';
import { recordOf } from '../../../src/media/coded/fragments-out.js';
import { readHevcConfiguration, unitsOf, writeHevcConfiguration } from '../../../src/media/coded/hevc/configuration.js';
import { asBroken, HEVC_NAL, hevcStanding } from '../../../src/media/coded/hevc/kinds.js';
import { hevcParameters, matchHevc, readHevcSource } from '../../../src/media/coded/hevc/match.js';
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
    // What stands behind the numbers is what it was.
    const tail = (nal: Uint8Array): string => Buffer.from(nal.subarray(-8)).toString('hex');
    const [, ours] = unitsOf(both, HEVC_NAL.vps);
    expect(tail(ours)).toBe(tail(unitsOf(both, HEVC_NAL.vps)[0]));
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
