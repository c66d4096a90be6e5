// What a source frame shows of a target's hole, see restore/candidates/sources.ts and sample.ts.

/** Disagreement, in levels, at which a source counts 1/e. */
const TOLERANCE: f32 = 3.5;

/** e to the power of -x, x not negative: the library's own has a table in the memory that callers lay their arrays in. */
function decay(x: f32): f32 {
  const t = max<f32>(-126, <f32>-1.44269504 * x);
  const whole = floor<f32>(t);
  const f = t - whole;
  // 2^f by its series.
  const part: f32 = <f32>1 + f * (<f32>0.69314718 + f * (<f32>0.24022651 + f * (<f32>0.05550411 + f * (<f32>0.00961813 + f * (<f32>0.00133336 + f * <f32>0.00015469))))); // prettier-ignore
  return part * reinterpret<f32>((<i32>whole + 127) << 23);
}

/** Where a full-size pixel lies in a plane `scale` times smaller: byte offsets of the upper and lower left samples, and fractions. */
let top: usize = 0;
let bottom: usize = 0;
let right: usize = 0;
let partX: f32 = 0;
let partY: f32 = 0;

function place(x: i32, y: i32, scale: f32, width: i32, height: i32): void {
  const px = min<f32>(<f32>(width - 1), max<f32>(0, (<f32>x + 0.5) / scale - 0.5));
  const py = min<f32>(<f32>(height - 1), max<f32>(0, (<f32>y + 0.5) / scale - 0.5));
  const x0 = max(0, min(width - 2, <i32>px));
  const y0 = <i32>py;
  top = (<usize>(y0 * width + x0)) << 2;
  bottom = (<usize>(min(height - 1, y0 + 1) * width + x0)) << 2;
  right = width > 1 ? 4 : 0;
  partX = width > 1 ? px - <f32>x0 : 0;
  partY = py - <f32>y0;
}

function bilinear(plane: usize): f32 {
  const a = load<f32>(plane + top) + (load<f32>(plane + top + right) - load<f32>(plane + top)) * partX;
  const b = load<f32>(plane + bottom) + (load<f32>(plane + bottom + right) - load<f32>(plane + bottom)) * partX;
  return a + (b - a) * partY;
}

/** R, G, B and what follows of one pixel as floats. */
function colour(at: usize): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))));
}

/** Catmull-Rom over four pixels of a row. */
function rowOf(at: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(a, colour(at)), f32x4.mul(b, colour(at + 3))),
    f32x4.add(f32x4.mul(c, colour(at + 6)), f32x4.mul(d, colour(at + 9))),
  );
}

function mix(a: v128, b: v128, part: f32): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), f32x4.splat(part)));
}

/** Whether the 4×4 pixels from `at` on are all visible. */
function clear(mask: usize, width: usize): bool {
  return (load<u32>(mask) | load<u32>(mask + width) | load<u32>(mask + 2 * width) | load<u32>(mask + 3 * width)) == 0;
}

/** Reads a frame at (px, py): writes R, G, B to `to` and returns true; false where a hidden pixel would shine in or the place lies outside. */
function sample(rgb: usize, mask: usize, width: i32, height: i32, px: f32, py: f32, to: usize): bool {
  if (!(px >= 0 && py >= 0 && px <= <f32>(width - 1) && py <= <f32>(height - 1))) return false;
  const x0 = <i32>px;
  const y0 = <i32>py;
  const fx = px - <f32>x0;
  const fy = py - <f32>y0;
  const i = <usize>(y0 * width + x0);
  if (fx < 0.01 && fy < 0.01) {
    if (load<u8>(mask + i)) return false;
    v128.store(to, colour(rgb + 3 * i));
    return true;
  }
  const one: usize = x0 + 1 < width ? 1 : 0;
  const down: usize = y0 + 1 < height ? <usize>width : 0;
  if (load<u8>(mask + i) | load<u8>(mask + i + one) | load<u8>(mask + i + down) | load<u8>(mask + i + down + one)) return false;
  if (x0 < 1 || y0 < 1 || x0 + 2 >= width || y0 + 2 >= height || !clear(mask + i - width - 1, width)) {
    const at = rgb + 3 * i;
    const upper = mix(colour(at), colour(at + 3 * one), fx);
    v128.store(to, mix(upper, mix(colour(at + 3 * down), colour(at + 3 * (down + one)), fx), fy));
    return true;
  }
  const gx: f32 = <f32>1 - fx;
  const gy: f32 = <f32>1 - fy;
  const a = f32x4.splat(<f32>-0.5 * fx * gx * gx);
  const b = f32x4.splat(<f32>1 + fx * fx * (<f32>1.5 * fx - <f32>2.5));
  const c = f32x4.splat(<f32>1 + gx * gx * (<f32>1.5 * gx - <f32>2.5));
  const d = f32x4.splat(<f32>-0.5 * gx * fx * fx);
  const row: usize = 3 * <usize>(<u32>width);
  const at = rgb + 3 * (i - width - 1);
  const r0 = f32x4.mul(rowOf(at, a, b, c, d), f32x4.splat(<f32>-0.5 * fy * gy * gy));
  const r1 = f32x4.mul(rowOf(at + row, a, b, c, d), f32x4.splat(<f32>1 + fy * fy * (<f32>1.5 * fy - <f32>2.5)));
  const r2 = f32x4.mul(rowOf(at + 2 * row, a, b, c, d), f32x4.splat(<f32>1 + gy * gy * (<f32>1.5 * gy - <f32>2.5)));
  const r3 = f32x4.mul(rowOf(at + 3 * row, a, b, c, d), f32x4.splat(<f32>-0.5 * gy * fy * fy));
  v128.store(to, f32x4.add(f32x4.add(r0, r1), f32x4.add(r2, r3)));
  return true;
}

/**
 * R, G, B and weight, f32, for each pixel of a hole; weight 0 where the source shows nothing of it.
 * @param hole i32, pixel numbers @param rgb u8 @param mask u8 of what must not be copied @param uv f32 at half size
 * @param offset, error see compareFrames, at an eighth of full size
 */
export function gatherHole(
  hole: usize,
  count: i32,
  rgb: usize,
  mask: usize,
  width: i32,
  height: i32,
  uv: usize,
  offset: usize,
  error: usize,
  offers: usize,
): void {
  const hw = (width + 1) >> 1;
  const hh = (height + 1) >> 1;
  const hn = (<usize>(hw * hh)) << 2;
  const bw = (hw + 3) >> 2;
  const bh = (hh + 3) >> 2;
  const bn = (<usize>(bw * bh)) << 2;
  for (let h = 0; h < count; h++, offers += 16) {
    const pixel = load<i32>(hole + ((<usize>h) << 2));
    const y = pixel / width;
    const x = pixel - y * width;
    place(x, y, 2, hw, hh);
    const px = <f32>x + 2 * bilinear(uv);
    const py = <f32>y + 2 * bilinear(uv + hn);
    if (!sample(rgb, mask, width, height, px, py, offers)) {
      v128.store(offers, f32x4.splat(0));
      continue;
    }
    place(x, y, 8, bw, bh);
    for (let c: usize = 0; c < 3; c++) store<f32>(offers + 4 * c, load<f32>(offers + 4 * c) + bilinear(offset + c * bn));
    store<f32>(offers + 12, decay(bilinear(error) / TOLERANCE));
  }
}
