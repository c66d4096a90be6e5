import type { Box, Mask } from '../../core/area.js';
import { rankOf } from '../maps/rank.js';
import { lettersIn } from './letters.js';

/** Columns that are summed up and looked at together. */
const COLUMNS = 512;
/** Columns of its neighbours with which a part is looked at, on both sides: they show how the scene is. */
const BESIDE = COLUMNS;
/** Columns that a part must have gone beyond the band. */
const GONE = 8;
/** Share of the fullest row's letters from which a row belongs to the text. */
const FILLED = 0.005;
/** Share of the scene's changes that a plate lets through at most. */
const PLATE = 0.5;
/** Parts that are kept after they were looked at, for their neighbours. */
const KEPT = 2;

/** Sums over the frames in which some columns were seen. */
interface Part {
  readonly sum: Float32Array;
  readonly squares: Float32Array;
  readonly counts: Uint16Array;
}

/** A row-major picture or a part of one. */
export interface Rows {
  readonly luma: Uint8Array;
  /** Where the first sample lies, and samples from one row to the next. */
  readonly first: number;
  readonly stride: number;
}

/**
 * What scrolls through a band, laid out side by side: column u of the tape is what stood at column u - at of the band when the band's
 * left edge was at `at`. Letters stay the same on it while the scene passes under them. Parts that have left the band become masks.
 */
export class Tape {
  private readonly parts = new Map<number, Part>();
  private readonly finished: number[] = [];
  private readonly letters = new Map<number, Uint8Array>();
  private readonly through: number[] = [];
  /** Columns of parts that were hardly seen. */
  private readonly unknown = new Map<number, Uint8Array>();

  /**
   * @param width and height of the band, in samples
   * @param least frames from which a column tells its letters
   * @param beside rows above and below the text
   */
  constructor(
    readonly width: number,
    readonly height: number,
    private readonly least: number,
    private readonly beside: readonly number[],
  ) {}

  /** Adds what a frame shows, with the band's left edge at a column of the tape; looks at what has left. */
  add({ luma, first, stride }: Rows, at: number): void {
    const { width, height } = this;
    for (let k = Math.floor(at / COLUMNS); k * COLUMNS < at + width; k++) {
      const { sum, squares, counts } = this.part(k);
      const [from, to] = [Math.max(at, k * COLUMNS), Math.min(at + width, (k + 1) * COLUMNS)];
      for (let u = from; u < to; u++) counts[u - k * COLUMNS]++;
      for (let r = 0; r < height; r++) {
        let p = first + r * stride + from - at;
        for (let i = r * COLUMNS + from - k * COLUMNS, end = i + to - from; i < end; i++, p++) {
          sum[i] += luma[p];
          squares[i] += luma[p] * luma[p];
        }
      }
    }
    const left = [...this.parts.keys()].filter((k) => !this.letters.has(k) && (k + 1) * COLUMNS <= at - GONE);
    const right = [...this.parts.keys()].filter((k) => !this.letters.has(k) && k * COLUMNS >= at + width + GONE);
    for (const k of [...left, ...right]) this.finishPart(k);
  }

  /** Mean level of every second row from a column on, [rows, columns]; columns seen in fewer than `least` frames are NaN. */
  means(from: number, columns: number, least: number): Float32Array {
    const rows = this.height >> 1;
    const out = new Float32Array(rows * columns).fill(NaN);
    for (let x = 0; x < columns; x++) {
      const k = Math.floor((from + x) / COLUMNS);
      const part = this.parts.get(k);
      const column = from + x - k * COLUMNS;
      if (!part || part.counts[column] < least) continue;
      const share = 1 / part.counts[column];
      for (let r = 0, i = x, p = column; r < rows; r++, i += columns, p += 2 * COLUMNS) out[i] = part.sum[p] * share;
    }
    return out;
  }

  /**
   * All letters: a mask of which x is the tape's column of its first, y the band's row; undefined where there are none. Of columns that
   * were hardly seen all rows are hidden that the text has elsewhere.
   */
  finish(): Mask | undefined {
    for (const k of [...this.parts.keys()].sort((a, b) => a - b)) if (!this.letters.has(k)) this.finishPart(k);
    const parts = [...this.letters];
    const first = Math.min(...this.letters.keys());
    const columns = (Math.max(...this.letters.keys()) + 1 - first) * COLUMNS;
    const filled = Array.from({ length: this.height }, (_, r) => parts.reduce((n, [, map]) => n + filledIn(map, r), 0));
    const least = FILLED * Math.max(...filled);
    const [top, bottom] = [filled.findIndex((n) => n > least), filled.findLastIndex((n) => n > least)];
    if (top < 0) return undefined;
    const box = { x: first * COLUMNS, y: top, width: columns, height: bottom - top + 1 };
    const data = new Uint8Array(columns * box.height);
    for (const [k, map] of parts) {
      const unknown = this.unknown.get(k)!;
      for (let r = 0; r < box.height; r++)
        for (let x = 0, i = r * columns + (k - first) * COLUMNS, p = (top + r) * COLUMNS; x < COLUMNS; x++, i++, p++)
          if (map[p] || unknown[x]) data[i] = 255;
    }
    return { box, data };
  }

  /** Whether the text lies on a plate, as far as is finished: the scene hardly shows between the letters. */
  get isPlated(): boolean {
    return (rankOf(this.through, 0.5) ?? 1) < PLATE;
  }

  private part(k: number): Part {
    let part = this.parts.get(k);
    if (!part) {
      const n = COLUMNS * this.height;
      part = { sum: new Float32Array(n), squares: new Float32Array(n), counts: new Uint16Array(COLUMNS) };
      this.parts.set(k, part);
    }
    return part;
  }

  private finishPart(k: number): void {
    const columns = COLUMNS + 2 * BESIDE;
    const [mean, deviation] = [new Float32Array(columns * this.height), new Float32Array(columns * this.height)];
    const counts = new Uint16Array(columns);
    for (let x = 0; x < columns; x++) {
      const u = k * COLUMNS - BESIDE + x;
      const part = this.parts.get(Math.floor(u / COLUMNS));
      const column = ((u % COLUMNS) + COLUMNS) % COLUMNS;
      counts[x] = part?.counts[column] ?? 0;
      if (!part || !counts[x]) continue;
      for (let r = 0, i = x, p = column; r < this.height; r++, i += columns, p += COLUMNS) {
        mean[i] = part.sum[p] / counts[x];
        deviation[i] = Math.sqrt(Math.max(0, part.squares[p] / counts[x] - mean[i] * mean[i]));
      }
    }
    const own = { x: BESIDE, y: 0, width: COLUMNS, height: this.height };
    const unknown = Uint8Array.from(counts, (n) => (n > 0 && n < this.least ? 1 : 0));
    const known = Uint8Array.from(counts, (n) => (n >= this.least ? 1 : 0));
    const { map, through } = lettersIn({ mean, deviation, known, width: columns, height: this.height, beside: this.beside });
    this.letters.set(k, cut(map, columns, own));
    this.unknown.set(k, unknown.subarray(BESIDE, BESIDE + COLUMNS));
    if (through !== undefined) this.through.push(through);
    this.finished.push(k);
    if (this.finished.length > KEPT) this.parts.delete(this.finished.shift()!);
  }
}

function cut(map: Uint8Array, stride: number, { x, y, width, height }: Box): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let r = 0; r < height; r++) out.set(map.subarray((y + r) * stride + x, (y + r) * stride + x + width), r * width);
  return out;
}

function filledIn(map: Uint8Array, row: number): number {
  let n = 0;
  for (let p = row * COLUMNS, end = p + COLUMNS; p < end; p++) n += map[p];
  return n;
}
