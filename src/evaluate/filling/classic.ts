import { boundsOf, growBox } from '../../core/area.js';
import { growMap } from '../../detect/maps/regions.js';
import { pushPull } from '../../restore/candidates/push-pull.js';
import { inpaint, type Bytes } from './opencv.js';

/** Fills one picture from around the hole. */
type PictureFill = (picture: Bytes, mask: Bytes) => Promise<Uint8Array> | Uint8Array;

/** Methods that know one picture at a time. */
export const CLASSIC = {
  telea: (picture, mask) => inpaint(picture, mask, 'telea'),
  ns: (picture, mask) => inpaint(picture, mask, 'ns'),
  'push-pull': smooth,
} as const satisfies Record<string, PictureFill>;
export type Classic = keyof typeof CLASSIC;

/** By how much masks are grown: what compression has mixed with the mark goes too. */
export const GROWN = 3;
/** Samples around a hole that are looked at. */
const AROUND = 16;

/** Fills one picture by a method of {@link CLASSIC}, on the part of it around the hole. @param mask not 0 where the mark shows */
export async function fillPicture(method: Classic, picture: Bytes, mask: Uint8Array): Promise<Uint8Array> {
  const { width, height, data } = picture;
  const hole = growMap(mask, width, height, GROWN);
  const bounds = boundsOf(hole, width, height);
  if (!bounds) return data;
  const box = growBox(bounds, AROUND, width, height);
  const rows = (from: Uint8Array, channels: number): Uint8Array => {
    const out = new Uint8Array(box.width * box.height * channels);
    for (let y = 0; y < box.height; y++) {
      const at = ((box.y + y) * width + box.x) * channels;
      out.set(from.subarray(at, at + box.width * channels), y * box.width * channels);
    }
    return out;
  };
  const { width: w, height: h } = box;
  const filled = await CLASSIC[method]({ width: w, height: h, data: rows(data, 3) }, { width: w, height: h, data: rows(hole, 1) });
  const out = data.slice();
  for (let y = 0; y < h; y++) out.set(filled.subarray(y * w * 3, (y + 1) * w * 3), ((box.y + y) * width + box.x) * 3);
  return out;
}

/** Push-pull interpolation, as the product uses it where nothing can be copied. */
function smooth({ width, height, data }: Bytes, mask: Bytes): Uint8Array {
  const n = width * height;
  const planes = Float32Array.from({ length: 3 * n }, (_, k) => data[3 * (k % n) + Math.floor(k / n)]);
  pushPull(
    planes,
    Float32Array.from(mask.data, (v) => (v ? 0 : 1)),
    width,
    height,
    3,
  );
  return Uint8Array.from({ length: 3 * n }, (_, k) => Math.max(0, Math.min(255, Math.round(planes[(k % 3) * n + Math.floor(k / 3)]))));
}
