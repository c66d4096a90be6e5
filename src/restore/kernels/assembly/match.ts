// Patches of one pyramid level compared with another, eight samples a row at a time.
// Pointers are byte offsets into the module's memory. A level is a header of nine i32, see restore/kernels/levels.ts.

export const PATCH: i32 = 8;
const PAD: i32 = 16;
/** Fewer visible samples than these say nothing. */
const FEWEST: f32 = 6;

/** What {@link step} leaves behind: samples compared, the Gauss-Newton step in u and v, the texture. */
export let seen: f32 = 0;
export let stepU: f32 = 0;
export let stepV: f32 = 0;
export let texture: f32 = 0;

export function field(level: usize, k: i32): i32 {
  return load<i32>(level + ((<usize>k) << 2));
}
export function widthOf(level: usize): i32 {
  return field(level, 0);
}
export function heightOf(level: usize): i32 {
  return field(level, 1);
}
export function strideOf(level: usize): i32 {
  return field(level, 2);
}
export function lumaOf(level: usize): usize {
  return <usize>field(level, 3);
}
export function visibleOf(level: usize): usize {
  return <usize>field(level, 4);
}
export function clearOf(level: usize): usize {
  return <usize>field(level, 5);
}
export function dxOf(level: usize): usize {
  return <usize>field(level, 6);
}
export function dyOf(level: usize): usize {
  return <usize>field(level, 7);
}
export function gradientsOf(level: usize): usize {
  return <usize>field(level, 8);
}

export function patchStart(i: i32, length: i32): i32 {
  return max(0, min(i * 4, length - PATCH));
}
/** The number of sample (x, y) in a padded plane. */
export function sampleAt(level: usize, x: i32, y: i32): i32 {
  return (y + PAD) * strideOf(level) + x + PAD;
}

/** Whether a patch lies in the padded plane of the other frame. */
function inside(level: usize, fu: i32, fv: i32): bool {
  return fu >= 1 - PAD && fv >= 1 - PAD && fu <= widthOf(level) + PAD - PATCH - 2 && fv <= heightOf(level) + PAD - PATCH - 2;
}

export function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3);
}

/** Four samples from `at` on, interpolated between them and their right neighbours. */
export function across(at: usize, ax: v128): v128 {
  const a = v128.load(at);
  return f32x4.add(a, f32x4.mul(f32x4.sub(v128.load(at + 4), a), ax));
}

/**
 * Mean squared difference, less the difference of the means, between the patch of `a` at (x, y) and `b` at (x + u, y + v), over every
 * other row of the samples visible in both; Infinity when there are too few.
 */
export function compare(a: usize, b: usize, x: i32, y: i32, u: f32, v: f32): f32 {
  const px = <f32>x + u;
  const py = <f32>y + v;
  // What is no number, or far outside, must not become one that is inside.
  if (!(Mathf.abs(px) < 30000 && Mathf.abs(py) < 30000)) return Infinity;
  const fu = <i32>Mathf.floor(px);
  const fv = <i32>Mathf.floor(py);
  if (!inside(a, fu, fv)) return Infinity;
  const ax = f32x4.splat(px - <f32>fu);
  const ay = f32x4.splat(py - <f32>fv);
  const p = sampleAt(a, x, y);
  const q = sampleAt(a, fu, fv);
  const row = strideOf(a) << 2;
  let la = lumaOf(a) + ((<usize>p) << 2);
  let lb = lumaOf(b) + ((<usize>q) << 2);
  let sd = f32x4.splat(0);
  let sdd = f32x4.splat(0);
  if (load<u8>(clearOf(a) + p) && load<u8>(clearOf(b) + q)) {
    for (let j = 0; j < PATCH; j += 2, la += 2 * row, lb += 2 * row) {
      for (let i: usize = 0; i < 32; i += 16) {
        const top = across(lb + i, ax);
        const d = f32x4.sub(f32x4.add(top, f32x4.mul(f32x4.sub(across(lb + row + i, ax), top), ay)), v128.load(la + i));
        sd = f32x4.add(sd, d);
        sdd = f32x4.add(sdd, f32x4.mul(d, d));
      }
    }
    const s = total(sd);
    return (total(sdd) - s * s * (1.0 / 32)) * (1.0 / 32);
  }
  let va = visibleOf(a) + ((<usize>p) << 2);
  let vb = visibleOf(b) + ((<usize>(q + (py - <f32>fv >= 0.5 ? strideOf(a) : 0) + (px - <f32>fu >= 0.5 ? 1 : 0))) << 2);
  let count = f32x4.splat(0);
  for (let j = 0; j < PATCH; j += 2, la += 2 * row, lb += 2 * row, va += 2 * row, vb += 2 * row) {
    for (let i: usize = 0; i < 32; i += 16) {
      const w = f32x4.mul(v128.load(va + i), v128.load(vb + i));
      const top = across(lb + i, ax);
      const d = f32x4.sub(f32x4.add(top, f32x4.mul(f32x4.sub(across(lb + row + i, ax), top), ay)), v128.load(la + i));
      const wd = f32x4.mul(w, d);
      count = f32x4.add(count, w);
      sd = f32x4.add(sd, wd);
      sdd = f32x4.add(sdd, f32x4.mul(wd, d));
    }
  }
  const n = total(count);
  const s = total(sd);
  return n < FEWEST / 2 ? Infinity : (total(sdd) - (s * s) / n) / n;
}

/** As {@link compare}, over all rows, and leaves the Gauss-Newton step behind. `at` is the patch's number. */
export function step(a: usize, b: usize, at: i32, x: i32, y: i32, u: f32, v: f32): f32 {
  const px = <f32>x + u;
  const py = <f32>y + v;
  if (!(Mathf.abs(px) < 30000 && Mathf.abs(py) < 30000)) return Infinity;
  const fu = <i32>Mathf.floor(px);
  const fv = <i32>Mathf.floor(py);
  if (!inside(a, fu, fv)) return Infinity;
  const p = sampleAt(a, x, y);
  const q = sampleAt(a, fu, fv);
  const ax = px - <f32>fu;
  const ay = py - <f32>fv;
  return load<u8>(clearOf(a) + p) && load<u8>(clearOf(b) + q) ? stepClear(a, b, at, p, q, ax, ay) : stepHidden(a, b, p, q, ax, ay);
}

function stepClear(a: usize, b: usize, at: i32, p: i32, q: i32, fx: f32, fy: f32): f32 {
  const ax = f32x4.splat(fx);
  const ay = f32x4.splat(fy);
  const row = strideOf(a) << 2;
  const offset = (<usize>p) << 2;
  let la = lumaOf(a) + offset;
  let dx = dxOf(a) + offset;
  let dy = dyOf(a) + offset;
  let lb = lumaOf(b) + ((<usize>q) << 2);
  let sd = f32x4.splat(0);
  let sdd = f32x4.splat(0);
  let sxd = f32x4.splat(0);
  let syd = f32x4.splat(0);
  let left = across(lb, ax);
  let right = across(lb + 16, ax);
  for (let j = 0; j < PATCH; j++, la += row, dx += row, dy += row) {
    lb += row;
    for (let i: usize = 0; i < 32; i += 16) {
      const top = i ? right : left;
      const bottom = across(lb + i, ax);
      const d = f32x4.sub(f32x4.add(top, f32x4.mul(f32x4.sub(bottom, top), ay)), v128.load(la + i));
      sd = f32x4.add(sd, d);
      sdd = f32x4.add(sdd, f32x4.mul(d, d));
      sxd = f32x4.add(sxd, f32x4.mul(v128.load(dx + i), d));
      syd = f32x4.add(syd, f32x4.mul(v128.load(dy + i), d));
      if (i) right = bottom;
      else left = bottom;
    }
  }
  const g = gradientsOf(a) + <usize>(20 * at);
  return solve(
    64,
    total(sd),
    total(sdd),
    load<f32>(g),
    load<f32>(g + 4),
    load<f32>(g + 8),
    load<f32>(g + 12),
    load<f32>(g + 16),
    total(sxd),
    total(syd),
  );
}

function stepHidden(a: usize, b: usize, p: i32, q: i32, fx: f32, fy: f32): f32 {
  const ax = f32x4.splat(fx);
  const ay = f32x4.splat(fy);
  const row = strideOf(a) << 2;
  const offset = (<usize>p) << 2;
  let la = lumaOf(a) + offset;
  let dx = dxOf(a) + offset;
  let dy = dyOf(a) + offset;
  let va = visibleOf(a) + offset;
  let lb = lumaOf(b) + ((<usize>q) << 2);
  let vb = visibleOf(b) + ((<usize>(q + (fy >= 0.5 ? strideOf(a) : 0) + (fx >= 0.5 ? 1 : 0))) << 2);
  let n = f32x4.splat(0);
  let sd = n,
    sdd = n,
    sx = n,
    sy = n,
    sxx = n,
    sxy = n,
    syy = n,
    sxd = n,
    syd = n;
  for (let j = 0; j < PATCH; j++, la += row, dx += row, dy += row, va += row, lb += row, vb += row) {
    for (let i: usize = 0; i < 32; i += 16) {
      const w = f32x4.mul(v128.load(va + i), v128.load(vb + i));
      const top = across(lb + i, ax);
      const d = f32x4.sub(f32x4.add(top, f32x4.mul(f32x4.sub(across(lb + row + i, ax), top), ay)), v128.load(la + i));
      const gx = v128.load(dx + i);
      const gy = v128.load(dy + i);
      const wx = f32x4.mul(w, gx);
      const wy = f32x4.mul(w, gy);
      const wd = f32x4.mul(w, d);
      n = f32x4.add(n, w);
      sd = f32x4.add(sd, wd);
      sdd = f32x4.add(sdd, f32x4.mul(wd, d));
      sx = f32x4.add(sx, wx);
      sy = f32x4.add(sy, wy);
      sxx = f32x4.add(sxx, f32x4.mul(wx, gx));
      sxy = f32x4.add(sxy, f32x4.mul(wx, gy));
      syy = f32x4.add(syy, f32x4.mul(wy, gy));
      sxd = f32x4.add(sxd, f32x4.mul(wx, d));
      syd = f32x4.add(syd, f32x4.mul(wy, d));
    }
  }
  const count = total(n);
  if (count < FEWEST) return Infinity;
  return solve(count, total(sd), total(sdd), total(sx), total(sy), total(sxx), total(sxy), total(syy), total(sxd), total(syd));
}

/** One squared level of damping a sample: flat patches stay where they are. */
function solve(n: f64, sd: f64, sdd: f64, sx: f64, sy: f64, sxx: f64, sxy: f64, syy: f64, sxd: f64, syd: f64): f32 {
  const xx = sxx - (sx * sx) / n + n;
  const yy = syy - (sy * sy) / n + n;
  const xy = sxy - (sx * sy) / n;
  const xd = sxd - (sx * sd) / n;
  const yd = syd - (sy * sd) / n;
  const det = xx * yy - xy * xy;
  seen = <f32>n;
  stepU = <f32>((yy * xd - xy * yd) / det);
  stepV = <f32>((xx * yd - xy * xd) / det);
  texture = <f32>(det / (xx + yy) / n - 0.5);
  return <f32>((sdd - (sd * sd) / n) / n);
}
