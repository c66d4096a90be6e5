/** A repeatable source of numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A square field that repeats without a seam: row-major, `size * size` values, `size` a power of two. */
export interface Tile {
  readonly size: number;
  readonly data: Float32Array;
}

/**
 * One octave of gradient noise (Perlin, 2002 quintic) on a grid of `cells` × `cells` over the whole tile, about -0.7 … 0.7.
 * With `slopes`, the derivatives in values per cell are added to it, interleaved x, y.
 */
export function octave(
  size: number,
  cells: number,
  seed: number,
  out: Float32Array,
  gain: number,
  slopes?: Float32Array,
  damping = 0,
): void {
  const [gx, gy] = gradients(cells * cells, seed);
  const step = cells / size;
  for (let y = 0, i = 0; y < size; y++) {
    const fy = y * step;
    const j0 = Math.floor(fy);
    const v = fy - j0;
    const r0 = j0 * cells;
    const r1 = ((j0 + 1) % cells) * cells;
    const wv = v * v * v * (v * (v * 6 - 15) + 10);
    const dv = 30 * v * v * (v * (v - 2) + 1);
    for (let x = 0; x < size; x++, i++) {
      const fx = x * step;
      const i0 = fx | 0;
      const u = fx - i0;
      const i1 = i0 + 1 === cells ? 0 : i0 + 1;
      const wu = u * u * u * (u * (u * 6 - 15) + 10);
      const a = gx[r0 + i0] * u + gy[r0 + i0] * v;
      const b = gx[r0 + i1] * (u - 1) + gy[r0 + i1] * v;
      const c = gx[r1 + i0] * u + gy[r1 + i0] * (v - 1);
      const d = gx[r1 + i1] * (u - 1) + gy[r1 + i1] * (v - 1);
      const value = a + wu * (b - a) + wv * (c - a) + wu * wv * (a - b - c + d);
      if (!slopes) {
        out[i] += gain * value;
        continue;
      }
      const du = 30 * u * u * (u * (u - 2) + 1);
      const k = wu * wv;
      const twist = a - b - c + d;
      const p00 = 1 - wu - wv + k;
      slopes[2 * i] += p00 * gx[r0 + i0] + (wu - k) * gx[r0 + i1] + (wv - k) * gx[r1 + i0] + k * gx[r1 + i1] + du * (b - a + wv * twist);
      slopes[2 * i + 1] +=
        p00 * gy[r0 + i0] + (wu - k) * gy[r0 + i1] + (wv - k) * gy[r1 + i0] + k * gy[r1 + i1] + dv * (c - a + wu * twist);
      const sx = slopes[2 * i];
      const sy = slopes[2 * i + 1];
      out[i] += (gain * value) / (1 + damping * (sx * sx + sy * sy));
    }
  }
}

/** Directions of unit length, their x and y. */
function gradients(count: number, seed: number): [Float32Array, Float32Array] {
  const rnd = random(seed);
  const angles = Float64Array.from({ length: count }, () => rnd() * 2 * Math.PI);
  return [Float32Array.from(angles, Math.cos), Float32Array.from(angles, Math.sin)];
}

/** Fractal sum of octaves: from `first` cells, each next one twice as fine and `roughness` times as strong. Mean about 0, spread about 0.3. */
export function fractal(size: number, first: number, seed: number, roughness = 0.5, octaves = 20): Tile {
  const data = new Float32Array(size * size);
  let gain = 1;
  for (let cells = first, o = 0; cells <= size / 2 && o < octaves; cells *= 2, o++) {
    octave(size, cells, seed + 101 * o, data, gain);
    gain *= roughness;
  }
  return { size, data };
}

/** Bilinear value of a tile at (x, y) in samples, repeating. */
export function at(tile: Tile, x: number, y: number): number {
  const mask = tile.size - 1;
  const { data, size } = tile;
  const fx = Math.floor(x);
  const fy = Math.floor(y);
  const u = x - fx;
  const v = y - fy;
  const x0 = fx & mask;
  const x1 = (fx + 1) & mask;
  const r0 = (fy & mask) * size;
  const r1 = ((fy + 1) & mask) * size;
  const a = data[r0 + x0];
  const c = data[r1 + x0];
  const top = a + (data[r0 + x1] - a) * u;
  return top + (c + (data[r1 + x1] - c) * u - top) * v;
}

/** The tile and its halves, quarters ...: level k has samples of 2^k of the first. Averages, so sampling far away does not flicker. */
export function pyramid(tile: Tile, levels: number): Tile[] {
  const all = [tile];
  for (let l = 1; l < levels; l++) all.push(halved(all[l - 1]));
  return all;
}

function halved({ size, data }: Tile): Tile {
  const half = size / 2;
  const out = new Float32Array(half * half);
  for (let y = 0, i = 0; y < half; y++) {
    for (let x = 0; x < half; x++, i++) {
      const j = 2 * y * size + 2 * x;
      out[i] = (data[j] + data[j + 1] + data[j + size] + data[j + size + 1]) / 4;
    }
  }
  return { size: half, data: out };
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** Smooth noise over time, -1 … 1 for most of it: a hand that holds a camera. `rate` in changes a second. */
export function sway(time: number, rate: number, seed: number): number {
  const t = time * rate;
  const i = Math.floor(t);
  const u = t - i;
  const knot = (k: number): number => random((seed * 7919 + (k + 1000) * 104729) >>> 0)() * 2 - 1;
  const [a, b, c, d] = [knot(i - 1), knot(i), knot(i + 1), knot(i + 2)];
  // Cubic B-spline through random knots: continuous acceleration.
  const w = u * u * u;
  return ((a * (1 - u) ** 3 + b * (3 * w - 6 * u * u + 4) + c * (-3 * w + 3 * u * u + 3 * u + 1) + d * w) / 6) * 1.5;
}
