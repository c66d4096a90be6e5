import type { Box } from '../core/area.js';
import { chromaShift, frameBytes, planesOf, type Geometry, type PixelFormat } from '../core/frame.js';
import { pictures, rescaling, type Aside, type DecodeOptions } from './decode.js';
import type { Programme } from './programme.js';

/** Samples of chroma of the same box as the luma beside them, row-major, each `1 << shift` of luma wide and high. */
export interface ChromaPlanes {
  readonly cb: Uint8Array;
  readonly cr: Uint8Array;
  readonly width: number;
  readonly shift: { readonly x: 0 | 1; readonly y: 0 | 1 };
}

/** Some rows of one frame at full size, in code values as in the file, above 8 bits the 8 most significant. */
export interface BandsFrame {
  /** Zero-based index in presentation order. */
  readonly index: number;
  /** The bands one below the other, row-major. */
  readonly luma: Uint8Array;
  /** Where it was asked for, and the file has colours. */
  readonly chroma?: ChromaPlanes | undefined;
}

export interface BandsOptions extends Pick<DecodeOptions, 'signal'> {
  /** Whether chroma is delivered, too. */
  readonly colour?: boolean;
  /** A buffer is used again when so many more frames have been delivered. */
  readonly stays: number;
  /** Whole frames that are laid aside by the way. */
  readonly aside?: Aside | undefined;
}

/**
 * Bands of the full-size picture, for looking: all of the same columns, from top to bottom, none over another. Their edges lie on even rows and columns, but
 * for those at the picture's own right and lower border. Sample aspect and rotation are not applied. Errors as in `decodeFrames`.
 */
export async function* decodeBands(
  programme: Programme,
  bands: readonly Box[],
  { colour = false, stays, aside, signal }: BandsOptions,
): AsyncGenerator<BandsFrame, void, undefined> {
  const { format } = programme.video.geometry;
  const [{ width }] = bands;
  const height = bands.reduce((sum, band) => sum + band.height, 0);
  const shape: Geometry = { width, height, format: colour ? inEightBits(format) : { name: 'gray', depth: 8, chroma: 'gray' } };
  const { name } = shape.format;
  const filter = [cutting(bands), ...(name === format.name ? [] : [rescaling(width, height, name)])].join(',');
  const picture = { bytes: frameBytes(shape), pixFmt: name, filter, stays, aside, clocked: false };
  let index = 0;
  for await (const data of pictures(programme, picture, { signal })) {
    const [y, cb, cr] = planesOf({ data }, shape).map((plane) => ({ width: plane.width, data: plane.data as Uint8Array }));
    const chroma = cb && { cb: cb.data, cr: cr.data, width: cb.width, shift: chromaShift(shape.format.chroma) };
    yield { index: index++, luma: y.data, chroma };
  }
}

/** The layout of 8 bits and the same chroma, without alpha; the same layout where it is that already. */
const inEightBits = (format: PixelFormat): PixelFormat =>
  format.depth === 8 && !format.alpha
    ? format
    : { name: format.chroma === 'gray' ? 'gray' : `yuv${format.chroma}p`, depth: 8, chroma: format.chroma };

function cutting(bands: readonly Box[]): string {
  const crops = bands.map(({ x, y, width, height }) => `crop=w=${width}:h=${height}:x=${x}:y=${y}:exact=1`);
  if (crops.length === 1) return crops[0];
  const each = crops.map((crop, i) => `[a${i}]${crop}[b${i}]`).join(';');
  const [from, to] = ['a', 'b'].map((side) => crops.map((_, i) => `[${side}${i}]`).join(''));
  return `split=${crops.length}${from};${each};${to}vstack=inputs=${crops.length}`;
}
