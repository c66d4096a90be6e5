import type { Box, Span } from '../../core/area.js';
import { bandsOf } from './bands.js';
import type { LumaSource } from './luma-source.js';

/** A box of one frame. */
export class Crop {
  constructor(
    /** A part of the picture, and where that lies. Stays as it is for `LUMA_STAYS` more frames (luma-source.ts). */
    readonly luma: Uint8Array,
    private readonly part: Box,
    private readonly box: Box,
  ) {}

  /** Where the box's first sample lies in {@link luma}, and the samples from one row to the next there. */
  get first(): number {
    return (this.box.y - this.part.y) * this.part.width + this.box.x - this.part.x;
  }

  get stride(): number {
    return this.part.width;
  }

  /** Copies the box's samples, row-major. */
  samples(into: Uint8Array = new Uint8Array(this.box.width * this.box.height)): Uint8Array {
    const { luma, box, first, stride } = this;
    if (box.width === stride) into.set(luma.subarray(first, first + into.length));
    else for (let r = 0, from = first; r < box.height; r++, from += stride) into.set(luma.subarray(from, from + box.width), r * box.width);
    return into;
  }
}

/** Looks at one box of the full-size picture during a span of frames. */
export interface Inspector<T> {
  readonly box: Box;
  readonly span: Span;
  /** Whether it has seen all that it will, before its span has ended: it is finished then. */
  readonly over?: boolean;
  /** Whether it looks at a frame of the span; at all of them, where this is missing. */
  wants?(index: number): boolean;
  /** Takes each frame of the span that it wants, in order. */
  add(index: number, crop: Crop): void;
  /** Called once, after the last frame of the span or of the programme, or when it is over. */
  finish(): T;
}

/** An inspector that is needed from a frame on, the first of its span. A film has a thousand: they are not made before. */
export interface Appointment<T> {
  readonly first: number;
  /** What it looks at. */
  readonly box: Box;
  open(): Inspector<T>;
}

/** Bands of the picture and where they lie in what is delivered of it: as the parts of it that would lie there if nothing lay between. */
function partsOf(bands: readonly Box[]): (box: Box) => Box {
  let above = 0;
  const parts = bands.map((band) => {
    const part = { ...band, y: band.y - above };
    above += band.height;
    return part;
  });
  return (box) => parts[bands.findLastIndex(({ y }) => y <= box.y)];
}

/** Runs inspectors over one pass of full-size frames, or of the parts of them that any looks at. Inspectors that are done are finished and let go at once. @param stills see {@link LumaSource.bands} */
export async function inspect<T>(
  source: LumaSource,
  appointments: readonly Appointment<T>[],
  onFrame: (index: number) => void,
  stills?: readonly number[],
): Promise<T[]> {
  const waiting = [...appointments].sort((a, b) => b.first - a.first);
  let active: Inspector<T>[] = [];
  const results: T[] = [];
  const whole = { x: 0, y: 0, width: source.width, height: source.height };
  const bands = source.bands ? bandsOf(appointments.map(({ box }) => box)) : [whole];
  const partOf = partsOf(bands);
  for await (const { index, luma } of source.bands?.(bands, stills) ?? source.frames(source.height)) {
    onFrame(index);
    for (; waiting.length && waiting[waiting.length - 1].first <= index; waiting.pop()) active.push(waiting[waiting.length - 1].open());
    for (const one of active) if (one.wants?.(index) ?? true) one.add(index, new Crop(luma, partOf(one.box), one.box));
    const goesOn = (one: Inspector<T>): boolean => one.span.last > index && !one.over;
    for (const done of active.filter((one) => !goesOn(one))) results.push(done.finish());
    active = active.filter(goesOn);
    if (!active.length && !waiting.length) break;
  }
  for (const one of active) results.push(one.finish());
  return results;
}
