// What is made of a frame once, see restore/candidates/prepare.ts.
import { halvePlane, pushPull } from './push-pull';

/** What is put into holes: nothing, as they have been filled; push-pull at half size; that and push-pull at full size. */
const AT_HALF: i32 = 1;
const AT_FULL: i32 = 2;

/**
 * Splits a picture and halves it.
 * @param rgb u8 @param mask u8, 0 = visible @param planes f32, R, G, B @param visible f32, 0 or 1
 * @param half f32, R, G, B at half size @param seen f32, 1 = all four visible @param luma f32 of half
 * @param scratch for the push-pull of three planes
 */
export function preparePicture(
  rgb: usize,
  mask: usize,
  width: i32,
  height: i32,
  planes: usize,
  visible: usize,
  half: usize,
  seen: usize,
  luma: usize,
  scratch: usize,
  holes: i32,
): void {
  const n = (<usize>(width * height)) << 2;
  for (let at: usize = 0, from = rgb, m = mask; at < n; at += 4, from += 3, m++) {
    store<f32>(planes + at, <f32>load<u8>(from));
    store<f32>(planes + n + at, <f32>load<u8>(from + 1));
    store<f32>(planes + 2 * n + at, <f32>load<u8>(from + 2));
    store<f32>(visible + at, load<u8>(m) ? 0 : 1);
  }
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const hn = (<usize>(w * h)) << 2;
  for (let c: usize = 0; c < 3; c++) halvePlane(planes + c * n, width, height, half + c * hn);
  halvePlane(visible, width, height, seen);
  for (let at: usize = 0; at < hn; at += 4) store<f32>(seen + at, load<f32>(seen + at) > 0.99 ? 1 : 0);
  if (holes >= AT_HALF) pushPull(half, seen, w, h, 3, scratch);
  if (holes == AT_FULL) pushPull(planes, visible, width, height, 3, scratch);
  for (let at: usize = 0; at < hn; at += 4)
    store<f32>(luma + at, <f32>0.299 * load<f32>(half + at) + <f32>0.587 * load<f32>(half + hn + at) + <f32>0.114 * load<f32>(half + 2 * hn + at)); // prettier-ignore
}
