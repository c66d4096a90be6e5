import type { PatchGrid } from '../candidates/grid.js';
import { patchCount, PAD, type PyramidLevel } from '../candidates/pyramid.js';
import { Kernels, bySize } from './kernels.js';
import { scratchFor } from './push-pull-kernel.js';

/** A level in the module's memory: a header of offsets and sizes, and its planes. */
class Slot {
  readonly #header: Int32Array;
  readonly #luma: Float32Array;
  readonly #visible: Float32Array;
  readonly #clear: Uint8Array;
  #held: PyramidLevel | undefined;
  #derived = false;

  constructor(
    private readonly kernels: Kernels,
    private readonly columns: number,
    private readonly rows: number,
    width: number,
    height: number,
  ) {
    const stride = width + 2 * PAD;
    const size = stride * (height + 2 * PAD);
    this.#header = kernels.place(Int32Array, 9);
    this.#luma = kernels.place(Float32Array, size);
    this.#visible = kernels.place(Float32Array, size);
    this.#clear = kernels.place(Uint8Array, size);
    const derived = [kernels.place(Float32Array, size), kernels.place(Float32Array, size), kernels.place(Float32Array, 5 * columns * rows)];
    const planes = [this.#luma, this.#visible, this.#clear, ...derived].map((plane) => plane.byteOffset);
    this.#header.set([width, height, stride, ...planes]);
  }

  /** Puts a level here. @param derive whether its gradients are needed @returns where its header lies */
  hold(level: PyramidLevel, derive: boolean): number {
    if (this.#held !== level) {
      this.#luma.set(level.luma);
      this.#visible.set(level.visible);
      this.#clear.set(level.clear);
      this.#held = level;
      this.#derived = false;
    }
    if (derive && !this.#derived) {
      this.kernels.loops.findGradients(this.#header.byteOffset, this.columns, this.rows);
      this.#derived = true;
    }
    return this.#header.byteOffset;
  }
}

/** The search for the patches of one level in another of the same size. Two levels are held: what is compared again is not copied again. */
export class PatchKernels {
  readonly #kernels: Kernels;
  readonly #from: Slot;
  readonly #to: Slot;
  readonly #grid: Int32Array;
  readonly #u: Float32Array;
  readonly #v: Float32Array;
  readonly #weight: Float32Array;
  readonly #usual: Float32Array;
  readonly #uv: Float32Array;
  readonly #trust: Float32Array;
  readonly #scratch: Uint8Array;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    const [columns, rows] = [patchCount(width), patchCount(height)];
    const [n, patches, padded] = [width * height, columns * rows, (width + 2 * PAD) * (height + 2 * PAD)];
    const scratch = scratchFor(width, height, 2);
    const kernels = new Kernels(2 * (36 + 17 * padded + 20 * patches) + 20 + 20 * patches + 12 * n + scratch, 22);
    this.#kernels = kernels;
    this.#from = new Slot(kernels, columns, rows, width, height);
    this.#to = new Slot(kernels, columns, rows, width, height);
    this.#grid = kernels.place(Int32Array, 5);
    this.#u = kernels.place(Float32Array, patches);
    this.#v = kernels.place(Float32Array, patches);
    this.#weight = kernels.place(Float32Array, patches);
    this.#usual = kernels.place(Float32Array, 2 * patches);
    this.#uv = kernels.place(Float32Array, 2 * n);
    this.#trust = kernels.place(Float32Array, n);
    this.#scratch = kernels.place(Uint8Array, scratch);
    this.#grid.set([columns, rows, this.#u.byteOffset, this.#v.byteOffset, this.#weight.byteOffset]);
  }

  /** See `searchPatches` in candidates/patches.ts. */
  search(a: PyramidLevel, b: PyramidLevel, grid: PatchGrid, shift: readonly [number, number], backward: boolean): void {
    this.#with(a, b, grid, (from, to, at) => this.#kernels.loops.searchPatches(from, to, at, ...shift, backward ? 1 : 0));
  }

  /** See `seekConsensus` in candidates/consensus.ts. */
  agree(a: PyramidLevel, b: PyramidLevel, grid: PatchGrid): void {
    this.#with(a, b, grid, (from, to, at) => this.#kernels.loops.seekConsensus(from, to, at, this.#usual.byteOffset));
  }

  /** Dense flow from patches: every sample the mean of the patches over it, by how well each fits it, completed where `a` is hidden. Planes u and v. */
  spread(a: PyramidLevel, b: PyramidLevel, grid: PatchGrid): Float32Array {
    const [uv, trust, { loops }] = [this.#uv, this.#trust, this.#kernels];
    uv.fill(0);
    trust.fill(0);
    this.#with(a, b, grid, (from, to, at) => loops.spreadPatches(from, to, at, uv.byteOffset, trust.byteOffset));
    loops.pushPull(uv.byteOffset, trust.byteOffset, this.width, this.height, 2, this.#scratch.byteOffset);
    return uv.slice();
  }

  /** Puts levels and grid into memory, lets a loop work, and takes the grid out again. */
  #with(a: PyramidLevel, b: PyramidLevel, grid: PatchGrid, loop: (from: number, to: number, grid: number) => void): void {
    this.#u.set(grid.u);
    this.#v.set(grid.v);
    this.#weight.set(grid.weight);
    loop(this.#from.hold(a, true), this.#to.hold(b, false), this.#grid.byteOffset);
    grid.u.set(this.#u);
    grid.v.set(this.#v);
    grid.weight.set(this.#weight);
  }
}

/** The search for levels of a size. */
export const patchKernels = bySize((width, height) => new PatchKernels(width, height));
