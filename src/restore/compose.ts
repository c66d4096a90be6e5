import type { Box } from '../core/area.js';
import { chromaShift, planesOf, type ColourSpace, type Frame, type Geometry, type Plane } from '../core/frame.js';
import { codeValues, lumaShares, type CodeValues, type LumaShares } from './colour.js';
import { grain, hash, missingGrain, noiseLevel } from './grain.js';

/** Samples over which a restored place fades into the decoded picture, outside its mask. */
export const FEATHER = 2;

/** Restored pixels and how much of each is taken. */
export interface Patch {
  /** Inside the picture; starts on even coordinates and ends on even ones or at the picture's edge. */
  readonly box: Box;
  /** [height, width, 3] R'G'B', full range. */
  readonly rgb: Uint8Array;
  /** [height, width], 255 = restored, 0 = decoded, see {@link feather}. */
  readonly weight: Uint8Array;
}

/**
 * Weights for a mask: 255 all over it, falling to 0 within {@link FEATHER} samples outside, never inside: a mark that
 * shines through a soft mask is what people see first.
 */
export function feather(mask: Uint8Array, width: number, height: number): Uint8Array {
  let weight = mask.slice();
  for (let k = 0; k < weight.length; k++) if (weight[k]) weight[k] = 255;
  for (let r = 1; r <= FEATHER; r++) {
    const level = Math.round(255 * (1 - r / (FEATHER + 1)));
    const next = weight.slice();
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (weight[i]) continue;
        const side = (x > 0 && weight[i - 1]) || (x + 1 < width && weight[i + 1]);
        if (side || (y > 0 && weight[i - width]) || (y + 1 < height && weight[i + width])) next[i] = level;
      }
    }
    weight = next;
  }
  return weight;
}

/**
 * Writes a patch into a frame, in place: `decoded * (1 - w) + restored * w`, in the frame's own format. Samples of weight 0
 * stay bit-identical; a chroma sample is replaced when one of the luma samples it covers is. Where the restored pixels are
 * cleaner than their surroundings, grain is added; above 8 bits the fill is dithered, so that it has no steps.
 * Same arguments, same result.
 */
export function composeFrame(frame: Frame, geometry: Geometry, colour: ColourSpace, patch: Patch): void {
  const planes = planesOf(frame, geometry);
  const code = codeValues(geometry.format, colour);
  const share = lumaShares(colour);
  const level = 2 ** (geometry.format.depth - 8);
  const fill = fillLuma(patch, code, share);
  writeLuma(frame.index, planes[0], patch, fill, addedGrain(planes[0], patch, fill, level), level, code.most);
  if (planes.length === 3) writeChroma(frame.index, planes[1], planes[2], patch, geometry, code, share, level);
}

/** The patch's luma as code values. */
function fillLuma({ rgb, weight }: Patch, code: CodeValues, share: LumaShares): Float32Array {
  const luma = new Float32Array(weight.length);
  const gain = code.lumaRange / 255;
  for (let i = 0, k = 0; i < luma.length; i++, k += 3)
    luma[i] = code.lumaZero + gain * (share.r * rgb[k] + share.g * rgb[k + 1] + share.b * rgb[k + 2]);
  return luma;
}

/** Grain to add, in code values. */
function addedGrain(plane: Plane, { box, weight }: Patch, fill: Float32Array, level: number): number {
  const around = new Float32Array(fill.length);
  for (let y = 0, i = 0; y < box.height; y++)
    for (let x = 0, k = (box.y + y) * plane.width + box.x; x < box.width; x++, i++, k++) around[i] = plane.data[k] / level;
  const own = level === 1 ? fill : fill.map((v) => v / level);
  return level * missingGrain(noiseLevel(around, weight, box.width, box.height, 0), noiseLevel(own, weight, box.width, box.height, 255));
}

const clamp = (value: number, most: number): number => (value < 0 ? 0 : value > most ? most : value);

function writeLuma(frame: number, plane: Plane, patch: Patch, fill: Float32Array, sigma: number, level: number, most: number): void {
  const { box, weight } = patch;
  for (let y = 0, i = 0; y < box.height; y++) {
    const row = (box.y + y) * plane.width + box.x;
    for (let x = 0; x < box.width; x++, i++) {
      const w = weight[i];
      if (w === 0) continue;
      let value = fill[i];
      if (sigma) value += sigma * grain(frame, box.x + x, box.y + y);
      if (level > 1) value += level * (hash(frame, box.x + x, box.y + y) / 2 ** 32 - 0.5);
      const old = plane.data[row + x];
      plane.data[row + x] = clamp(Math.round(old + ((value - old) * w) / 255), most);
    }
  }
}

function writeChroma(
  frame: number,
  blue: Plane,
  red: Plane,
  { box, rgb, weight }: Patch,
  { format }: Geometry,
  code: CodeValues,
  share: LumaShares,
  level: number,
): void {
  const shift = chromaShift(format.chroma);
  const gain = code.chromaRange / 255;
  for (let y = 0; y < box.height; y += 1 << shift.y) {
    for (let x = 0; x < box.width; x += 1 << shift.x) {
      let w = 0;
      let n = 0;
      let r = 0;
      let g = 0;
      let b = 0;
      for (let j = y; j < Math.min(box.height, y + (1 << shift.y)); j++) {
        for (let k = x; k < Math.min(box.width, x + (1 << shift.x)); k++, n++) {
          const i = j * box.width + k;
          if (weight[i] > w) w = weight[i];
          r += rgb[3 * i];
          g += rgb[3 * i + 1];
          b += rgb[3 * i + 2];
        }
      }
      if (w === 0) continue;
      const luma = share.r * r + share.g * g + share.b * b;
      const at = ((box.y + y) >> shift.y) * blue.width + ((box.x + x) >> shift.x);
      const dither = level > 1 ? level * (hash(frame, ~x, y) / 2 ** 32 - 0.5) : 0;
      const cb = code.chromaZero + (gain * (b - luma)) / (n * share.cb) + dither;
      const cr = code.chromaZero + (gain * (r - luma)) / (n * share.cr) + dither;
      blue.data[at] = clamp(Math.round(blue.data[at] + ((cb - blue.data[at]) * w) / 255), code.most);
      red.data[at] = clamp(Math.round(red.data[at] + ((cr - red.data[at]) * w) / 255), code.most);
    }
  }
}
