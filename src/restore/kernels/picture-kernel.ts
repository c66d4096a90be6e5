import { Kernels, bySize } from './kernels.js';
import { scratchFor } from './push-pull-kernel.js';

/** What is put into a picture's holes: nothing, as they have been filled; push-pull at half size; that and push-pull at full size. */
export const HOLES = { filled: 0, half: 1, full: 2 } as const;

/** Splits pictures of one size into planes, fills their holes and halves them. */
class PictureKernel {
  readonly #kernels: Kernels;
  readonly #rgb: Uint8Array;
  readonly #mask: Uint8Array;
  readonly #planes: Float32Array;
  readonly #visible: Float32Array;
  readonly #half: Float32Array;
  readonly #seen: Float32Array;
  readonly #luma: Float32Array;
  readonly #scratch: Uint8Array;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    const n = width * height;
    const hn = ((width + 1) >> 1) * ((height + 1) >> 1);
    const scratch = scratchFor(width, height, 3);
    const kernels = new Kernels(20 * n + 20 * hn + scratch, 8);
    this.#kernels = kernels;
    this.#rgb = kernels.place(Uint8Array, 3 * n);
    this.#mask = kernels.place(Uint8Array, n);
    this.#planes = kernels.place(Float32Array, 3 * n);
    this.#visible = kernels.place(Float32Array, n);
    this.#half = kernels.place(Float32Array, 3 * hn);
    this.#seen = kernels.place(Float32Array, hn);
    this.#luma = kernels.place(Float32Array, hn);
    this.#scratch = kernels.place(Uint8Array, scratch);
  }

  /** Planes of the whole picture, of which only those of full size are filled, are lent until the next call. */
  prepare(
    rgb: Uint8Array,
    mask: Uint8Array,
    holes: number,
  ): { planes: Float32Array; half: Float32Array; seen: Float32Array; luma: Float32Array } {
    this.#rgb.set(rgb);
    this.#mask.set(mask);
    const [from, hidden, planes, visible, half, seen, luma, scratch] = [this.#rgb, this.#mask, this.#planes, this.#visible, this.#half, this.#seen, this.#luma, this.#scratch].map((a) => a.byteOffset); // prettier-ignore
    this.#kernels.loops.preparePicture(from, hidden, this.width, this.height, planes, visible, half, seen, luma, scratch, holes);
    return { planes: this.#planes, half: this.#half.slice(), seen: this.#seen.slice(), luma: this.#luma.slice() };
  }
}

/** What prepares pictures of a size. */
export const pictureKernel = bySize((width, height) => new PictureKernel(width, height));
