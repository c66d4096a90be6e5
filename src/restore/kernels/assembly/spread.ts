// Dense flow from patches, see restore/candidates/flow.ts.
import { PATCH, across, field, heightOf, lumaOf, patchStart, sampleAt, strideOf, visibleOf, widthOf } from './match';
import { uOf, vOf, weightOf } from './search';

/** Adds one row of four samples of a patch. */
function addFour(at: usize, plane: usize, weight: usize, pw: v128, u: v128, v: v128, uv: usize): void {
  v128.store(weight + at, f32x4.add(v128.load(weight + at), pw));
  v128.store(uv + at, f32x4.add(v128.load(uv + at), f32x4.mul(pw, u)));
  v128.store(uv + plane + at, f32x4.add(v128.load(uv + plane + at), f32x4.mul(pw, v)));
}

/**
 * Every sample the mean of the patches over it, by how well each fits it; the trust in `weight`, 0 where the sample is hidden.
 * @param uv f32, planes u and v one after the other, zeroed @param weight f32, zeroed. The level is at least one patch wide and high
 */
export function spreadPatches(a: usize, b: usize, grid: usize, uv: usize, weight: usize): void {
  const width = widthOf(a);
  const height = heightOf(a);
  const row = strideOf(a) << 2;
  const plane = (<usize>(width * height)) << 2;
  const one = f32x4.splat(1);
  const half = f32x4.splat(0.5);
  for (let j = 0, at: usize = 0; j < field(grid, 1); j++) {
    const y = patchStart(j, height);
    for (let i = 0; i < field(grid, 0); i++, at += 4) {
      const x = patchStart(i, width);
      const w = load<f32>(weightOf(grid) + at);
      const u = load<f32>(uOf(grid) + at);
      const v = load<f32>(vOf(grid) + at);
      const us = f32x4.splat(u);
      const vs = f32x4.splat(v);
      const ws = f32x4.splat(w);
      let out = (<usize>(y * width + x)) << 2;
      if (!(w > 2e-6)) {
        for (let r = 0; r < PATCH; r++, out += (<usize>width) << 2) {
          addFour(out, plane, weight, ws, us, vs, uv);
          addFour(out + 16, plane, weight, ws, us, vs, uv);
        }
        continue;
      }
      const du = <i32>Mathf.floor(u);
      const dv = <i32>Mathf.floor(v);
      const ax = f32x4.splat(u - <f32>du);
      const ay = f32x4.splat(v - <f32>dv);
      let la = lumaOf(a) + ((<usize>sampleAt(a, x, y)) << 2);
      let lb = lumaOf(b) + ((<usize>sampleAt(a, x + du, y + dv)) << 2);
      for (let r = 0; r < PATCH; r++, la += row, lb += row, out += (<usize>width) << 2) {
        for (let c: usize = 0; c < 32; c += 16) {
          const top = across(lb + c, ax);
          const d = f32x4.sub(f32x4.add(top, f32x4.mul(f32x4.sub(across(lb + row + c, ax), top), ay)), v128.load(la + c));
          const pw = f32x4.div(ws, f32x4.add(one, f32x4.mul(half, f32x4.abs(d))));
          addFour(out + c, plane, weight, pw, us, vs, uv);
        }
      }
    }
  }
  normalise(a, uv, weight);
}

function normalise(a: usize, uv: usize, weight: usize): void {
  const width = widthOf(a);
  const plane = (<usize>(width * heightOf(a))) << 2;
  for (let y = 0, at: usize = 0; y < heightOf(a); y++) {
    let visible = visibleOf(a) + ((<usize>sampleAt(a, 0, y)) << 2);
    for (let x = 0; x < width; x++, at += 4, visible += 4) {
      const w = load<f32>(weight + at) + <f32>1e-12;
      store<f32>(uv + at, load<f32>(uv + at) / w);
      store<f32>(uv + plane + at, load<f32>(uv + plane + at) / w);
      store<f32>(weight + at, load<f32>(visible) > 0.9 ? min<f32>(1, 2 * w) : 0);
    }
  }
}
