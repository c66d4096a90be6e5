import { heldBoxes, type HeldBox } from './boxes-out.js';

/** A sample of a fragment, with times in ticks of its track, beginning at whatever the muxer chose. */
export interface Sample {
  readonly pts: number;
  readonly dts: number;
  readonly key: boolean;
  readonly data: Buffer;
}

/** What comes out of a fragmented file: its head (`ftyp` and `moov`) first, then samples. */
export type Part = { readonly head: Buffer } | { readonly sample: Sample };

interface Entry {
  readonly pts: number;
  readonly dts: number;
  readonly key: boolean;
  readonly bytes: number;
}

const NOT_SYNC = 0x1_0000;

const only = (boxes: readonly HeldBox[], type: string): Buffer => {
  const found = boxes.find((b) => b.type === type);
  if (!found) throw new RangeError(`there is no ${type}`);
  return found.body;
};

/** Reads numbers of 32 bits one after the other, where flags say that they are there. */
class Fields {
  readonly flags: number;
  constructor(
    private readonly body: Buffer,
    private at = 4,
  ) {
    this.flags = body.readUInt32BE(0) & 0xff_ffff;
  }
  skip(flag: number, bytes: number): void {
    if (this.flags & flag) this.at += bytes;
  }
  next(flag: number, otherwise = 0): number {
    if (flag && !(this.flags & flag)) return otherwise;
    this.at += 4;
    return this.body.readUInt32BE(this.at - 4);
  }
}

/** The samples that a `moof` of one track announces (ISO/IEC 14496-12, 8.8.7, 8.8.8, 8.8.12). */
function entries(moof: Buffer): Entry[] {
  const traf = heldBoxes(only(heldBoxes(moof), 'traf'));
  const header = new Fields(only(traf, 'tfhd'), 8);
  header.skip(0x1, 8);
  header.skip(0x2, 4);
  const usual = { duration: header.next(0x8), bytes: header.next(0x10), flags: header.next(0x20) };
  const time = only(traf, 'tfdt');
  let dts = time[0] === 1 ? Number(time.readBigUInt64BE(4)) : time.readUInt32BE(4);
  return traf
    .filter((b) => b.type === 'trun')
    .flatMap(({ body }) => {
      const run = new Fields(body);
      const count = run.next(0);
      run.skip(0x1, 4);
      const firstFlags = run.next(0x4, usual.flags);
      return Array.from({ length: count }, (_, i) => {
        const [duration, bytes] = [run.next(0x100, usual.duration), run.next(0x200, usual.bytes)];
        const flags = run.next(0x400, i === 0 ? firstFlags : usual.flags);
        const entry = { dts, pts: dts + (run.next(0x800) | 0), key: !(flags & NOT_SYNC), bytes };
        dts += duration;
        return entry;
      });
    });
}

/**
 * Takes a fragmented MP4 or MOV file of one track apart while it is written.
 * @throws RangeError when it is cut, or not such a file
 */
export async function* readFragments(file: AsyncIterable<Buffer>): AsyncGenerator<Part, void, undefined> {
  let held: Buffer = Buffer.alloc(0);
  let ftyp: Buffer = Buffer.alloc(0);
  let announced: Entry[] = [];
  for await (const chunk of file) {
    held = held.length ? Buffer.concat([held, chunk]) : chunk;
    while (held.length >= 8 && held.length >= held.readUInt32BE(0)) {
      const size = held.readUInt32BE(0);
      if (size < 8) throw new RangeError('a box has no length');
      const whole = held.subarray(0, size);
      held = held.subarray(size);
      const type = whole.toString('latin1', 4, 8);
      if (type === 'ftyp') ftyp = Buffer.from(whole);
      else if (type === 'moov') yield { head: Buffer.concat([ftyp, whole]) };
      else if (type === 'moof') announced = entries(whole.subarray(8));
      else if (type === 'mdat') {
        let at = 8;
        for (const { bytes, ...times } of announced) {
          yield { sample: { ...times, data: Buffer.from(whole.subarray(at, at + bytes)) } };
          at += bytes;
        }
        announced = [];
      }
    }
  }
  if (held.length) throw new RangeError('the file ends inside a box');
}
