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

/** Samples of a template after which places are given up that cannot be the best any more. */
const TRIED: i32 = 16;

/**
 * Tries a template at `rows` × `columns` places: the first of those where its gradients are off least. Off is the squared length of
 * the error times `weight`, at most 1 a sample. Returns its index, in rows, and writes the sum to `least`; -1 where none is below what is there.
 *
 * @param luma u8, the first place @param width samples from row to row @param offsets i32, from a place to each sample
 * @param gx f32, differences across and down @param weight f32 @param least f32 @param lanes room for 8 f32
 */
export function findTemplate(
  luma: usize,
  width: i32,
  columns: i32,
  rows: i32,
  offsets: usize,
  gx: usize,
  gy: usize,
  weight: usize,
  count: i32,
  least: usize,
  lanes: usize,
): i32 {
  const one = f32x4.splat(1);
  let best = load<f32>(least);
  let where = -1;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c += 8) {
      const place = luma + r * width + c;
      let low = f32x4.splat(0);
      let high = f32x4.splat(0);
      let given = false;
      for (let i = 0; i < count && !given;) {
        for (const end = min(count, i + TRIED); i < end; i++) {
          const o = 4 * i;
          const at = place + load<i32>(offsets + o);
          const dx = i16x8.sub(v128.load_ext<u8>(at + 1), v128.load_ext<u8>(at - 1));
          const dy = i16x8.sub(v128.load_ext<u8>(at + width), v128.load_ext<u8>(at - width));
          const u = v128.load_splat<f32>(gx + o);
          const v = v128.load_splat<f32>(gy + o);
          const w = v128.load_splat<f32>(weight + o);
          const xLow = f32x4.sub(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(dx)), u);
          const yLow = f32x4.sub(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(dy)), v);
          const xHigh = f32x4.sub(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(dx)), u);
          const yHigh = f32x4.sub(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(dy)), v);
          low = f32x4.add(low, f32x4.pmin(one, f32x4.mul(f32x4.add(f32x4.mul(xLow, xLow), f32x4.mul(yLow, yLow)), w)));
          high = f32x4.add(high, f32x4.pmin(one, f32x4.mul(f32x4.add(f32x4.mul(xHigh, xHigh), f32x4.mul(yHigh, yHigh)), w)));
        }
        given = i32x4.all_true(f32x4.ge(f32x4.pmin(low, high), f32x4.splat(best)));
      }
      if (given) continue;
      v128.store(lanes, low);
      v128.store(lanes + 16, high);
      for (let k = 0; k < min(8, columns - c); k++) {
        const sum = load<f32>(lanes + 4 * k);
        if (sum >= best) continue;
        best = sum;
        where = r * columns + c + k;
      }
    }
  }
  store<f32>(least, best);
  return where;
}

/**
 * {@link findTemplate} where some of the places reach out of the picture: samples beyond it, or at its border, do not count, and a place counts where six
 * tenths of `whole` samples do. Off is the mean; in double precision, as gradients a sample. Returns the index of the best place, -1 of none.
 *
 * @param luma u8, the first place, with room for what is beyond the picture @param x of the first place in a picture of `pictureWidth` × `pictureHeight`
 * @param tx i32, column of each sample @param ty i32, row @param lanes room for 4 f64 and 4 i32
 */
export function findTemplateAtBorder(
  luma: usize,
  width: i32,
  columns: i32,
  rows: i32,
  x: i32,
  y: i32,
  pictureWidth: i32,
  pictureHeight: i32,
  tx: usize,
  ty: usize,
  gx: usize,
  gy: usize,
  weight: usize,
  count: i32,
  whole: f64,
  lanes: usize,
): i32 {
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  const four = i32x4(0, 1, 2, 3);
  const left = i32x4.splat(1);
  const right = i32x4.splat(pictureWidth - 1);
  let best = f64.MAX_VALUE;
  let where = -1;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c += 4) {
      const place = luma + r * width + c;
      const first = i32x4.add(i32x4.splat(x + c), four);
      let low = f64x2.splat(0);
      let high = f64x2.splat(0);
      let seen = i32x4.splat(0);
      let given = false;
      const stop = f64x2.splat(best * whole);
      for (let i = 0; i < count && !given;) {
        for (const end = min(count, i + TRIED); i < end; i++) {
          const o = 4 * i;
          const row = y + r + load<i32>(ty + o);
          if (row < 1 || row >= pictureHeight - 1) continue;
          const column = i32x4.add(first, i32x4.splat(load<i32>(tx + o)));
          const inside = v128.and(i32x4.ge_s(column, left), i32x4.lt_s(column, right));
          const at = place + load<i32>(ty + o) * width + load<i32>(tx + o);
          const dx = i32x4.sub(fourLevels(at + 1), fourLevels(at - 1));
          const dy = i32x4.sub(fourLevels(at + width), fourLevels(at - width));
          const u = f64x2.splat(<f64>load<f32>(gx + o));
          const v = f64x2.splat(<f64>load<f32>(gy + o));
          const w = f64x2.splat(<f64>load<f32>(weight + o));
          const xLow = f64x2.sub(f64x2.mul(f64x2.convert_low_i32x4_s(dx), half), u);
          const yLow = f64x2.sub(f64x2.mul(f64x2.convert_low_i32x4_s(dy), half), v);
          const xHigh = f64x2.sub(f64x2.mul(f64x2.convert_low_i32x4_s(upperHalf(dx)), half), u);
          const yHigh = f64x2.sub(f64x2.mul(f64x2.convert_low_i32x4_s(upperHalf(dy)), half), v);
          const offLow = f64x2.pmin(one, f64x2.mul(f64x2.add(f64x2.mul(xLow, xLow), f64x2.mul(yLow, yLow)), w));
          const offHigh = f64x2.pmin(one, f64x2.mul(f64x2.add(f64x2.mul(xHigh, xHigh), f64x2.mul(yHigh, yHigh)), w));
          low = f64x2.add(low, v128.and(offLow, i64x2.extend_low_i32x4_s(inside)));
          high = f64x2.add(high, v128.and(offHigh, i64x2.extend_high_i32x4_s(inside)));
          seen = i32x4.sub(seen, inside);
        }
        given = i64x2.all_true(f64x2.gt(f64x2.pmin(low, high), stop));
      }
      if (given) continue;
      v128.store(lanes, low);
      v128.store(lanes + 16, high);
      v128.store(lanes + 32, seen);
      for (let k = 0; k < min(4, columns - c); k++) {
        const n = <f64>load<i32>(lanes + 32 + 4 * k);
        const sum = load<f64>(lanes + 8 * k);
        if (n < 0.6 * whole || sum > best * whole || sum / n >= best) continue;
        best = sum / n;
        where = r * columns + c + k;
      }
    }
  }
  return where;
}

/** Four levels as i32. */
function fourLevels(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
}

function upperHalf(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 1, 1);
}

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
