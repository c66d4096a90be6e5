import { crc32 } from 'node:zlib';
import type { Box } from '../../core/area.js';
import { frameBytes, planeLayouts, planesOf, type Frame, type Geometry } from '../../core/frame.js';
import { copyBoxes, rowsOf } from '../checkpoint/patch.js';
import { nothing, type Measured, type Worst } from './gate.js';
import type { Reach, Reachable } from './reach.js';

/** Luma rows that share a checksum: few calls, and yet a place to show. Even. */
const BAND = 64;

/** Where the samples outside the reach of restoring lie in a frame's buffer. */
interface Layout {
  readonly boxes: readonly Box[];
  /** Bytes outside all boxes: of each plane, band by band, first and end of each run. */
  readonly bands: readonly { readonly row: number; readonly runs: readonly (readonly [number, number])[] }[];
  /** Rows of the boxes, where each begins in the buffer and its bytes, two numbers a row; and of all their bytes, not 0 where they may be written. */
  readonly rows: Uint32Array;
  readonly free: Uint8Array;
}

interface Before {
  readonly layout: Layout;
  readonly sums: Uint32Array;
  readonly inside: Uint8Array;
}

/**
 * Compares each frame before and after restoring, sample by sample where no mask reaches: inside the boxes of the marks byte by byte, elsewhere by a
 * checksum (CRC-32) of every 64 rows, so that no copy of the frame is kept. One different sample in 2^32 goes unseen.
 */
export class OutsideGauge {
  readonly #before = new Map<number, Before>();
  readonly #layouts = new WeakMap<readonly Reachable[], Layout>();
  #frames = 0;
  #different = 0;
  #worst: Worst | undefined;

  constructor(
    private readonly reach: Reach,
    private readonly geometry: Geometry,
  ) {}

  /** Takes a frame as it was decoded. */
  before(frame: Frame): void {
    const layout = this.#layoutOf(this.reach.at(frame.index));
    this.#before.set(frame.index, { layout, sums: sumsOf(frame, layout), inside: copied(frame, layout) });
  }

  /** Takes the same frame as it goes to the encoder. */
  after(frame: Frame): void {
    const before = this.#before.get(frame.index);
    this.#before.delete(frame.index);
    this.#frames++;
    const box = before ? this.#difference(frame, before) : this.#whole();
    if (!box) return;
    this.#different++;
    this.#worst ??= { frame: frame.index, box };
  }

  measured(): Measured {
    if (!this.#frames) return nothing('outside-identical', 'No frame was restored.');
    const { frame } = this.#worst ?? {};
    const says = this.#different
      ? `${this.#different} of ${this.#frames} frames differ from the source outside of the masks before encoding, first frame ${frame}.`
      : `In all ${this.#frames} frames every sample outside of the masks is the decoder’s before encoding.`;
    return { gate: 'outside-identical', value: this.#different, says, worst: this.#worst };
  }

  /** The box or band of the first difference. */
  #difference(frame: Frame, { layout, sums, inside }: Before): Box | undefined {
    const now = sumsOf(frame, layout);
    const band = sums.findIndex((sum, k) => sum !== now[k]);
    if (band >= 0) return this.#bandBox(layout.bands[band].row);
    const byte = touched(frame, inside, layout);
    return byte < 0 ? undefined : layout.boxes[this.#boxOf(byte, layout)];
  }

  /** The box to which a byte of theirs belongs, by luma's share; in chroma the first will do. */
  #boxOf(byte: number, { boxes }: Layout): number {
    let at = 0;
    const bytes = this.geometry.format.depth > 8 ? 2 : 1;
    const found = boxes.findIndex(({ width, height }) => byte < (at += bytes * width * height));
    return Math.max(0, found);
  }

  #bandBox(row: number): Box {
    const { width, height } = this.geometry;
    return { x: 0, y: row, width, height: Math.min(BAND, height - row) };
  }

  #whole(): Box {
    return { x: 0, y: 0, width: this.geometry.width, height: this.geometry.height };
  }

  #layoutOf(reach: readonly Reachable[]): Layout {
    let layout = this.#layouts.get(reach);
    if (!layout) this.#layouts.set(reach, (layout = layoutOf(reach, this.geometry)));
    return layout;
  }
}

function sumsOf({ data }: Frame, { bands }: Layout): Uint32Array {
  return Uint32Array.from(bands, ({ runs }) => runs.reduce((sum, [from, to]) => crc32(data.subarray(from, to), sum), 0));
}

function copied({ data }: Frame, { rows, free }: Layout): Uint8Array {
  const out = new Uint8Array(free.length);
  for (let r = 0, to = 0; r < rows.length; to += rows[r + 1], r += 2) out.set(data.subarray(rows[r], rows[r] + rows[r + 1]), to);
  return out;
}

/** The first byte of the boxes that has changed and may not; -1 where there is none. */
function touched({ data }: Frame, inside: Uint8Array, { rows, free }: Layout): number {
  for (let r = 0, k = 0; r < rows.length; r += 2)
    for (let p = rows[r], end = p + rows[r + 1]; p < end; p++, k++) if (data[p] !== inside[k] && !free[k]) return k;
  return -1;
}

function layoutOf(reach: readonly Reachable[], geometry: Geometry): Layout {
  const boxes = reach.map((r) => r.box);
  const rows = Uint32Array.from([...rowsOf(boxes, geometry)].flatMap(({ at, length }) => [at, length]));
  return { boxes, rows, bands: bandsOf(boxes, geometry), free: copyBoxes({ index: 0, data: freeFrame(reach, geometry) }, boxes, geometry) };
}

/** A frame whose bytes say where restoring may write. */
function freeFrame(reach: readonly Reachable[], geometry: Geometry): Uint8Array {
  const data = new Uint8Array(frameBytes(geometry));
  const layouts = planeLayouts(geometry);
  planesOf({ data }, geometry).forEach((plane, k) => {
    const s = layouts[k].shift;
    for (const { box, map } of reach)
      for (let y = 0, i = 0; y < box.height; y++)
        for (let x = 0; x < box.width; x++, i++) if (map[i]) plane.data[((box.y + y) >> s.y) * plane.width + ((box.x + x) >> s.x)] = 0xffff;
  });
  return data;
}

function bandsOf(boxes: readonly Box[], geometry: Geometry): Layout['bands'] {
  const bytes = geometry.format.depth > 8 ? 2 : 1;
  let start = 0;
  return planeLayouts(geometry).flatMap(({ width, height, shift: s }) => {
    const at = start;
    start += bytes * width * height;
    const rows = BAND >> s.y;
    return Array.from({ length: Math.ceil(height / rows) }, (_, band) => {
      const runs: [number, number][] = [];
      for (let y = band * rows; y < Math.min(height, (band + 1) * rows); y++)
        for (const [from, to] of gaps(boxes, y << s.y, s.x, width))
          append(runs, at + bytes * (y * width + from), at + bytes * (y * width + to));
      return { row: band * BAND, runs };
    });
  });
}

/** Runs of a row that no box covers; in samples of a plane whose columns are shifted by `shift`. */
function gaps(boxes: readonly Box[], lumaRow: number, shift: number, width: number): [number, number][] {
  const here = boxes.filter((b) => lumaRow >= b.y && lumaRow < b.y + b.height).sort((a, b) => a.x - b.x);
  const runs: [number, number][] = [];
  let from = 0;
  for (const { x, width: w } of here) {
    if (x >> shift > from) runs.push([from, x >> shift]);
    from = (x + w + shift) >> shift;
  }
  if (from < width) runs.push([from, width]);
  return runs;
}

function append(runs: [number, number][], from: number, to: number): void {
  const last = runs.at(-1);
  if (last && last[1] === from) last[1] = to;
  else runs.push([from, to]);
}
