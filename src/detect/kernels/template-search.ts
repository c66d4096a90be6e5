import type { Box } from '../../core/area.js';
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

/** The same where places reach out of the picture. */
class BorderSearch {
  private readonly kernels: Kernels;
  readonly luma: Uint8Array;
  readonly tx: Int32Array;
  private readonly ty: Int32Array;
  private readonly gx: Float32Array;
  private readonly gy: Float32Array;
  private readonly weight: Float32Array;
  private readonly lanes: Float64Array;

  constructor(bytes: number, pixels: number) {
    this.kernels = new Kernels(bytes + 20 * pixels + 8 * LANES, 7);
    this.luma = this.kernels.place(Uint8Array, bytes);
    this.tx = this.kernels.place(Int32Array, pixels);
    this.ty = this.kernels.place(Int32Array, pixels);
    this.gx = this.kernels.place(Float32Array, pixels);
    this.gy = this.kernels.place(Float32Array, pixels);
    this.weight = this.kernels.place(Float32Array, pixels);
    this.lanes = this.kernels.place(Float64Array, LANES);
  }

  /** {@link TemplateSearch.best} in a picture of which the part in {@link luma} begins at (x, y); -1 where too little lies inside. */
  best(template: Template, { width: pictureWidth, height: pictureHeight }: Picture, { x, y, side, stride }: Search, width: number): number {
    const { tx, ty, gx, gy, weight } = template;
    let count = 0;
    for (let i = 0; i < tx.length; i += stride, count++) {
      this.tx[count] = tx[i];
      this.ty[count] = ty[i];
      this.gx[count] = gx[i];
      this.gy[count] = gy[i];
      this.weight[count] = weight[i];
    }
    const [u, v, a, b, w] = [this.tx, this.ty, this.gx, this.gy, this.weight].map((array) => array.byteOffset);
    const { luma, lanes } = this;
    const places = [luma.byteOffset, width, side, side, x, y, pictureWidth, pictureHeight] as const;
    return this.kernels.loops.findTemplateAtBorder(...places, u, v, a, b, w, count, tx.length / stride, lanes.byteOffset);
  }
}

/** Row-major luma. */
interface Picture {
  readonly luma: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** `side` × `side` places, the first of them at (x, y), and of the template every `stride`-th pixel. */
interface Search {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly stride: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

let search = new TemplateSearch(BYTES, PIXELS);
let borderSearch = new BorderSearch(BYTES, PIXELS);

/**
 * The place where a template's gradients are off least: mean over its pixels of the squared error as a share of the gradient's own square, at most 1. Pixels beyond the
 * picture do not count. Undefined where less than six tenths of them are inside at all places.
 * @param window that the template lies in
 */
export function bestPlace(
  template: Template,
  picture: Picture,
  window: Size,
  at: Search,
): { readonly x: number; readonly y: number } | undefined {
  const { x, y, side } = at;
  const part = { x, y, width: window.width + side - 1, height: window.height + side - 1 };
  const inside = x >= 0 && y >= 0 && x + part.width <= picture.width && y + part.height <= picture.height;
  const best = inside ? amongInner(template, picture, part, at) : amongAll(template, picture, part, at);
  return best < 0 ? undefined : { x: x + (best % side), y: y + Math.floor(best / side) };
}

function amongInner(template: Template, picture: Picture, { x, y, width, height }: Box, { side, stride }: Search): number {
  if (width * height > search.luma.length || template.tx.length > search.offsets.length)
    search = new TemplateSearch(Math.max(2 * width * height, BYTES), Math.max(2 * template.tx.length, PIXELS));
  for (let r = 0, from = y * picture.width + x; r < height; r++, from += picture.width)
    search.luma.set(picture.luma.subarray(from, from + width), r * width);
  return search.best(template, stride, side, width);
}

function amongAll(template: Template, picture: Picture, { x, y, width, height }: Box, at: Search): number {
  if (width * height > borderSearch.luma.length || template.tx.length > borderSearch.tx.length)
    borderSearch = new BorderSearch(Math.max(2 * width * height, BYTES), Math.max(2 * template.tx.length, PIXELS));
  const [left, right] = [Math.max(0, x), Math.min(picture.width, x + width)];
  for (let row = Math.max(0, y); row < Math.min(picture.height, y + height) && left < right; row++) {
    const from = row * picture.width;
    borderSearch.luma.set(picture.luma.subarray(from + left, from + right), (row - y) * width + left - x);
  }
  return borderSearch.best(template, picture, at, width);
}
