// Levels that stay.

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

/**
 * Puts those of `n` ended pixels first, in their order, whose level differs by more than `contrast` from one two samples away, or between two such; of a picture of `width` ×
 * `height`, whose two outermost rows and columns do not count. Returns how many they are.
 *
 * @param mean i16, levels << FRACTION @param ended i32
 */
export function edgesFirst(mean: usize, ended: usize, n: i32, width: i32, height: i32, contrast: i32): i32 {
  let count = 0;
  const down = 4 * width;
  for (let i = 0; i < n; i++) {
    const p = load<i32>(ended + 4 * i);
    const y = p / width;
    const x = p - y * width;
    if (x < 2 || y < 2 || x >= width - 2 || y >= height - 2) continue;
    const at = mean + 2 * p;
    const c = <i32>load<i16>(at);
    const left = <i32>load<i16>(at - 4);
    const right = <i32>load<i16>(at + 4);
    const upper = <i32>load<i16>(at - down);
    const lower = <i32>load<i16>(at + down);
    const least = min(min(c, min(left, right)), min(upper, lower));
    const most = max(max(c, max(left, right)), max(upper, lower));
    if (most - least <= contrast) continue;
    const across = max(max(abs(left - c), abs(right - c)), abs(left - right));
    if (max(max(abs(upper - c), abs(lower - c)), max(abs(upper - lower), across)) <= contrast) continue;
    store<i32>(ended + 4 * i, load<i32>(ended + 4 * count));
    store<i32>(ended + 4 * count++, p);
  }
  return count;
}

/** Begins the runs of `n` ended pixels anew: in the frame before where that had the same level, or now. Arrays as in {@link followRuns}. */
export function beginRuns(luma: usize, mean: usize, start: usize, left: usize, ended: usize, n: i32, time: i32, tolerance: i32): void {
  for (let i = 0; i < n; i++) {
    const p = load<i32>(ended + 4 * i);
    const y = (<i32>load<u8>(luma + p)) << FRACTION;
    const off = y - ((<i32>load<u16>(left + 2 * p) - 1) << FRACTION);
    store<i32>(start + 4 * p, abs(off) < tolerance ? time - 1 : time);
    store<i16>(mean + 2 * p, <i16>y);
    store<u16>(left + 2 * p, 0);
  }
}
