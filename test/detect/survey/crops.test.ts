import { describe, expect, it } from 'vitest';
import type { Box } from '../../../src/core/area.js';
import { inspect, type Appointment, type Crop, type Inspector } from '../../../src/detect/survey/crops.js';
import type { Luma, LumaSource } from '../../../src/detect/survey/luma-source.js';

const SIZE = { width: 4, height: 2 };
const WHOLE: Box = { x: 0, y: 0, ...SIZE };

/** Frames whose samples all are their number. */
const source: LumaSource = {
  ...SIZE,
  rate: 25,
  size: () => SIZE,
  async *frames(): AsyncGenerator<Luma> {
    await Promise.resolve();
    for (let index = 0; index < 10; index++) yield { index, luma: new Uint8Array(8).fill(index) };
  },
};

/** Notes what it is shown, until it has seen `enough`. */
class Witness implements Inspector<readonly number[]> {
  readonly box = WHOLE;
  readonly span = { first: 2, last: 9 };
  readonly seen: number[] = [];

  constructor(
    private readonly enough: number,
    private readonly onFinish: () => void,
  ) {}

  get over(): boolean {
    return this.seen.length >= this.enough;
  }

  add(_: number, crop: Crop): void {
    this.seen.push(crop.samples()[0]);
  }

  finish(): readonly number[] {
    this.onFinish();
    return this.seen;
  }
}

describe('inspecting', () => {
  it.each([
    [3, [2, 3, 4], 4],
    [100, [2, 3, 4, 5, 6, 7, 8, 9], 9],
  ])('finishes who has seen %d frames of its span, or all of it, at once', async (enough, seen, at) => {
    let [now, finishedAt] = [-1, -1];
    const look: Appointment<readonly number[]> = { first: 2, box: WHOLE, open: () => new Witness(enough, () => (finishedAt = now)) };
    expect(await inspect(source, [look], (index) => (now = index))).toEqual([seen]);
    expect(finishedAt).toBe(at);
    expect(now).toBe(at);
  });
});
