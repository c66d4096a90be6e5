// The search for every patch of a level, see restore/candidates/patches.ts, and the consensus of those around it, see consensus.ts there.
// A grid is a header of five i32: columns, rows, and where u, v and weight lie, f32 each.
import { PATCH, compare, field, heightOf, patchStart, seen, step, stepU, stepV, texture, total, widthOf } from './match';

/** Gauss-Newton steps a patch. */
const STEPS: i32 = 6;
/** Squared luma levels by which rest is preferred to a small motion: what the noise of a still camera would be followed for. */
const REST: f32 = 3;
/** A start as good as this needs no rivals, in squared luma levels. */
const GOOD: f32 = 4;

export function uOf(grid: usize): usize {
  return <usize>field(grid, 2);
}
export function vOf(grid: usize): usize {
  return <usize>field(grid, 3);
}
export function weightOf(grid: usize): usize {
  return <usize>field(grid, 4);
}

/** Refines one patch from (u, v) and writes it into the grid. */
function descend(a: usize, b: usize, grid: usize, at: i32, x: i32, y: i32, u: f32, v: f32): void {
  let bu = u;
  let bv = v;
  let best: f32 = Infinity;
  let shown: f32 = 0;
  let textured: f32 = 0;
  for (let k = 0; k < STEPS; k++) {
    const cost = step(a, b, at, x, y, u, v);
    if (!(cost < best)) break;
    const settled = cost > <f32>0.97 * best;
    best = cost;
    bu = u;
    bv = v;
    shown = seen;
    textured = texture;
    u -= stepU;
    v -= stepV;
    if (settled || stepU * stepU + stepV * stepV < 1e-3) break;
  }
  if ((bu != 0 || bv != 0) && Mathf.abs(bu) + Mathf.abs(bv) < 1.5) {
    const rest = step(a, b, at, x, y, 0, 0);
    if (rest <= best * <f32>1.15 + REST) {
      bu = 0;
      bv = 0;
      best = rest;
    }
  }
  const k = (<usize>at) << 2;
  store<f32>(uOf(grid) + k, bu);
  store<f32>(vOf(grid) + k, bv);
  const share = shown / <f32>(PATCH * PATCH);
  const fits: f32 = best == Infinity ? 0 : ((share * (textured + 0.5)) / (textured + 8)) * (16 / (16 + best));
  store<f32>(weightOf(grid) + k, <f32>1e-6 + fits);
}

export function searchPatches(a: usize, b: usize, grid: usize, shiftU: f32, shiftV: f32, backward: i32): void {
  const columns = field(grid, 0);
  const rows = field(grid, 1);
  const us = uOf(grid);
  const vs = vOf(grid);
  const n = columns * rows;
  const d = backward ? 1 : -1;
  for (let k = 0; k < n; k++) {
    const at = backward ? n - 1 - k : k;
    const j = at / columns;
    const i = at - j * columns;
    const x = patchStart(i, widthOf(a));
    const y = patchStart(j, heightOf(a));
    let bu = load<f32>(us + ((<usize>at) << 2));
    let bv = load<f32>(vs + ((<usize>at) << 2));
    let best = compare(a, b, x, y, bu, bv);
    for (let h = 0; h < 4 && best > GOOD; h++) {
      let from = -1;
      if (h == 2) from = i + d >= 0 && i + d < columns ? at + d : -1;
      if (h == 3) from = j + d >= 0 && j + d < rows ? at + d * columns : -1;
      if (h >= 2 && from < 0) continue;
      const hu: f32 = h == 0 ? 0 : h == 1 ? shiftU : load<f32>(us + ((<usize>from) << 2));
      const hv: f32 = h == 0 ? 0 : h == 1 ? shiftV : load<f32>(vs + ((<usize>from) << 2));
      if (Mathf.abs(hu - bu) + Mathf.abs(hv - bv) < 0.6) continue;
      const cost = compare(a, b, x, y, hu, hv);
      if (cost < best) {
        best = cost;
        bu = hu;
        bv = hv;
      }
    }
    descend(a, b, grid, at, x, y, bu, bv);
  }
}

/** Patches on either side that are asked. */
const AROUND: i32 = 4;
/** Turns of the robust mean; difference from it, in samples, at which a neighbour counts half. */
const TURNS: i32 = 4;
/** What the neighbours' motion may fit worse, as a factor and in squared luma levels, and still be taken. */
const WORSE: f32 = 1.05;
const NOISE: f32 = 1;

/** Lanes 0 … 3 of a vector that still belong to a row of which `left` patches are left. */
function lanes(left: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
}

/** @param usual f32 pairs, a patch each: the robust mean of the displacements around it */
export function seekConsensus(a: usize, b: usize, grid: usize, usual: usize): void {
  const columns = field(grid, 0);
  const rows = field(grid, 1);
  const us = uOf(grid);
  const vs = vOf(grid);
  const weights = weightOf(grid);
  for (let j = 0, at = 0; j < rows; j++) for (let i = 0; i < columns; i++, at++) robustMotion(grid, i, j, usual + ((<usize>at) << 3));
  for (let j = 0, at: usize = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++, at += 4) {
      const mu = load<f32>(usual + 2 * at);
      const mv = load<f32>(usual + 2 * at + 4);
      const u = load<f32>(us + at);
      const v = load<f32>(vs + at);
      const apart = (u - mu) * (u - mu) + (v - mv) * (v - mv);
      if (apart < 0.0025) continue;
      const x = patchStart(i, widthOf(a));
      const y = patchStart(j, heightOf(a));
      const own = compare(a, b, x, y, u, v);
      if (compare(a, b, x, y, mu, mv) <= own * WORSE + NOISE) {
        store<f32>(us + at, mu);
        store<f32>(vs + at, mv);
      } else store<f32>(weights + at, load<f32>(weights + at) / (1 + apart));
    }
  }
}

/** Mean displacement around a patch, itself included, by trust; displacements far from it count little. */
function robustMotion(grid: usize, i: i32, j: i32, to: usize): void {
  const columns = field(grid, 0);
  const us = uOf(grid);
  const vs = vOf(grid);
  const weights = weightOf(grid);
  const left = max(0, i - AROUND);
  const right = min(columns - 1, i + AROUND);
  const top = max(0, j - AROUND);
  const bottom = min(field(grid, 1) - 1, j + AROUND);
  let mu: f32 = 0;
  let mv: f32 = 0;
  const one = f32x4.splat(1);
  for (let turn = 0; turn < TURNS; turn++) {
    let su = f32x4.splat(0);
    let sv = su;
    let sum = su;
    const cu = f32x4.splat(mu);
    const cv = f32x4.splat(mv);
    for (let row = top; row <= bottom; row++) {
      for (let c = left; c <= right; c += 4) {
        const k = (<usize>(row * columns + c)) << 2;
        const u = v128.load(us + k);
        const v = v128.load(vs + k);
        let w = v128.and(v128.load(weights + k), lanes(right + 1 - c));
        if (turn) {
          const du = f32x4.sub(u, cu);
          const dv = f32x4.sub(v, cv);
          w = f32x4.div(w, f32x4.add(one, f32x4.add(f32x4.mul(du, du), f32x4.mul(dv, dv))));
        }
        su = f32x4.add(su, f32x4.mul(w, u));
        sv = f32x4.add(sv, f32x4.mul(w, v));
        sum = f32x4.add(sum, w);
      }
    }
    const all = total(sum);
    mu = total(su) / all;
    mv = total(sv) / all;
  }
  store<f32>(to, mu);
  store<f32>(to + 4, mv);
}
