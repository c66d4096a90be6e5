import { expect } from 'vitest';
import type { Frame } from '../../src/core/frame.js';
import { compareDelivered } from '../../src/media/compare.js';
import { decodeFrames, frameTimes } from '../../src/media/decode.js';
import { encodeProgramme, type Delivered } from '../../src/media/encode.js';
import { probe } from '../../src/media/probe.js';
import { frameDigests } from './support.js';
import { complaints, jumps, packetsOf, staying, stampsOf } from './transport-support.js';

export interface Copied {
  readonly result: Delivered;
  /** Frames that are shown exactly as in the source, by their indices. */
  readonly same: readonly number[];
  readonly source: string;
  readonly target: string;
}

/** Delivers a programme whose frames turn black where they are touched. */
export async function deliver(source: string, touched: (frame: number) => boolean): Promise<Copied> {
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

/** Whole numbers from one to another. */
export const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);
