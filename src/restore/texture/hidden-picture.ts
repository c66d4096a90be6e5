import { halvePlane } from '../candidates/push-pull.js';

/** A picture of which a part is hidden. */
export interface HiddenPicture {
  readonly width: number;
  readonly height: number;
  /** Planes R, G, B, 0 … 255. */
  readonly planes: Float32Array;
  /** [height, width], 1 = hidden. */
  readonly hidden: Uint8Array;
}

/** Indices of the hidden samples. */
export function holeOf({ hidden }: HiddenPicture): Int32Array {
  const hole = new Int32Array(hidden.reduce((sum, v) => sum + v, 0));
  for (let i = 0, k = 0; i < hidden.length; i++) if (hidden[i]) hole[k++] = i;
  return hole;
}

/** The picture at half its size; a sample is hidden there where any of its four is. */
export function halvePicture({ width, height, planes, hidden }: HiddenPicture): HiddenPicture {
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1];
  const small = new Float32Array(3 * w * h);
  for (let c = 0; c < 3; c++) halvePlane(planes, c * width * height, width, height, small, c * w * h);
  const covered = new Float32Array(w * h);
  halvePlane(Float32Array.from(hidden), 0, width, height, covered, 0);
  return { width: w, height: h, planes: small, hidden: Uint8Array.from(covered, (v) => (v > 0 ? 1 : 0)) };
}
