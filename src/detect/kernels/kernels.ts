import { WASM } from './wasm.js';

/** The loops of assembly/kernels.ts; arrays are given by their byte offsets, see there. */
interface Loops {
  followRuns(
    luma: number,
    mean: number,
    start: number,
    left: number,
    ended: number,
    count: number,
    time: number,
    oldest: number,
    tolerance: number,
  ): number;
  edgesFirst(mean: number, ended: number, n: number, width: number, height: number, contrast: number): number;
  beginRuns(luma: number, mean: number, start: number, left: number, ended: number, n: number, time: number, tolerance: number): void;
  sumBlocks(luma: number, width: number, xs: number, ys: number, columns: number, rows: number, sums: number): void;
  addToSums(
    luma: number,
    width: number,
    from: number,
    to: number,
    sum: number,
    squares: number,
    gx: number,
    gy: number,
    power: number,
  ): void;
  halveRows(a: number, b: number, to: number, count: number): void;
  addLevels(luma: number, count: number, sum: number, squares: number): void;
  addPlace(luma: number, width: number, count: number, sum: number, squares: number, power: number): void;
  cellDifference(a: number, b: number, width: number, rows: number, columns: number, limit: number): number;
  findBlock(a: number, b: number, width: number, fromX: number, toX: number, fromY: number, toY: number, lanes: number): number;
  findTemplate(
    luma: number,
    width: number,
    columns: number,
    rows: number,
    offsets: number,
    gx: number,
    gy: number,
    weight: number,
    count: number,
    least: number,
    lanes: number,
  ): number;
  findTemplateAtBorder(
    luma: number,
    width: number,
    columns: number,
    rows: number,
    x: number,
    y: number,
    pictureWidth: number,
    pictureHeight: number,
    tx: number,
    ty: number,
    gx: number,
    gy: number,
    weight: number,
    count: number,
    whole: number,
    lanes: number,
  ): number;
  makeFlags(at: number, count: number, inverse: number): void;
  joinAhead(at: number, count: number, step: number): void;
  joinParts(a: number, b: number, n: number, cos: number, sin: number): void;
  findRange(picture: number, width: number, count: number, low: number, high: number): void;
  pickBetween(values: number, count: number, low: number, high: number, to: number, below: number): number;
  maskedDifference(a: number, b: number, mask: number, columns: number, rows: number, step: number): number;
}

interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

const PAGE = 65_536;
/** Bytes before the first array and after each: kernels read and write up to sixteen samples past an end. */
const SLACK = 64;

let compiled: WebAssembly.Module | undefined;

/** Loops over pixels in WebAssembly, and the memory with the arrays they work on. */
export class Kernels {
  readonly loops: Loops;
  private readonly memory: WebAssembly.Memory;
  private top = SLACK;

  /** @param bytes of all arrays that will be placed @param arrays how many */
  constructor(bytes: number, arrays: number) {
    compiled ??= new WebAssembly.Module(Buffer.from(WASM, 'base64'));
    this.memory = new WebAssembly.Memory({ initial: Math.ceil((bytes + (2 * arrays + 1) * SLACK) / PAGE) });
    this.loops = new WebAssembly.Instance(compiled, { env: { memory: this.memory } }).exports as Loops;
  }

  /** A zeroed array in the module's memory. Its `byteOffset` is what {@link loops} take. */
  place<T>(type: ArrayType<T>, length: number): T {
    const array = new type(this.memory.buffer, this.top, length);
    this.top += Math.ceil((length * type.BYTES_PER_ELEMENT) / SLACK) * SLACK + SLACK;
    return array;
  }
}
