import { Kernels } from './kernels.js';

/** Gradients of a mark at some pixels of its window. */
export interface Template {
  /** Columns and rows of the window, none at its border. */
  readonly tx: Int16Array;
  readonly ty: Int16Array;
  /** Levels a sample. */
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  /** 1 over the squared length of the gradient. */
  readonly weight: Float32Array;
}

/** Bytes of a picture's part, and pixels of a template, that there is room for at first. */
const BYTES = 1 << 16;
const PIXELS = 256;
/** Sums that the kernel makes side by side. */
const LANES = 8;

/** Finds the place where a template agrees best. */
class TemplateSearch {
  private readonly kernels: Kernels;
  readonly luma: Uint8Array;
  readonly offsets: Int32Array;
  private readonly gx: Float32Array;
  private readonly gy: Float32Array;
  private readonly weight: Float32Array;
  private readonly least: Float32Array;
  private readonly lanes: Float32Array;

  constructor(bytes: number, pixels: number) {
    this.kernels = new Kernels(bytes + 16 * pixels + 4 + 4 * LANES, 7);
    this.luma = this.kernels.place(Uint8Array, bytes);
    this.offsets = this.kernels.place(Int32Array, pixels);
    this.gx = this.kernels.place(Float32Array, pixels);
    this.gy = this.kernels.place(Float32Array, pixels);
    this.weight = this.kernels.place(Float32Array, pixels);
    this.least = this.kernels.place(Float32Array, 1);
    this.lanes = this.kernels.place(Float32Array, LANES);
  }

  /** Tries every `stride`-th pixel of the template, at `side` × `side` places of the part of `width` samples a row in {@link luma}; returns the index of the best. */
  best({ tx, ty, gx, gy, weight }: Template, stride: number, side: number, width: number): number {
    let count = 0;
    for (let i = 0; i < tx.length; i += stride, count++) {
      this.offsets[count] = ty[i] * width + tx[i];
      // The kernel takes differences over two samples.
      this.gx[count] = 2 * gx[i];
      this.gy[count] = 2 * gy[i];
      this.weight[count] = weight[i] / 4;
    }
    this.least[0] = Infinity;
    const [offsets, x, y, w, least, lanes] = [this.offsets, this.gx, this.gy, this.weight, this.least, this.lanes].map((a) => a.byteOffset);
    return this.kernels.loops.findTemplate(this.luma.byteOffset, width, side, side, offsets, x, y, w, count, least, lanes);
  }
}

let search = new TemplateSearch(BYTES, PIXELS);

/**
 * The place among `side` × `side`, the first of them at (x, y), where a template's gradients are off least: mean over every `stride`-th pixel
 * of the squared error as a share of the gradient's own square, at most 1. Windows of `width` × `height` at all of these places lie in the picture.
 */
export function bestPlace(
  template: Template,
  picture: { readonly luma: Uint8Array; readonly width: number },
  window: { readonly width: number; readonly height: number },
  { x, y, side, stride }: { readonly x: number; readonly y: number; readonly side: number; readonly stride: number },
): { readonly x: number; readonly y: number } {
  const [width, height] = [window.width + side - 1, window.height + side - 1];
  if (width * height > search.luma.length || template.tx.length > search.offsets.length)
    search = new TemplateSearch(Math.max(2 * width * height, BYTES), Math.max(2 * template.tx.length, PIXELS));
  for (let r = 0, from = y * picture.width + x; r < height; r++, from += picture.width)
    search.luma.set(picture.luma.subarray(from, from + width), r * width);
  const best = search.best(template, stride, side, width);
  return { x: x + (best % side), y: y + Math.floor(best / side) };
}
