// Maps, pictures and numbers as a whole.

/** Makes `count` bytes flags: 1 where they are not 0, or, where `inverse` is 1, where they are. */
export function makeFlags(at: usize, count: i32, inverse: i32): void {
  const one = i8x16.splat(1);
  const flip = i8x16.splat(<i8>(1 - inverse));
  for (let p = 0; p < count; p += 16) {
    const zero = v128.and(i8x16.eq(v128.load(at + p), i8x16.splat(0)), one);
    v128.store(at + p, v128.xor(zero, flip));
  }
}

/** Adds to each of `count` bytes the bits of the one `step` bytes after it; of those before any has changed. */
export function joinAhead(at: usize, count: i32, step: i32): void {
  for (let p = at; p < at + count; p += 16) v128.store(p, v128.or(v128.load(p), v128.load(p + step)));
}

/**
 * Writes the darkest and the brightest of the nine pixels around each of `count`, u8. There must be a row of `width` pixels and one pixel before
 * the first, and as many after the last.
 */
export function findRange(picture: usize, width: i32, count: i32, low: usize, high: usize): void {
  for (let p = 0; p < count; p += 16) {
    let least = i8x16.splat(-1);
    let most = i8x16.splat(0);
    for (let at = picture + p - width - 1, r = 0; r < 3; r++, at += width) {
      const a = v128.load(at);
      const b = v128.load(at + 1);
      const c = v128.load(at + 2);
      least = i8x16.min_u(least, i8x16.min_u(a, i8x16.min_u(b, c)));
      most = i8x16.max_u(most, i8x16.max_u(a, i8x16.max_u(b, c)));
    }
    v128.store(low + p, least);
    v128.store(high + p, most);
  }
}

/**
 * Picks those of `count` numbers that are neither below `low` nor above `high`, in their order, and counts those below. Returns how many were picked.
 *
 * @param values f32, with NaN after the last up to a multiple of 4 @param to f32 @param below i32, the count
 */
export function pickBetween(values: usize, count: i32, low: f32, high: f32, to: usize, below: usize): i32 {
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  let under = i32x4.splat(0);
  let n = 0;
  for (let i = 0; i < count; i += 4) {
    const v = v128.load(values + 4 * i);
    const less = f32x4.lt(v, least);
    under = i32x4.sub(under, less);
    const inside = v128.and(f32x4.ge(v, least), f32x4.le(v, most));
    for (let lanes = i32x4.bitmask(inside); lanes; lanes &= lanes - 1) store<f32>(to + 4 * n++, load<f32>(values + 4 * (i + ctz(lanes))));
  }
  store<i32>(
    below,
    i32x4.extract_lane(under, 0) + i32x4.extract_lane(under, 1) + i32x4.extract_lane(under, 2) + i32x4.extract_lane(under, 3),
  );
  return n;
}
