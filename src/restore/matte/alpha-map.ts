import { MIXED, type Hole } from './hole.js';

/** Turns of the relaxation of body and ground; what a neighbour and the mark's mask say, in log-odds. */
const TURNS = 6;
const NEIGHBOURS = 12;
const MASK = 3;
/** How even the body's α is; and what is known of α at its border. */
const EVEN = 0.015;
const BORDER = 0.12;
/** Softness of a border, as weights of the middle, side and corner of three by three. */
const SOFT = [0.4, 0.11, 0.04];

/**
 * α by pixel: even in the body, nothing on the ground, soft between; and what the pixel itself says, as far as that is sure.
 * @param rate α as each pixel says, of the hole's box
 * @param off its standard error
 */
export function alphaMap(rate: Float32Array, off: Float32Array, { depth, inner, box }: Hole, opacity: number): Float32Array {
  const { width } = box;
  const around = [-width - 1, -width, -width + 1, -1, 0, 1, width - 1, width, width + 1];
  let body = rate.map((r, i) => (depth[i] && r > opacity / 2 ? 1 : 0));
  for (let turn = 0; turn < TURNS; turn++) {
    const before = body;
    body = before.map((_, i) => {
      if (!depth[i]) return 0;
      const spread = 2 * off[i] ** 2 + 1e-4;
      const odds = Math.max(-25, Math.min(25, (rate[i] ** 2 - (rate[i] - opacity) ** 2) / spread));
      const alike = around.reduce((n, by) => n + (before[i + by] ?? 0), 0) / 9;
      return odds + NEIGHBOURS * (2 * alike - 1) + (inner[i] ? MASK : depth[i] <= MIXED ? -MASK : 0) > 0 ? 1 : 0;
    });
  }
  return rate.map((r, i) => {
    if (!depth[i]) return 0;
    const near = around.map((by) => body[i + by] ?? 0);
    const count = near.reduce((n, v) => n + v, 0);
    const even = count === 0 || count === 9;
    const soft = SOFT[0] * near[4] + SOFT[1] * (near[1] + near[3] + near[5] + near[7]) + SOFT[2] * (near[0] + near[2] + near[6] + near[8]);
    const usual = even ? (count ? opacity : 0) : opacity * soft;
    const surprise = Math.max(0, (r - usual) ** 2 - (3 * off[i] + 0.03) ** 2);
    const known = (even ? EVEN : BORDER) ** 2 + surprise;
    return Math.max(0, Math.min(1, usual + ((r - usual) * known) / (known + off[i] ** 2 + 1e-6)));
  });
}
