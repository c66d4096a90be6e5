import { seekConsensus } from './consensus.js';
import { patchKernels } from '../kernels/patch-kernels.js';
import { patchGrid, type PatchGrid } from './grid.js';
import { searchPatches } from './patches.js';
import { PATCH, origin, patchStart, type PyramidLevel } from './pyramid.js';

/** Displacements in samples of the level they were made on: planes u and v one after the other. */
export interface Flow {
  readonly width: number;
  readonly height: number;
  readonly uv: Float32Array;
}

/**
 * The shift of the whole picture from `a` to `b` by exhaustive comparison on the coarsest level (every other sample).
 * In samples of that level.
 */
export function globalShift(a: PyramidLevel, b: PyramidLevel): [number, number] {
  const rx = Math.min(16, a.width >> 2);
  const ry = Math.min(6, a.height >> 2);
  let best = Infinity;
  let found: [number, number] = [0, 0];
  for (let dy = -ry; dy <= ry; dy++) {
    for (let dx = -rx; dx <= rx; dx++) {
      const cost = shiftCost(a, b, dx, dy) + 0.02 * (Math.abs(dx) + Math.abs(dy));
      if (cost < best) {
        best = cost;
        found = [dx, dy];
      }
    }
  }
  return found;
}

function shiftCost(a: PyramidLevel, b: PyramidLevel, dx: number, dy: number): number {
  const o = origin(a);
  const move = dy * a.stride + dx;
  let n = 0;
  let s = 0;
  for (let y = 0; y < a.height; y += 2) {
    if (y + dy < 0 || y + dy >= a.height) continue;
    for (let x = y & 2 ? 1 : 0; x < a.width; x += 2) {
      const p = o + y * a.stride + x;
      const q = x + dx < 0 || x + dx >= a.width ? o : p + move;
      const w = q === o ? 0 : a.visible[p] * b.visible[q];
      const d = a.luma[p] - b.luma[q];
      n += w;
      s += w * (d < 0 ? -d : d);
    }
  }
  return n * 12 < a.width * a.height ? Infinity : s / n;
}

/** Starts of a level's patches: the coarser flow at their middles, twice as long. */
function startFrom(coarse: Flow, level: PyramidLevel, grid: PatchGrid): void {
  const n = coarse.width * coarse.height;
  for (let j = 0, at = 0; j < grid.rows; j++) {
    const cy = Math.min(coarse.height - 1, (patchStart(j, level.height) + PATCH / 2) >> 1);
    for (let i = 0; i < grid.columns; i++, at++) {
      const k = cy * coarse.width + Math.min(coarse.width - 1, (patchStart(i, level.width) + PATCH / 2) >> 1);
      grid.u[at] = 2 * coarse.uv[k];
      grid.v[at] = 2 * coarse.uv[n + k];
    }
  }
}

/**
 * Dense flow from frame `a` to frame `b` on the finest level of their pyramids, completed over what is hidden in `a`:
 * sample (x, y) of `a` is found at (x + u, y + v) in `b`.
 * @param shift the global shift on the coarsest level, see {@link globalShift}
 * @param worth asked with the flow of the second finest level, where there is one: whether to go on
 * @returns undefined when it was not worth it
 */
export function denseFlow(
  a: readonly PyramidLevel[],
  b: readonly PyramidLevel[],
  shift: readonly [number, number],
  worth: (flow: Flow) => boolean,
): Flow | undefined {
  const last = a.length - 1;
  let flow: Flow | undefined;
  for (let l = last; l >= 0; l--) {
    const grid = patchGrid(a[l]);
    if (flow) startFrom(flow, a[l], grid);
    const k = 2 ** (last - l);
    const s = [shift[0] * k, shift[1] * k] as const;
    searchPatches(a[l], b[l], grid, s, false);
    if (l === last) searchPatches(a[l], b[l], grid, s, true);
    seekConsensus(a[l], b[l], grid);
    const { width, height } = a[l];
    flow = { width, height, uv: patchKernels(width, height).spread(a[l], b[l], grid) };
    if (l === 1 && !worth(flow)) return undefined;
  }
  return flow;
}

/** A flow for twice the size, `width` by `height`: displacements between the samples, and twice as long. */
export function enlarge(flow: Flow, width: number, height: number): Flow {
  const { width: fw, height: fh, uv: from } = flow;
  const n = width * height;
  const uv = new Float32Array(2 * n);
  for (let c = 0; c < 2; c++) {
    for (let y = 0, o = c * n; y < height; y++) {
      const py = Math.min(fh - 1, Math.max(0, (y - 0.5) / 2));
      const r0 = c * fw * fh + Math.floor(py) * fw;
      const r1 = c * fw * fh + Math.min(fh - 1, Math.floor(py) + 1) * fw;
      const fy = py - Math.floor(py);
      for (let x = 0; x < width; x++, o++) {
        const px = Math.min(fw - 1, Math.max(0, (x - 0.5) / 2));
        const x0 = Math.floor(px);
        const x1 = Math.min(fw - 1, x0 + 1);
        const fx = px - x0;
        const top = from[r0 + x0] * (1 - fx) + from[r0 + x1] * fx;
        uv[o] = 2 * (top * (1 - fy) + (from[r1 + x0] * (1 - fx) + from[r1 + x1] * fx) * fy);
      }
    }
  }
  return { width, height, uv };
}
