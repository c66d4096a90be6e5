import { Kernels } from '../kernels/kernels.js';

/** Rows of the surveyed picture in which everything shifts sideways at one speed. */
export interface ScrollBand {
  readonly top: number;
  /** One row below the last. */
  readonly bottom: number;
  /** First column, and one past the last. */
  readonly left: number;
  readonly right: number;
  /** Samples a frame, positive to the right. */
  readonly speed: number;
  /** Share of the looks at moving cells that found exactly this shift, 0 … 1. */
  readonly purity: number;
  /** Whether so much of the picture shares its shift that it may be the scene, which pans: it counts where the programme has such a band for certain. */
  readonly doubtful: boolean;
}

/** Columns of cells; rows are as high as a small line of text. */
const COLUMNS = 8;
/** Frames between the two pictures of a look. */
const APART = 2;
const LOOKS_A_SECOND = 6;
const LEAST_LOOKS = 3;
/** Mean difference, in levels, of a cell in which something moves. */
const MOVES = 6;
/** The same of one that was found again, and the share it must fall to; letters between two whole shifts keep a quarter of a large difference, and half-way between them more, but no more at either. */
const FOUND = 8;
const FALLS = 0.4;
const FALLS_FAR = 0.3;
const HALFWAY = 0.5;
/** Of 190 real shots without a ticker no band reaches half of these. */
const PURE = 0.6;
const FILLED = 0.5;
/** Share of the looks that two neighbouring shifts together must have found where neither has by itself: scenes that pan stay below three quarters. */
const SPLIT = 0.85;
/** Share of the picture's height that a band may have, and of the cells outside it that may share its shift. */
const HIGHEST = 0.16;
const ELSEWHERE = 0.05;
/** The same of a band that is found again in nearly every look: something else may travel at its speed. */
const PURER = 0.9;
const ELSEWHERE_IF_PURER = 0.12;

/** Height of a cell in a surveyed picture of this size, in samples. */
export const cellHeight = (width: number, height: number): number => Math.max(4, 2 * Math.round(Math.min(width, height) / 90));

/** Looks for bands that scroll sideways: cells of pairs of frames are found again at one shift, look after look. */
export class Scrolling {
  private readonly rowHeight: number;
  private readonly rows: number;
  private readonly columnWidth: number;
  private readonly reach: number;
  private readonly step: number;
  /** Looks that found a cell at a shift: `[row][column][shift + reach]`; and looks that saw it move. */
  private readonly votes: Uint16Array;
  private readonly moved: Uint16Array;
  private readonly kernels: Kernels;
  /** The two pictures of a look. */
  private readonly earlier: Uint8Array;
  private readonly later: Uint8Array;
  private waits = false;
  private looks = 0;
  private time = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
    rate: number,
  ) {
    this.rowHeight = cellHeight(width, height);
    this.rows = Math.floor(height / this.rowHeight);
    this.columnWidth = Math.floor(width / COLUMNS);
    this.reach = Math.max(8, Math.round(width / 40));
    this.step = Math.max(APART, Math.round(rate / LOOKS_A_SECOND));
    this.votes = new Uint16Array(this.rows * COLUMNS * (2 * this.reach + 1));
    this.moved = new Uint16Array(this.rows * COLUMNS);
    this.kernels = new Kernels(2 * width * height, 2);
    this.earlier = this.kernels.place(Uint8Array, width * height);
    this.later = this.kernels.place(Uint8Array, width * height);
  }

  /** Takes the next frame. */
  push(luma: Uint8Array): void {
    const phase = this.time++ % this.step;
    if (phase === APART % this.step && this.waits) {
      this.later.set(luma);
      this.look();
    }
    if (phase) return;
    this.earlier.set(luma);
    this.waits = true;
  }

  /** The bands since the last time; starts anew. */
  take(): ScrollBand[] {
    const bands = this.looks >= LEAST_LOOKS ? this.bands() : [];
    this.votes.fill(0);
    this.moved.fill(0);
    this.looks = 0;
    this.waits = false;
    return bands;
  }

  private look(): void {
    this.looks++;
    const { reach } = this;
    for (let r = 0; r < this.rows; r++) {
      for (let c = 0; c < COLUMNS; c++) {
        const stood = this.compare(r, c, 0, Infinity);
        if (stood <= MOVES) continue;
        const cell = r * COLUMNS + c;
        this.moved[cell]++;
        const best = this.shiftOf(r, c, stood);
        if (best) this.votes[cell * (2 * reach + 1) + best + reach]++;
      }
    }
  }

  /** The shift at which a cell is found again, 0 for none. */
  private shiftOf(row: number, column: number, stood: number): number {
    const { reach } = this;
    const at = Array.from({ length: 2 * reach + 1 }, (_, i) =>
      i === reach ? stood : this.compare(row, column, i - reach, HALFWAY * stood),
    );
    const least = Math.min(...at);
    const best = at.indexOf(least);
    const beside = Math.min(at[best - 1] ?? Infinity, at[best + 1] ?? Infinity);
    const isFound = least < Math.min(FALLS * stood, Math.max(FOUND, FALLS_FAR * stood)) || beside < HALFWAY * stood;
    return isFound ? best - reach : 0;
  }

  /** Mean difference of a cell from itself, shifted to the right by s, over every second row and column; given up above `limit`. */
  private compare(row: number, column: number, s: number, limit: number): number {
    const { width, rowHeight, columnWidth, earlier, later } = this;
    const from = Math.max(column * columnWidth, -s);
    const to = Math.min((column + 1) * columnWidth, width - s);
    const count = ((to - from + 1) >> 1) * (rowHeight >> 1);
    const p = row * rowHeight * width + from;
    const most = Math.min(Math.floor(limit * count), 0x7fffffff);
    const [a, b] = [earlier.byteOffset + p, later.byteOffset + p + s];
    return this.kernels.loops.cellDifference(a, b, width, rowHeight, to - from, most) / count;
  }

  private bands(): ScrollBand[] {
    const found: ScrollBand[] = [];
    for (let s = -this.reach; s <= this.reach; s++) if (Math.abs(s) >= 2) found.push(...this.bandsAt(s));
    found.sort((a, b) => Number(a.doubtful) - Number(b.doubtful) || b.purity - a.purity);
    return found.filter((one, i) => !found.slice(0, i).some((o) => o.top < one.bottom && one.top < o.bottom));
  }

  private bandsAt(shift: number): ScrollBand[] {
    const good = this.cellsAt(shift);
    const perRow = Array.from({ length: this.rows }, (_, r) => good.subarray(r * COLUMNS, (r + 1) * COLUMNS).reduce((n, v) => n + v, 0));
    const out: ScrollBand[] = [];
    for (let r = 0; r < this.rows; r++) {
      if (perRow[r] < 3) continue;
      const first = r;
      while (r + 1 < this.rows && perRow[r + 1] >= 2) r++;
      const [from, to] = core(perRow, first, r + 1);
      const whole = this.bandOf(shift, first, r + 1, good);
      const inner = to - from < r + 1 - first ? this.bandOf(shift, from, to, good) : undefined;
      const band = whole && (!whole.doubtful || !inner || inner.doubtful) ? whole : inner;
      if (band) out.push(band);
    }
    return out;
  }

  /** Cells found at a shift, or half of the time at its neighbours, in most of the looks that saw them move. */
  private cellsAt(shift: number): Uint8Array {
    const n = 2 * this.reach + 1;
    return Uint8Array.from(this.moved, (moved, cell) => {
      const at = (s: number): number => (Math.abs(s) < 1 || Math.abs(s) > this.reach ? 0 : this.votes[cell * n + s + this.reach]);
      const votes = at(shift) + 0.5 * at(shift - 1) + 0.5 * at(shift + 1);
      return votes >= 0.5 * Math.max(moved, 0.35 * this.looks) ? 1 : 0;
    });
  }

  private bandOf(shift: number, first: number, end: number, good: Uint8Array): ScrollBand | undefined {
    const { rowHeight, columnWidth, rows, reach } = this;
    let [inside, all, moved] = [0, 0, 0];
    const votes = { exactly: 0, less: 0, more: 0 };
    let [left, right] = [COLUMNS, 0];
    for (let cell = 0; cell < good.length; cell++) {
      all += good[cell];
      const row = Math.floor(cell / COLUMNS);
      if (row < first || row >= end) continue;
      inside += good[cell];
      const at = (s: number): number => (Math.abs(s) > reach ? 0 : this.votes[cell * (2 * reach + 1) + s + reach]);
      votes.exactly += at(shift);
      votes.less += at(shift - 1);
      votes.more += at(shift + 1);
      moved += this.moved[cell];
      if (!good[cell]) continue;
      left = Math.min(left, cell % COLUMNS);
      right = Math.max(right, (cell % COLUMNS) + 1);
    }
    const cells = (end - first) * COLUMNS;
    // A speed between two whole shifts is found at one of them in some looks, at the other in the rest.
    const beside = Math.max(votes.less, votes.more);
    if (beside > votes.exactly) return undefined; // it is that shift's band
    const isSplit = votes.exactly + beside >= SPLIT * moved;
    const found = votes.exactly + (isSplit ? beside : 0);
    const purity = found / Math.max(1, moved);
    const by = shift + (isSplit ? (beside * (votes.more > votes.less ? 1 : -1)) / Math.max(1, found) : 0);
    if ((end - first) * rowHeight > HIGHEST * this.height || right - left < COLUMNS / 2) return undefined;
    const elsewhere = (purity < PURER ? ELSEWHERE : ELSEWHERE_IF_PURER) * Math.max(1, rows * COLUMNS - cells);
    if (inside < FILLED * cells || purity < PURE) return undefined;
    const doubtful = all - inside > elsewhere;
    const edge = (c: number): number => (c === COLUMNS ? this.width : c * columnWidth);
    return { top: first * rowHeight, bottom: end * rowHeight, left: edge(left), right: edge(right), speed: by / APART, purity, doubtful };
  }
}

/** Rows from the first to one past the last in which half of the cells are good: beside them a line's ascenders, or letters lost in the scene, may fill a few. */
function core(perRow: readonly number[], first: number, end: number): [from: number, to: number] {
  const isFull = (r: number): boolean => perRow[r] >= COLUMNS / 2;
  let [from, to] = [first, end];
  while (from < to && !isFull(from)) from++;
  while (to > from && !isFull(to - 1)) to--;
  return [from, to];
}
