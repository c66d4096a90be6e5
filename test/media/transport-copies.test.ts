import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/core/frame.js';
import { compareDelivered } from '../../src/media/compare.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { encodeProgramme, type Delivered } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { frameDigests } from './support.js';
import { MPEG2, X264, complaints, jumps, makeTransport, packetsOf, staying, stampsOf } from './transport-support.js';

const folder = temporaryFolder('transport-copies');
const file = (name: string): string => path.join(folder, name);

interface Copied {
  readonly result: Delivered;
  /** Frames that are shown exactly as in the source, by their indices. */
  readonly same: readonly number[];
  readonly source: string;
  readonly target: string;
}

/** Delivers a programme whose frames turn black where they are touched. */
async function deliver(source: string, touched: (frame: number) => boolean): Promise<Copied> {
  const target = source.replace(/([^/]+)$/, 'out-$1');
  const programme = await probe(source);
  const times = await frameTimes(programme);
  async function* frames(): AsyncGenerator<Frame, void, undefined> {
    for await (const frame of decodeFrames(programme)) {
      if (touched(frame.index)) frame.data.fill(16, 0, programme.video.geometry.width * programme.video.geometry.height);
      yield frame;
    }
  }
  const result = await encodeProgramme(programme, frames(), times, target, { touched, overwrite: true });
  const delivered = await probe(target, { like: programme });
  const both = { source: times, delivered: await frameTimes(delivered) };
  expect(compareDelivered(programme, delivered, both, result.carriage)).toEqual([]);
  expect(both.delivered.ticks).toEqual(times.ticks);
  const [before, after] = [packetsOf(source), packetsOf(target)];
  expect(staying(after, 512)).toEqual(staying(before, 512));
  expect(jumps(after, 512)).toBe(0);
  expect(complaints(target)).toBe('');
  for (const { pts, dts } of stampsOf(after, 512)) expect(pts).toBeGreaterThanOrEqual(dts);
  const [old, now] = [await frameDigests(programme), await frameDigests(delivered)];
  return { result, source, target, same: old.flatMap((digest, n) => (digest === now[n] ? [n] : [])) };
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);

describe('groups of pictures that nothing touches are taken over in a transport stream', () => {
  // Groups of twelve pictures, the first two of which refer to the group before: shown from frame 0, 10, 22, 34 and 46 on.
  it.each([
    ['in the middle', [15, 16], [...range(0, 9), ...range(24, 49)]],
    ['at the start', [0], range(12, 49)],
    ['at the end', [49], range(0, 43)],
    ['in several places', [3, 40], [...range(12, 33), ...range(48, 49)]],
    ['only before a group', [23], [...range(0, 9), ...range(24, 49)]],
  ])('%s', async (name, marked, expected) => {
    const { result, same } = await deliver(makeTransport(file(`${name}.ts`), MPEG2), (frame) => marked.includes(frame));
    expect(same).toEqual(expect.arrayContaining(expected));
    for (const frame of marked) expect(same).not.toContain(frame);
    expect(result.copied).toBeGreaterThanOrEqual(expected.length);
    expect(result.copied).toBeLessThan(50);
    expect(result.whyNone).toBeUndefined();
  });

  it('with fields, and where groups are closed', async () => {
    for (const more of [
      ['-flags', '+ildct+ilme'],
      ['-flags', '+cgop', '-sc_threshold', '1000000000'],
    ]) {
      const { same } = await deliver(makeTransport(file('closed.ts'), [...MPEG2, ...more]), (frame) => frame === 30);
      expect(same).toEqual(expect.arrayContaining([...range(0, 20), ...range(42, 49)]));
      expect(same).not.toContain(30);
    }
  });

  it('but not where that is not possible, which is told', async () => {
    const other = await deliver(makeTransport(file('h264.ts'), X264), (frame) => frame === 30);
    expect(other.result).toMatchObject({ copied: 0, whyNone: expect.stringContaining('h264') as string });
    const all = await deliver(makeTransport(file('all.ts'), MPEG2), () => true);
    expect(all.result).toMatchObject({ copied: 0, whyNone: expect.stringContaining('only 0 of 50') as string });
  });
});
