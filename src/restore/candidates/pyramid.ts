import { halvePlane } from './push-pull.js';

/** Samples around each level, so that a patch may hang over the edge without a test a pixel. */
export const PAD = 16;
/** Side of the patches that are searched for, in samples of a level. */
export const PATCH = 8;

/** One scale of a frame's luma; planes are padded by {@link PAD} on all sides, row length `stride`. */
export interface PyramidLevel {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  /** Luma 0 … 255, edges repeated into the padding. */
  readonly luma: Float32Array;
  /** 0 = hidden or outside the frame, 1 = visible. */
  readonly visible: Float32Array;
  /** 1 where the (PATCH + 1)² samples from here on, right and down, are all wholly visible. */
  readonly clear: Uint8Array;
}

/** Distance between patches. */
export const STEP = 4;

/** First sample of the patch with this number along an axis of this length. */
export const patchStart = (i: number, length: number): number => Math.max(0, Math.min(i * STEP, length - PATCH));

/** Patches along an axis of this length: they overlap by half and reach its end. */
export const patchCount = (length: number): number => Math.max(1, Math.ceil((length - PATCH) / STEP) + 1);

/** Sample (0, 0) of a padded plane. */
export const origin = (level: PyramidLevel): number => PAD * level.stride + PAD;

function padded(luma: Float32Array, visible: Float32Array, width: number, height: number): PyramidLevel {
  const stride = width + 2 * PAD;
  const size = stride * (height + 2 * PAD);
  const level = { width, height, stride, luma: new Float32Array(size), visible: new Float32Array(size), clear: new Uint8Array(size) };
  for (let y = -PAD, o = 0; y < height + PAD; y++, o += stride) {
    const from = Math.min(height - 1, Math.max(0, y)) * width;
    level.luma.fill(luma[from], o, o + PAD);
    level.luma.set(luma.subarray(from, from + width), o + PAD);
    level.luma.fill(luma[from + width - 1], o + PAD + width, o + stride);
    if (y >= 0 && y < height) for (let x = 0; x < width; x++) level.visible[o + PAD + x] = visible[from + x] ** 2;
  }
  markClear(level);
  return level;
}

/** Runs of visible samples to the left and up, so that each sample is looked at once an axis. */
function markClear({ clear, visible, stride }: PyramidLevel): void {
  const side = PATCH + 1;
  const down = new Uint8Array(stride);
  for (let row = visible.length - stride; row >= 0; row -= stride) {
    let right = 0;
    for (let x = stride - 1; x >= 0; x--) {
      right = visible[row + x] === 1 ? right + 1 : 0;
      down[x] = right >= side ? Math.min(side, down[x] + 1) : 0;
      clear[row + x] = down[x] === side ? 1 : 0;
    }
  }
}

/**
 * Halvings of a frame's luma, finest first.
 * @param luma `width * height`, holes already filled
 * @param visible the same shape, 0 = hidden, 1 = visible
 */
export function buildPyramid(luma: Float32Array, visible: Float32Array, width: number, height: number): PyramidLevel[] {
  const levels: PyramidLevel[] = [];
  for (;;) {
    levels.push(padded(luma, visible, width, height));
    const w = (width + 1) >> 1;
    const h = (height + 1) >> 1;
    if (Math.min(w, h) < PATCH + 2 || levels.length === 5) return levels;
    const l = new Float32Array(w * h);
    const v = new Float32Array(w * h);
    halvePlane(luma, 0, width, height, l, 0);
    halvePlane(visible, 0, width, height, v, 0);
    [luma, visible, width, height] = [l, v, w, h];
  }
}
