import { WASM } from './wasm.js';

/** The loops of assembly/; arrays, levels and grids are given by their byte offsets, see there. */
interface Loops {
  findGradients(level: number, columns: number, rows: number): void;
  searchPatches(a: number, b: number, grid: number, shiftU: number, shiftV: number, backward: number): void;
  seekConsensus(a: number, b: number, grid: number, usual: number): void;
  spreadPatches(a: number, b: number, grid: number, uv: number, weight: number): void;
  preparePicture(
    rgb: number,
    mask: number,
    width: number,
    height: number,
    planes: number,
    visible: number,
    half: number,
    seen: number,
    luma: number,
    scratch: number,
    holes: number,
  ): void;
  compareFrames(
    target: number,
    targetSeen: number,
    source: number,
    seen: number,
    uv: number,
    width: number,
    height: number,
    offset: number,
    error: number,
    work: number,
    scratch: number,
  ): number;
  gatherHole(
    hole: number,
    count: number,
    rgb: number,
    mask: number,
    width: number,
    height: number,
    uv: number,
    offset: number,
    error: number,
    offers: number,
  ): void;
  robustMeans(offers: number, sources: number, stride: number, count: number, means: number): void;
  pushPull(values: number, weight: number, width: number, height: number, channels: number, scratch: number): void;
}

type Placed = Float32Array | Int32Array | Uint8Array;
type PlacedType<T> = new (buffer: ArrayBuffer, byteOffset: number, length: number) => T;

const PAGE = 65_536;
/** Bytes before the first array and after each: kernels read and write a few samples past an end. */
const SLACK = 64;

let compiled: WebAssembly.Module | undefined;

/** Loops over samples in WebAssembly, and the memory with the arrays they work on. */
export class Kernels {
  readonly loops: Loops;
  readonly #memory: WebAssembly.Memory;
  #top = SLACK;

  /** @param bytes of all arrays that will be placed @param arrays how many */
  constructor(bytes: number, arrays: number) {
    compiled ??= new WebAssembly.Module(Buffer.from(WASM, 'base64'));
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil((bytes + (2 * arrays + 1) * SLACK) / PAGE) });
    this.loops = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } }).exports as Loops;
  }

  /** A zeroed array in the module's memory. Its `byteOffset` is what {@link loops} take. */
  place<T extends Placed>(type: PlacedType<T>, length: number): T {
    const array = new type(this.#memory.buffer, this.#top, length);
    this.#top += Math.ceil(array.byteLength / SLACK) * SLACK + SLACK;
    return array;
  }
}

/** As many sets of arrays as are kept for pictures of different sizes. */
const KEPT = 12;

/** What is made once for each size of picture, the least recently used being dropped. */
export function bySize<T>(make: (...size: number[]) => T): (...size: number[]) => T {
  const known = new Map<string, T>();
  return (...size) => {
    const key = size.join();
    const made = known.get(key) ?? make(...size);
    known.delete(key);
    known.set(key, made);
    if (known.size > KEPT) known.delete(known.keys().next().value!);
    return made;
  };
}
