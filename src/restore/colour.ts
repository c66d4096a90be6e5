import type { Box } from '../core/area.js';
import { chromaShift, planesOf, type ColourSpace, type Frame, type Geometry, type PixelFormat } from '../core/frame.js';

/** Kr and Kb of ITU-R BT.601, BT.709 and BT.2020 (non-constant luminance). */
const LUMA_SHARES = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

/** Code values of Y'CbCr: `luma = lumaZero + lumaRange * Y'`, `chroma = chromaZero + chromaRange * C` with C in -0.5 … 0.5. */
export interface CodeValues {
  readonly lumaZero: number;
  readonly lumaRange: number;
  readonly chromaZero: number;
  readonly chromaRange: number;
  /** The largest code value. */
  readonly most: number;
}

/** Code values of a format (ITU-R BT.2100 table 9; limited: 219 and 224 steps, shifted up above 8 bits). */
export function codeValues({ depth }: PixelFormat, { range }: ColourSpace): CodeValues {
  const scale = 2 ** (depth - 8);
  const most = 2 ** depth - 1;
  if (range === 'full') return { lumaZero: 0, lumaRange: most, chromaZero: 128 * scale, chromaRange: most, most };
  return { lumaZero: 16 * scale, lumaRange: 219 * scale, chromaZero: 128 * scale, chromaRange: 224 * scale, most };
}

/** Shares of R, G, B in Y', and the divisors that turn B - Y' and R - Y' into Cb and Cr. */
export interface LumaShares {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly cb: number;
  readonly cr: number;
}

/** How R'G'B' and Y'CbCr of a colour space belong together. */
export function lumaShares({ matrix }: ColourSpace): LumaShares {
  const [r, b] = LUMA_SHARES[matrix];
  return { r, g: 1 - r - b, b, cb: 2 * (1 - b), cr: 2 * (1 - r) };
}

/**
 * A box of a frame as R'G'B', full range, 8 bits: [height, width, 3]. Chroma is repeated, not interpolated, so that the way
 * back ({@link composeFrame}) finds the same values again. Colours outside the RGB cube are clipped.
 * @param box inside the picture
 */
export function cropToRgb(frame: Pick<Frame, 'data'>, geometry: Geometry, colour: ColourSpace, box: Box): Uint8Array {
  const [luma, blue, red] = planesOf(frame, geometry);
  const code = codeValues(geometry.format, colour);
  const share = lumaShares(colour);
  const shift = chromaShift(geometry.format.chroma);
  const rgb = new Uint8ClampedArray(box.width * box.height * 3);
  const gain = 255 / code.lumaRange;
  const chroma = 255 / code.chromaRange;
  const toR = share.cr * chroma;
  const toB = share.cb * chroma;
  const gFromB = (-share.b / share.g) * toB;
  const gFromR = (-share.r / share.g) * toR;
  for (let y = 0, o = 0; y < box.height; y++) {
    const row = (box.y + y) * luma.width + box.x;
    const chromaRow = blue ? ((box.y + y) >> shift.y) * blue.width : 0;
    for (let x = 0; x < box.width; x++, o += 3) {
      const l = (luma.data[row + x] - code.lumaZero) * gain;
      if (!blue) {
        rgb[o] = rgb[o + 1] = rgb[o + 2] = l;
        continue;
      }
      const k = chromaRow + ((box.x + x) >> shift.x);
      const cb = blue.data[k] - code.chromaZero;
      const cr = red.data[k] - code.chromaZero;
      rgb[o] = l + toR * cr;
      rgb[o + 1] = l + gFromB * cb + gFromR * cr;
      rgb[o + 2] = l + toB * cb;
    }
  }
  return new Uint8Array(rgb.buffer);
}
