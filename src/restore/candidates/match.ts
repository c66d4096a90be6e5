import { PAD, PATCH, origin, type PyramidLevel } from './pyramid.js';

/** What {@link step} leaves behind: samples compared, the Gauss-Newton step in u and v, the texture (smaller eigenvalue's bound). One for all, as nothing here runs side by side. */
export const STEPPED = new Float64Array(4);

/** Fewer visible samples than these say nothing. */
const FEWEST = 6;

/** Whether a patch lies in the padded plane of the other frame. */
const inside = (level: PyramidLevel, fu: number, fv: number): boolean =>
  fu >= 1 - PAD && fv >= 1 - PAD && fu <= level.width + PAD - PATCH - 2 && fv <= level.height + PAD - PATCH - 2;

/**
 * Mean squared difference, less the difference of the means, between the patch of `a` at (x, y) and `b` at (x + u, y + v), over every
 * other row of the samples visible in both; Infinity when there are too few.
 */
export function compare(a: PyramidLevel, b: PyramidLevel, x: number, y: number, u: number, v: number): number {
  const fu = Math.floor(x + u);
  const fv = Math.floor(y + v);
  if (!inside(a, fu, fv)) return Infinity;
  const ax = x + u - fu;
  const ay = y + v - fv;
  const w11 = ax * ay;
  const w01 = ax - w11;
  const w10 = ay - w11;
  const w00 = 1 - ax - w10;
  const { luma: la, visible: va, stride } = a;
  const { luma: lb, visible: vb } = b;
  let p = origin(a) + y * stride + x;
  let q = origin(a) + fv * stride + fu;
  let n = 0;
  let sd = 0;
  let sdd = 0;
  if (a.clear[p] && b.clear[q]) {
    for (let j = 0; j < PATCH; j += 2, p += 2 * stride, q += 2 * stride) {
      for (let i = 0; i < PATCH; i++) {
        const k = q + i;
        const d = w00 * lb[k] + w01 * lb[k + 1] + w10 * lb[k + stride] + w11 * lb[k + stride + 1] - la[p + i];
        sd += d;
        sdd += d * d;
      }
    }
    n = (PATCH * PATCH) / 2;
    return (sdd - (sd * sd) / n) / n;
  }
  const near = (ay >= 0.5 ? stride : 0) + (ax >= 0.5 ? 1 : 0);
  for (let j = 0; j < PATCH; j += 2, p += 2 * stride, q += 2 * stride) {
    for (let i = 0; i < PATCH; i++) {
      const k = q + i;
      const w = va[p + i] * vb[k + near];
      const d = w00 * lb[k] + w01 * lb[k + 1] + w10 * lb[k + stride] + w11 * lb[k + stride + 1] - la[p + i];
      n += w;
      sd += w * d;
      sdd += w * d * d;
    }
  }
  return n < FEWEST / 2 ? Infinity : (sdd - (sd * sd) / n) / n;
}

/** As {@link compare}, over all rows, and leaves the Gauss-Newton step in {@link STEPPED}. `at` is the patch's number. */
export function step(a: PyramidLevel, b: PyramidLevel, at: number, x: number, y: number, u: number, v: number): number {
  const fu = Math.floor(x + u);
  const fv = Math.floor(y + v);
  if (!inside(a, fu, fv)) return Infinity;
  const p = origin(a) + y * a.stride + x;
  const q = origin(a) + fv * a.stride + fu;
  return a.clear[p] && b.clear[q] ? stepClear(a, b, 5 * at, p, q, x + u - fu, y + v - fv) : stepHidden(a, b, p, q, x + u - fu, y + v - fv);
}

function stepClear(a: PyramidLevel, b: PyramidLevel, g: number, p: number, q: number, ax: number, ay: number): number {
  const w11 = ax * ay;
  const w01 = ax - w11;
  const w10 = ay - w11;
  const w00 = 1 - ax - w10;
  const { luma: la, dx, dy, stride, gradients } = a;
  const { luma: lb } = b;
  let sd = 0;
  let sdd = 0;
  let sxd = 0;
  let syd = 0;
  for (let j = 0; j < PATCH; j++, p += stride, q += stride) {
    for (let i = 0; i < PATCH; i++) {
      const k = q + i;
      const d = w00 * lb[k] + w01 * lb[k + 1] + w10 * lb[k + stride] + w11 * lb[k + stride + 1] - la[p + i];
      sd += d;
      sdd += d * d;
      sxd += dx[p + i] * d;
      syd += dy[p + i] * d;
    }
  }
  return solve(PATCH * PATCH, sd, sdd, gradients[g], gradients[g + 1], gradients[g + 2], gradients[g + 3], gradients[g + 4], sxd, syd);
}

function stepHidden(a: PyramidLevel, b: PyramidLevel, p: number, q: number, ax: number, ay: number): number {
  const w11 = ax * ay;
  const w01 = ax - w11;
  const w10 = ay - w11;
  const w00 = 1 - ax - w10;
  const { luma: la, dx, dy, visible: va, stride } = a;
  const { luma: lb, visible: vb } = b;
  const near = (ay >= 0.5 ? stride : 0) + (ax >= 0.5 ? 1 : 0);
  let n = 0, sd = 0, sdd = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0, sxd = 0, syd = 0; // prettier-ignore
  for (let j = 0; j < PATCH; j++, p += stride, q += stride) {
    for (let i = 0; i < PATCH; i++) {
      const k = q + i;
      const w = va[p + i] * vb[k + near];
      if (w === 0) continue;
      const d = w00 * lb[k] + w01 * lb[k + 1] + w10 * lb[k + stride] + w11 * lb[k + stride + 1] - la[p + i];
      const gx = dx[p + i];
      const gy = dy[p + i];
      const wx = w * gx;
      const wy = w * gy;
      n += w;
      sd += w * d;
      sdd += w * d * d;
      sx += wx;
      sy += wy;
      sxx += wx * gx;
      sxy += wx * gy;
      syy += wy * gy;
      sxd += wx * d;
      syd += wy * d;
    }
  }
  return n < FEWEST ? Infinity : solve(n, sd, sdd, sx, sy, sxx, sxy, syy, sxd, syd);
}

/** One squared level of damping a sample: flat patches stay where they are. */
function solve(
  n: number,
  sd: number,
  sdd: number,
  sx: number,
  sy: number,
  sxx: number,
  sxy: number,
  syy: number,
  sxd: number,
  syd: number,
): number {
  const xx = sxx - (sx * sx) / n + n;
  const yy = syy - (sy * sy) / n + n;
  const xy = sxy - (sx * sy) / n;
  const xd = sxd - (sx * sd) / n;
  const yd = syd - (sy * sd) / n;
  const det = xx * yy - xy * xy;
  STEPPED[0] = n;
  STEPPED[1] = (yy * xd - xy * yd) / det;
  STEPPED[2] = (xx * yd - xy * xd) / det;
  STEPPED[3] = det / (xx + yy) / n - 0.5;
  return (sdd - (sd * sd) / n) / n;
}
