// Gradients of a level, and their sums over its patches.
import { PATCH, dxOf, dyOf, field, gradientsOf, heightOf, lumaOf, patchStart, sampleAt, strideOf, total, widthOf } from './match';

/** Fills in a level's dx and dy (but for its outermost samples), and per patch the sums of dx, dy, dx², dx·dy, dy². */
export function findGradients(level: usize, columns: i32, rows: i32): void {
  const row = (<usize>strideOf(level)) << 2;
  const last = row * <usize>(heightOf(level) + 31) - 4;
  const half = f32x4.splat(0.5);
  const luma = lumaOf(level);
  for (let at = row + 4; at < last; at += 16) {
    const p = luma + at;
    v128.store(dxOf(level) + at, f32x4.mul(half, f32x4.sub(v128.load(p + 4), v128.load(p - 4))));
    v128.store(dyOf(level) + at, f32x4.mul(half, f32x4.sub(v128.load(p + row), v128.load(p - row))));
  }
  let to = gradientsOf(level);
  for (let j = 0; j < rows; j++) for (let i = 0; i < columns; i++, to += 20) sumPatch(level, patchStart(i, widthOf(level)), patchStart(j, heightOf(level)), to); // prettier-ignore
}

function sumPatch(level: usize, x: i32, y: i32, to: usize): void {
  const row = (<usize>strideOf(level)) << 2;
  const offset = (<usize>sampleAt(level, x, y)) << 2;
  let dx = dxOf(level) + offset;
  let dy = dyOf(level) + offset;
  let sx = f32x4.splat(0);
  let sy = sx, sxx = sx, sxy = sx, syy = sx; // prettier-ignore
  for (let r = 0; r < PATCH; r++, dx += row, dy += row) {
    for (let c: usize = 0; c < 32; c += 16) {
      const gx = v128.load(dx + c);
      const gy = v128.load(dy + c);
      sx = f32x4.add(sx, gx);
      sy = f32x4.add(sy, gy);
      sxx = f32x4.add(sxx, f32x4.mul(gx, gx));
      sxy = f32x4.add(sxy, f32x4.mul(gx, gy));
      syy = f32x4.add(syy, f32x4.mul(gy, gy));
    }
  }
  store<f32>(to, total(sx));
  store<f32>(to + 4, total(sy));
  store<f32>(to + 8, total(sxx));
  store<f32>(to + 12, total(sxy));
  store<f32>(to + 16, total(syy));
}
