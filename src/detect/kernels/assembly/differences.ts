// Differences of two pictures, and a block found again.

/**
 * Sum of the absolute differences of two cells, over every second of `rows` rows and `columns` columns; given up above `limit`,
 * which what is returned then exceeds.
 *
 * @param a u8, the first sample of one cell @param b of the other @param width samples from row to row of both
 */
export function cellDifference(a: usize, b: usize, width: i32, rows: i32, columns: i32, limit: i32): i32 {
  const even = i16x8.splat(0xff);
  let total = 0;
  for (let y = 0; y < rows && total <= limit; y += 2) {
    const p = a + y * width;
    const q = b + y * width;
    let sums = i32x4.splat(0);
    let x = 0;
    for (; x + 16 <= columns; x += 16) {
      const u = v128.load(p + x);
      const v = v128.load(q + x);
      const d = v128.and(i8x16.sub(i8x16.max_u(u, v), i8x16.min_u(u, v)), even);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(d));
    }
    total += i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    for (; x < columns; x += 2) total += abs(<i32>load<u8>(p + x) - <i32>load<u8>(q + x));
  }
  return total;
}

/** Samples that a block may shift, each way; its side; and the difference of a sample that counts at most. As in moving/movers.ts. */
const REACH: i32 = 8;
const SIDE: i32 = 6;
const CAP: i32 = 24;

/** Difference of a sample from each of 16 neighbouring ones, at most {@link CAP}. */
function capped(a: usize, b: usize): v128 {
  const u = v128.load_splat<u8>(a);
  const v = v128.load(b);
  return i8x16.min_u(i8x16.sub(i8x16.max_u(u, v), i8x16.min_u(u, v)), i8x16.splat(<i8>CAP));
}

/** Sum of the differences of three rows of a block, in chequers, from the 16 blocks at `b` and beside it, u8. */
function threeRows(a: usize, b: usize, width: i32, from: i32): v128 {
  let sum = i8x16.splat(0);
  for (let r = from; r < from + 3; r++) {
    const o = r * width + (r & 1);
    sum = i8x16.add(sum, i8x16.add(capped(a + o, b + o), i8x16.add(capped(a + o + 2, b + o + 2), capped(a + o + 4, b + o + 4))));
  }
  return sum;
}

/** The same of the whole block and one other. */
function blockDifference(a: usize, b: usize, width: i32): i32 {
  let sum = 0;
  for (let r = 0; r < SIDE; r++)
    for (let o = r * width + (r & 1), end = r * width + SIDE; o < end; o += 2)
      sum += min(CAP, abs(<i32>load<u8>(a + o) - <i32>load<u8>(b + o)));
  return sum;
}

/**
 * Finds a block of one picture again in another, at a shift of `fromX` … `toX`, `fromY` … `toY` samples: the shift of the least
 * difference, none above all, then the first. Returns the difference << 16 | (dy + REACH) << 8 | dx + REACH.
 *
 * @param a u8, the block's first sample @param b the same place in the other picture @param lanes room for 16 u16
 */
export function findBlock(a: usize, b: usize, width: i32, fromX: i32, toX: i32, fromY: i32, toY: i32, lanes: usize): i32 {
  let least = blockDifference(a, b, width);
  let where = (REACH << 8) | REACH;
  for (let dy = fromY; dy <= toY; dy++) {
    const row = b + dy * width;
    const upper = threeRows(a, row - REACH, width, 0);
    const lower = threeRows(a, row - REACH, width, 3);
    const low = i16x8.add(i16x8.extend_low_i8x16_u(upper), i16x8.extend_low_i8x16_u(lower));
    const high = i16x8.add(i16x8.extend_high_i8x16_u(upper), i16x8.extend_high_i8x16_u(lower));
    if (v128.any_true(i16x8.lt_s(i16x8.min_s(low, high), i16x8.splat(<i16>least)))) {
      v128.store(lanes, low);
      v128.store(lanes + 16, high);
      for (let dx = fromX; dx <= min(toX, REACH - 1); dx++) {
        const d = <i32>load<u16>(lanes + 2 * (dx + REACH));
        if (d >= least) continue;
        least = d;
        where = ((dy + REACH) << 8) | (dx + REACH);
      }
    }
    if (toX < REACH) continue;
    const last = blockDifference(a, row + REACH, width);
    if (last >= least) continue;
    least = last;
    where = ((dy + REACH) << 8) | (2 * REACH);
  }
  return (least << 16) | where;
}

/**
 * Sum of the absolute differences of two pictures where `mask` is 255 and not 0, over `rows` rows of `columns` pixels, `step` from one to the next.
 *
 * @param a u8, the first pixel @param b u8, the one that it is compared with @param mask u8, of the first pixel
 */
export function maskedDifference(a: usize, b: usize, mask: usize, columns: i32, rows: i32, step: i32): i32 {
  let total = 0;
  for (let r = 0, o = 0; r < rows; r++, o += step) {
    let sums = i32x4.splat(0);
    let x = 0;
    for (; x + 16 <= columns; x += 16) {
      const u = v128.load(a + o + x);
      const v = v128.load(b + o + x);
      const d = v128.and(i8x16.sub(i8x16.max_u(u, v), i8x16.min_u(u, v)), v128.load(mask + o + x));
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(d)));
    }
    total += i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    for (; x < columns; x++) total += abs(<i32>load<u8>(a + o + x) - <i32>load<u8>(b + o + x)) & (<i32>load<u8>(mask + o + x));
  }
  return total;
}
