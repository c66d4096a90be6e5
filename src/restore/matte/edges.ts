/** Where a mark is thought to stand: moved by samples, and larger by a factor about a centre. */
export interface Displacement {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** How strongly a mark's edges show in a picture, 1 as expected; and how badly they explain it: lower is better. */
export interface EdgeFit {
  readonly strength: number;
  readonly cost: number;
}

/** A picture in which a mark's edges are looked for: maps are row-major, `width * height`, in 8-bit levels. */
export interface EdgeView {
  readonly levels: Float32Array;
  /** Squared gradient that the scene is likely to have at each place. */
  readonly rough: Float32Array;
  readonly width: number;
  /** Samples that are looked at, none at the border. */
  readonly at: readonly number[];
}

/** Turns of the fit. */
const TURNS = 3;

/**
 * Fits the gradient of what a mark adds to that of a picture: least squares, reweighted so that edges of the scene say little (Cauchy's
 * weights). The scene's own gradient does not lean towards the mark's, so a mark as expected has strength 1, and none 0.
 * @param added levels that the mark adds
 * @param start strength from which the weights are first taken
 */
export function fitEdges({ levels, rough, width, at }: EdgeView, added: Float32Array, start = 1): EdgeFit {
  let strength = start;
  let cost = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    let [along, power] = [0, 0];
    cost = 0;
    for (const i of at) {
      const [u, v] = [(levels[i + 1] - levels[i - 1]) / 2, (levels[i + width] - levels[i - width]) / 2];
      const [p, q] = [(added[i + 1] - added[i - 1]) / 2, (added[i + width] - added[i - width]) / 2];
      const off = ((u - strength * p) ** 2 + (v - strength * q) ** 2) / (2 * rough[i]);
      const weight = 1 / (rough[i] * (1 + off));
      along += weight * (u * p + v * q);
      power += weight * (p * p + q * q);
      cost += Math.log1p(off);
    }
    if (turn < TURNS - 1) strength = power ? along / power : 0;
  }
  return { strength, cost };
}

/** A map as it would be if what it shows stood elsewhere; 0 comes in from outside. Bilinear. */
export function displaced(map: Float32Array, width: number, { x, y, scale }: Displacement): Float32Array {
  if (!x && !y && scale === 1) return map;
  const height = map.length / width;
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const out = new Float32Array(map.length);
  const value = (u: number, v: number): number => (u >= 0 && v >= 0 && u < width && v < height ? map[v * width + u] : 0);
  for (let row = 0, i = 0; row < height; row++) {
    const sy = cy + (row - cy - y) / scale;
    const [v, fy] = [Math.floor(sy), sy - Math.floor(sy)];
    for (let column = 0; column < width; column++, i++) {
      const sx = cx + (column - cx - x) / scale;
      const [u, fx] = [Math.floor(sx), sx - Math.floor(sx)];
      const upper = value(u, v) * (1 - fx) + value(u + 1, v) * fx;
      out[i] = fy ? upper * (1 - fy) + (value(u, v + 1) * (1 - fx) + value(u + 1, v + 1) * fx) * fy : upper;
    }
  }
  return out;
}

/** Softened by a sample, as another codec may have done. */
export function softened(map: Float32Array, width: number): Float32Array {
  const half = (x: number, y: number): Float32Array => displaced(map, width, { x, y, scale: 1 });
  const four = [half(-0.5, -0.5), half(0.5, -0.5), half(-0.5, 0.5), half(0.5, 0.5)];
  return map.map((_, i) => (four[0][i] + four[1][i] + four[2][i] + four[3][i]) / 4);
}
