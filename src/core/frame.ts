/** How chroma is sampled against luma. `gray` has no chroma planes. */
export type Chroma = '420' | '422' | '444' | 'gray';

/** A planar Y'CbCr layout. Samples above 8 bits are 16-bit little-endian words holding `depth` significant low bits. */
export interface PixelFormat {
  /** ffmpeg's name, such as `yuv420p` or `yuv422p10le`. */
  readonly name: string;
  readonly depth: 8 | 10 | 12;
  readonly chroma: Chroma;
  /** Whether a plane of transparency, of luma's size, follows the others. It is carried along and never changed. */
  readonly alpha?: true;
}

/** Size and layout shared by all frames of one picture stream. Widths and heights are in samples. */
export interface Geometry {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
}

/** How code values relate to light. `unknown` tags are resolved for conversion by {@link media}, never rewritten in the file. */
export interface ColourSpace {
  readonly matrix: 'bt601' | 'bt709' | 'bt2020';
  readonly range: 'limited' | 'full';
}

/** Samples of one plane; `Uint16Array` above 8 bits. */
export type Samples = Uint8Array | Uint16Array;

/** One plane, row-major, no padding: sample (x, y) is `data[y * width + x]`. A view: writing it writes the frame. */
export interface Plane {
  readonly data: Samples;
  readonly width: number;
  readonly height: number;
}

/**
 * One decoded picture in presentation order. `data` holds the planes Y, Cb, Cr and alpha, if any, one after the other without padding,
 * as ffmpeg's `rawvideo` does. Frames are owned by whoever received them; a stage may change them in place.
 */
export interface Frame {
  /** Zero-based index in presentation order. */
  readonly index: number;
  readonly data: Uint8Array;
}

/** Chroma subsampling as right shifts of luma coordinates. */
export function chromaShift(chroma: Chroma): { readonly x: 0 | 1; readonly y: 0 | 1 } {
  return { x: chroma === '420' || chroma === '422' ? 1 : 0, y: chroma === '420' ? 1 : 0 };
}

/** A plane as it lies in a frame: its size in samples, and its subsampling as right shifts of luma coordinates. */
export interface PlaneLayout {
  readonly width: number;
  readonly height: number;
  readonly shift: { readonly x: 0 | 1; readonly y: 0 | 1 };
}

/** The planes that a frame stores, alpha's too: chroma planes round up, as ffmpeg's do. */
export function planeLayouts({ width, height, format }: Geometry): PlaneLayout[] {
  const full = { width, height, shift: { x: 0, y: 0 } } as const;
  const shift = chromaShift(format.chroma);
  const half = { width: (width + shift.x) >> shift.x, height: (height + shift.y) >> shift.y, shift };
  return [full, ...(format.chroma === 'gray' ? [] : [half, half]), ...(format.alpha ? [full] : [])];
}

/** Bytes of one frame of this geometry. */
export function frameBytes(geometry: Geometry): number {
  const samples = planeLayouts(geometry).reduce((sum, p) => sum + p.width * p.height, 0);
  return samples * (geometry.format.depth > 8 ? 2 : 1);
}

/** Views of the planes of a frame that show something: 1 (gray) or 3 (Y, Cb, Cr). No copy. */
export function planesOf(frame: Pick<Frame, 'data'>, geometry: Geometry): Plane[] {
  const wide = geometry.format.depth > 8;
  let at = frame.data.byteOffset;
  const shown = planeLayouts(geometry).slice(0, geometry.format.chroma === 'gray' ? 1 : 3);
  return shown.map(({ width, height }) => {
    const n = width * height;
    const data = wide ? new Uint16Array(frame.data.buffer, at, n) : new Uint8Array(frame.data.buffer, at, n);
    at += n * (wide ? 2 : 1);
    return { data, width, height };
  });
}
