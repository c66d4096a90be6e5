import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { BitWriter, escaped } from '../../../src/media/coded/bits.js';
import { framed } from '../../../src/media/coded/side/units.js';
import { avcStream, type AvcStream } from '../../../src/media/coded/transport/avc-units.js';
import { header, OpenPes } from '../../../src/media/coded/transport/packetise.js';
import { makePesHead, RANDOM_ACCESS } from '../../../src/media/coded/transport/packet.js';
import { survey } from '../../../src/media/coded/transport/survey.js';
import { temporaryFolder } from '../../fixtures/programmes.js';

const folder = temporaryFolder('avc-units');

/** A NAL unit of numbers: each an Exp-Golomb code, or a pair of value and bits. */
function nal(kind: number, ...numbers: readonly (number | readonly [value: number, bits: number])[]): Uint8Array {
  const out = new BitWriter();
  out.bits(kind, 8);
  for (const number of numbers) {
    if (typeof number === 'number') out.ue(number);
    else out.bits(number[0], number[1]);
  }
  return escaped(out.payload());
}

/** Of 128 × 96 samples, coded as fields where a picture says so. */
const SPS = nal(0x67, [77, 8], [0, 8], [30, 8], 0, 0, 2, 1, [0, 1], 7, 2, [0b0010, 4], [0, 1]);
const pps = (quantiser = 0): Uint8Array => nal(0x68, 0, 0, [0, 2], 0, 0, 0, [0, 3], quantiser, 0, 0, [0, 3]);
const field = (kind: number, frame: number, bottom: boolean): Uint8Array =>
  nal(kind, 0, 7, 0, [frame, 4], [1, 1], [bottom ? 1 : 0, 1], [0x55, 8]);

interface Sent {
  readonly pts: number;
  readonly units: readonly Uint8Array[];
}

/** What is read of a stream in which each of these is a PES packet of its own, and frames are shown at some times. */
async function read(sent: readonly Sent[], shown: readonly number[]): Promise<AvcStream> {
  const file = path.join(folder, 'fields.ts');
  const packets = sent.map(({ pts, units }, n) => {
    const head = makePesHead({ streamId: 0xe0, flags: 0 }, pts, n);
    const p = new OpenPes(Buffer.concat([head, ...units.map((unit) => framed(unit, 'annexb'))]), n === 0 ? RANDOM_ACCESS : 0).next();
    header(p, 512, n);
    return p;
  });
  writeFileSync(file, Buffer.concat(packets));
  const seen = await survey(file, { stride: 188, lead: 0 }, 512, 0);
  if (!seen) throw new Error('nothing was found');
  const frames = seen.units.filter((u) => shown.includes(u.pts));
  return avcStream(file, seen, frames);
}

const frame = (pts: number, number: number, first: number, second: number): Sent[] => [
  { pts, units: [...(first === 0x65 ? [SPS, pps()] : []), field(first, number, false)] },
  { pts: pts + 1, units: [field(second, number, true)] },
];

it('two fields with a PES packet each are one picture, and a picture that brings its parameter sets begins anew', async () => {
  const {
    units,
    sps,
    pps: sets,
  } = await read([...frame(10, 0, 0x65, 0x41), ...frame(20, 1, 0x41, 0x41), ...frame(30, 0, 0x65, 0x41)], [10, 20, 30]);
  expect(units.map(({ anew, whole, marked }) => [anew, whole, marked])).toEqual([
    [true, true, true],
    [false, true, false],
    [true, true, false],
  ]);
  expect(units.map((u) => u.stamps)).toEqual([[10, 11], [20, 21], [30, 31]]); // prettier-ignore
  expect(units.map((u) => u.byte)).toEqual([0, 376, 752]);
  expect(units.slice(0, 2).map((u) => u.end)).toEqual([376, 752]);
  expect([sps.length, sets.length]).toEqual([1, 1]);
});

it('an IDR picture without all parameter sets does not begin anew, and what is no second field is not its picture’s', async () => {
  const bare = await read([...frame(10, 0, 0x65, 0x41), { pts: 20, units: [field(0x65, 0, false)] }], [10, 20]);
  expect(bare.units.map((u) => u.anew)).toEqual([true, false]);
  const other = await read(
    [...frame(10, 0, 0x65, 0x41).slice(0, 1), { pts: 11, units: [field(0x41, 1, true)] }, ...frame(20, 2, 0x41, 0x41)],
    [10, 20],
  );
  expect(other.units.map(({ whole, stamps }) => [whole, stamps])).toEqual([
    [false, [10]],
    [true, [20, 21]],
  ]);
});

it('parameter sets that change are a reason to copy nothing', async () => {
  const changed = { pts: 20, units: [pps(3), field(0x41, 1, false)] };
  await expect(read([...frame(10, 0, 0x65, 0x41), changed], [10, 20])).rejects.toThrow('its parameter sets change on the way');
});
