// Sums over frames, and over the blocks of a picture.

/**
 * Sums up every second column of every second row of `columns` × `rows` blocks of a picture, u32, row-major.
 *
 * @param luma u8 @param xs i32, first and end column of each block @param ys i32, first and end row
 */
export function sumBlocks(luma: usize, width: i32, xs: usize, ys: usize, columns: i32, rows: i32, sums: usize): void {
  const even = i16x8.splat(0xff);
  for (let r = 0; r < rows; r++) {
    const bottom = load<i32>(ys + 8 * r + 4);
    for (let c = 0; c < columns; c++) {
      const end = load<i32>(xs + 8 * c + 4);
      let four = i32x4.splat(0);
      let total = 0;
      for (let y = load<i32>(ys + 8 * r); y < bottom; y += 2) {
        const row = luma + y * width;
        let x = load<i32>(xs + 8 * c);
        for (; x + 16 <= end; x += 16) four = i32x4.add(four, i32x4.extadd_pairwise_i16x8_u(v128.and(v128.load(row + x), even)));
        for (; x < end; x += 2) total += <i32>load<u8>(row + x);
      }
      total += i32x4.extract_lane(four, 0) + i32x4.extract_lane(four, 1) + i32x4.extract_lane(four, 2) + i32x4.extract_lane(four, 3);
      store<i32>(sums + 4 * (r * columns + c), total);
    }
  }
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

/** Adds `count` pixels of a frame to the sums of {@link LevelSums}: level and its square, u32. */
export function addLevels(luma: usize, count: i32, sum: usize, squares: usize): void {
  for (let p = 0; p < count; p += 8) {
    const v = v128.load_ext<u8>(luma + p);
    const o = 4 * p;
    accumulate(sum + o, i32x4.extend_low_i16x8_u(v), i32x4.extend_high_i16x8_u(v));
    accumulate(squares + o, i32x4.extmul_low_i16x8_s(v, v), i32x4.extmul_high_i16x8_s(v, v));
  }
}

/**
 * Adds a place of a frame to the sums of {@link PlaceSums}: level and its square of all `count` pixels, and, without the first and
 * last row of `width` pixels, the squares of the differences across and down. Sums are u32.
 */
export function addPlace(luma: usize, width: i32, count: i32, sum: usize, squares: usize, power: usize): void {
  addLevels(luma, count, sum, squares);
  for (let p = width; p < count - width; p += 8) {
    const at = luma + p;
    const dx = i16x8.sub(v128.load_ext<u8>(at + 1), v128.load_ext<u8>(at - 1));
    const dy = i16x8.sub(v128.load_ext<u8>(at + width), v128.load_ext<u8>(at - width));
    accumulate(
      power + 4 * p,
      i32x4.add(i32x4.extmul_low_i16x8_s(dx, dx), i32x4.extmul_low_i16x8_s(dy, dy)),
      i32x4.add(i32x4.extmul_high_i16x8_s(dx, dx), i32x4.extmul_high_i16x8_s(dy, dy)),
    );
  }
}
