import { chooseShifts } from './choose-shifts.js';
import { dominantShifts } from './dominant-shifts.js';
import { halvePicture, type HiddenPicture } from './hidden-picture.js';
import { contrast, meansOf } from './cells.js';
import { roughness } from './roughness.js';

/** From where the texture of what is never seen is taken, in all frames of a shot. */
export interface Texture {
  readonly height: number;
  readonly width: number;
  /** [height, width]: 0 = none; k = the shift of `dx[k - 1]`, `dy[k - 1]` samples. */
  readonly label: Uint8Array;
  readonly dx: Int16Array;
  readonly dy: Int16Array;
  /** Samples over which shifts beside each other are blended. */
  readonly blend: number;
  /** Means of the luma of the frame from which it was learnt, see `meansOf` (cells.ts). */
  readonly means: Float32Array;
}

/** Frames of one place, as in `RestoreWindow`. */
interface Frames {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly rgb: Uint8Array;
  readonly mask: Uint8Array;
}

/** Shifts among which is chosen. */
const SHIFTS = 40;
/** Hidden samples at which shifts are chosen at most: larger pictures are halved, shifts of several samples show the same. */
const HOLE = 3000;
/** What a sample costs that stays smooth, in levels: a share of the picture's roughness, as on an even ground nobody misses texture; at most; and at least for texture to be looked for. */
const SMOOTH = { share: 1.75, most: 10, least: 3 };

/**
 * Learns from the frame with the most contrast, which lies in no fade, where texture for its hole can be copied from. Undefined where
 * nothing is hidden, or nothing fits better than a smooth fill.
 */
export function learnTexture({ frames, height, width, rgb, mask }: Frames): Texture | undefined {
  const n = width * height;
  const cut = (t: number): { rgb: Uint8Array; mask: Uint8Array } => ({
    rgb: rgb.subarray(3 * n * t, 3 * n * (t + 1)),
    mask: mask.subarray(n * t, n * (t + 1)),
  });
  const all = Array.from({ length: frames }, (_, t) => cut(t));
  const means = all.map((frame) => meansOf(frame.rgb, frame.mask, width, height));
  const best = means.map(contrast).reduce((b, v, t, list) => (v > list[b] ? t : b), 0);
  let picture = pictureOf(all[best].rgb, all[best].mask, width, height);
  let scale = 1;
  for (; hiddenIn(picture) > HOLE; scale *= 2) picture = halvePicture(picture);
  const cost = Math.min(SMOOTH.most, SMOOTH.share * roughness(picture));
  const shifts = hiddenIn(picture) && cost >= SMOOTH.least ? dominantShifts(picture, SHIFTS) : [];
  const chosen = shifts.length ? chooseShifts(picture, shifts, cost) : [];
  if (!chosen.some((k) => k > 0)) return undefined;
  const label = new Uint8Array(n);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++)
      if (all[best].mask[i]) label[i] = chosen[Math.floor(y / scale) * picture.width + Math.floor(x / scale)];
  const [dx, dy] = [Int16Array.from(shifts, (s) => scale * s.dx), Int16Array.from(shifts, (s) => scale * s.dy)];
  return { height, width, label, dx, dy, blend: scale, means: means[best] };
}

const hiddenIn = ({ hidden }: HiddenPicture): number => hidden.reduce((sum, v) => sum + v, 0);

function pictureOf(rgb: Uint8Array, mask: Uint8Array, width: number, height: number): HiddenPicture {
  const n = width * height;
  const planes = new Float32Array(3 * n);
  for (let i = 0; i < n; i++) for (let c = 0; c < 3; c++) planes[c * n + i] = rgb[3 * i + c];
  return { width, height, planes, hidden: Uint8Array.from(mask, (v) => (v ? 1 : 0)) };
}
