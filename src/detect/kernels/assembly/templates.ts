// Edges found again.

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
