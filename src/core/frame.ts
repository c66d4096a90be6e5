/** How chroma is sampled against luma. `gray` has no chroma planes. */
export type Chroma = '420' | '422' | '444' | 'gray';

/** A planar Y'CbCr layout. Samples above 8 bits are 16-bit little-endian words holding `depth` significant low bits. */
export interface PixelFormat {
  /** ffmpeg's name, such as `yuv420p` or `yuv422p10le`. */
  readonly name: string;
  readonly depth: 8 | 10 | 12;
  readonly chroma: Chroma;
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
 * One decoded picture in presentation order. `data` holds the planes Y, Cb, Cr one after the other without padding,
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

/** Sizes of the planes in samples: chroma planes round up, as ffmpeg's do. */
export function planeSizes(geometry: Geometry): { width: number; height: number }[] {
  const { width, height, format } = geometry;
  if (format.chroma === 'gray') return [{ width, height }];
  const s = chromaShift(format.chroma);
  const c = { width: (width + s.x) >> s.x, height: (height + s.y) >> s.y };
  return [{ width, height }, c, { ...c }];
}

/** Bytes of one frame of this geometry. */
export function frameBytes(geometry: Geometry): number {
  const samples = planeSizes(geometry).reduce((sum, p) => sum + p.width * p.height, 0);
  return samples * (geometry.format.depth > 8 ? 2 : 1);
}

/** Views of the planes of a frame: 1 (gray) or 3 (Y, Cb, Cr). No copy. */
export function planesOf(frame: Pick<Frame, 'data'>, geometry: Geometry): Plane[] {
  const wide = geometry.format.depth > 8;
  let at = frame.data.byteOffset;
  return planeSizes(geometry).map(({ width, height }) => {
    const n = width * height;
    const data = wide ? new Uint16Array(frame.data.buffer, at, n) : new Uint8Array(frame.data.buffer, at, n);
    at += n * (wide ? 2 : 1);
    return { data, width, height };
  });
}
