// AssemblyScript, compiled by scripts/kernels.ts: the loops over every pixel of every frame, eight or sixteen pixels at a time.
// Pointers are byte offsets into the module's memory, counts are pixels; callers round counts up to 16 and leave the rest unused.

/** Bits of a fraction in running means. */
const FRACTION: i32 = 6;

/**
 * One frame of {@link StableRuns}: follows each pixel's level. Writes the indices of the pixels whose runs end here to `ended`
 * and returns how many; the state of those is left as it was.
 *
 * @param luma u8 @param mean i16, levels << FRACTION @param start i32, frames @param left u16 @param ended i32
 * @param oldest runs that began before this frame are long enough to end; younger ones begin again
 */
export function followRuns(
  luma: usize,
  mean: usize,
  start: usize,
  left: usize,
  ended: usize,
  count: i32,
  time: i32,
  oldest: i32,
  tolerance: i32,
): i32 {
  const above = i16x8.splat(<i16>tolerance);
  const below = i16x8.splat(<i16>-tolerance);
  const one = i16x8.splat(1);
  const oldestStart = i32x4.splat(oldest);
  const now = i32x4.splat(time);
  const before = i32x4.splat(time - 1);
  let n = 0;
  for (let p = 0; p < count; p += 8) {
    const bytes = v128.load_ext<u8>(luma + p);
    const y = i16x8.shl(bytes, FRACTION);
    const m = v128.load(mean + 2 * p);
    const d = i16x8.sub(y, m);
    const inside = v128.and(i16x8.lt_s(d, above), i16x8.gt_s(d, below));
    const followed = i16x8.add(m, i16x8.shr_s(d, 3));
    if (i16x8.all_true(inside)) {
      v128.store(mean + 2 * p, followed);
      v128.store(left + 2 * p, i16x8.splat(0));
      continue;
    }
    const l = v128.load(left + 2 * p);
    const first = i16x8.eq(l, i16x8.splat(0));
    const again = v128.andnot(v128.not(inside), first);
    let newMean = v128.bitselect(followed, m, inside);
    let newLeft = v128.bitselect(v128.and(first, i16x8.add(bytes, one)), l, v128.or(first, inside));
    newLeft = v128.andnot(newLeft, inside);
    if (v128.any_true(again)) {
      const at = start + 4 * p;
      const low = v128.load(at);
      const high = v128.load(at + 16);
      const old = i16x8.narrow_i32x4_s(i32x4.lt_s(low, oldestStart), i32x4.lt_s(high, oldestStart));
      const over = v128.and(again, old);
      const anew = v128.andnot(again, old);
      const off = i16x8.sub(y, i16x8.shl(i16x8.sub(l, one), FRACTION));
      const same = v128.and(i16x8.lt_s(off, above), i16x8.gt_s(off, below));
      const sameLow = i32x4.extend_low_i16x8_s(same);
      const sameHigh = i32x4.extend_high_i16x8_s(same);
      v128.store(at, v128.bitselect(v128.bitselect(before, now, sameLow), low, i32x4.extend_low_i16x8_s(anew)));
      v128.store(at + 16, v128.bitselect(v128.bitselect(before, now, sameHigh), high, i32x4.extend_high_i16x8_s(anew)));
      newMean = v128.bitselect(y, newMean, anew);
      newLeft = v128.andnot(newLeft, anew);
      for (let lanes = i16x8.bitmask(over); lanes; lanes &= lanes - 1) store<i32>(ended + 4 * n++, p + ctz(lanes));
    }
    v128.store(mean + 2 * p, newMean);
    v128.store(left + 2 * p, newLeft);
  }
  return n;
}

function accumulate(to: usize, low: v128, high: v128): void {
  v128.store(to, i32x4.add(v128.load(to), low));
  v128.store(to + 16, i32x4.add(v128.load(to + 16), high));
}

/**
 * Adds pixels `from` … `to` of a frame to the five sums of {@link StretchSums}: level, its square, differences across and down,
 * and the squares of both. `luma` u8 of rows of `width` pixels; there must be a row before and one after.
 */
export function addToSums(
  luma: usize,
  width: i32,
  from: i32,
  to: i32,
  sum: usize,
  squares: usize,
  gx: usize,
  gy: usize,
  power: usize,
): void {
  for (let p = from; p < to; p += 8) {
    const at = luma + p;
    const v = v128.load_ext<u8>(at);
    const dx = i16x8.sub(v128.load_ext<u8>(at + 1), v128.load_ext<u8>(at - 1));
    const dy = i16x8.sub(v128.load_ext<u8>(at + width), v128.load_ext<u8>(at - width));
    const o = 4 * p;
    accumulate(sum + o, i32x4.extend_low_i16x8_s(v), i32x4.extend_high_i16x8_s(v));
    accumulate(squares + o, i32x4.extmul_low_i16x8_s(v, v), i32x4.extmul_high_i16x8_s(v, v));
    accumulate(gx + o, i32x4.extend_low_i16x8_s(dx), i32x4.extend_high_i16x8_s(dx));
    accumulate(gy + o, i32x4.extend_low_i16x8_s(dy), i32x4.extend_high_i16x8_s(dy));
    accumulate(
      power + o,
      i32x4.add(i32x4.extmul_low_i16x8_s(dx, dx), i32x4.extmul_low_i16x8_s(dy, dy)),
      i32x4.add(i32x4.extmul_high_i16x8_s(dx, dx), i32x4.extmul_high_i16x8_s(dy, dy)),
    );
  }
}

/** Halves a row pair: `count` means of two by two samples, rounded, from `a` and `b` (u8) to `to` (u8). */
export function halveRows(a: usize, b: usize, to: usize, count: i32): void {
  const two = i16x8.splat(2);
  for (let k = 0; k < count; k += 8) {
    const upper = i16x8.extadd_pairwise_i8x16_u(v128.load(a + 2 * k));
    const lower = i16x8.extadd_pairwise_i8x16_u(v128.load(b + 2 * k));
    const mean = i16x8.shr_u(i16x8.add(i16x8.add(upper, lower), two), 2);
    v128.store64_lane(to + k, i8x16.narrow_i16x8_u(mean, mean), 0);
  }
}
