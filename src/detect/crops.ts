import type { Box, Span } from '../core/area.js';
import type { Luma } from './luma-source.js';

/** Looks at one box of the full-size picture during a span of frames. */
export interface Inspector<T> {
  /** None: the whole picture. */
  readonly box?: Box;
  readonly span: Span;
  /** Whether it looks at a frame of the span; at all of them, where this is missing. */
  wants?(index: number): boolean;
  /** Takes the box's samples, row-major, of each frame of the span that it wants, in order. The buffer may be kept, if it is not the whole picture. */
  add(index: number, crop: Uint8Array): void;
  /** Called once, after the last frame of the span or of the programme. */
  finish(): T;
}

/** An inspector that is needed from a frame on, the first of its span. A film has a thousand: they are not made before. */
export interface Appointment<T> {
  readonly first: number;
  open(): Inspector<T>;
}

/** Runs inspectors over one pass of full-size frames. Inspectors that are done are finished and let go at once. */
export async function inspect<T>(
  frames: AsyncIterable<Luma>,
  width: number,
  appointments: readonly Appointment<T>[],
  onFrame: (index: number) => void,
): Promise<T[]> {
  const waiting = [...appointments].sort((a, b) => b.first - a.first);
  let active: Inspector<T>[] = [];
  const results: T[] = [];
  for await (const { index, luma } of frames) {
    onFrame(index);
    for (; waiting.length && waiting[waiting.length - 1].first <= index; waiting.pop()) active.push(waiting[waiting.length - 1].open());
    for (const one of active) if (one.wants?.(index) ?? true) one.add(index, one.box ? cropOf(luma, width, one.box) : luma);
    for (const done of active.filter((one) => one.span.last <= index)) results.push(done.finish());
    active = active.filter((one) => one.span.last > index);
    if (!active.length && !waiting.length) break;
  }
  for (const one of active) results.push(one.finish());
  return results;
}

function cropOf(luma: Uint8Array, width: number, { x, y, width: w, height: h }: Box): Uint8Array {
  const out = new Uint8Array(w * h);
  for (let r = 0; r < h; r++) {
    const from = (y + r) * width + x;
    out.set(luma.subarray(from, from + w), r * w);
  }
  return out;
}
