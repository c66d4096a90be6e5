import { logoMask } from './logo-mask.js';
import { growMap, regionsOf, shrinkMap } from './regions.js';
import { stableEdges, UNKNOWN, type WindowStatistics } from './travelling-window.js';

/** Deviation over time, in levels, that the scene under the way must have to tell the mark by its calm; and that over the mark's. */
const LIVELY = 4;
const LIVELIER = 2;
/** Share of the scene's deviation up to which a pixel is the mark's, and from which it is the scene's. */
const CALM = 0.45;
const SCENE = 0.75;
/** Pixels of a calm part that counts, at least; and as a share of the mark's. */
const LEAST = 16;
const SMALLEST = 0.03;

/**
 * The pixels of a mark that travels, 255 where hidden: its edges and what they enclose, and what stays calm beside them while
 * the scene passes under it, as a badge that is as bright as the scene and so has no edges that stay.
 */
export function movingMask(statistics: WindowStatistics): Uint8Array {
  const { mean, deviation, width, height } = statistics;
  const seeds = new Uint8Array(width * height);
  for (const p of stableEdges(statistics)) seeds[p] = 1;
  const drawn = logoMask({ mean, deviation, seeds, width, height });
  const border = growMap(drawn, width, height, 3);
  const own = middle(deviation, (p) => drawn[p] > 0);
  const scene = middle(deviation, (p) => !border[p] && deviation[p] < UNKNOWN);
  if (scene < LIVELY || scene < LIVELIER * own) return drawn;
  const out = drawn.map((v, p) => (v && (seeds[p] || deviation[p] < SCENE * scene) ? 255 : 0));
  const calm = deviation.map((d) => (d <= CALM * scene ? 1 : 0));
  const whole = growMap(shrinkMap(Uint8Array.from(calm), width, height, 1), width, height, 1);
  const size = out.reduce((n, v) => n + (v >> 7), 0);
  const beside = growMap(out, width, height, reachOf(out, width, height));
  for (const { box, pixels } of regionsOf(whole, width, height)) {
    if (pixels.length < Math.max(LEAST, SMALLEST * size) || !pixels.every((p) => beside[p])) continue;
    if (box.x < 2 || box.y < 2 || box.x + box.width > width - 2 || box.y + box.height > height - 2) continue;
    for (const p of pixels) out[p] = 255;
  }
  const closed = shrinkMap(growMap(out, width, height, 1), width, height, 1);
  return closed.map((v) => (v ? 255 : 0));
}

/** How far from what is drawn a part may reach: one and a half times its height. */
function reachOf(map: Uint8Array, width: number, height: number): number {
  let [top, bottom] = [height, 0];
  for (let p = 0; p < map.length; p++) {
    if (!map[p]) continue;
    const row = Math.floor(p / width);
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
  }
  return Math.max(4, Math.round(1.5 * (bottom - top + 1)));
}

/** Median over the pixels chosen; 0 of none. */
function middle(values: Float32Array, of: (p: number) => boolean): number {
  const chosen = values.filter((_, p) => of(p)).sort();
  return chosen[chosen.length >> 1] ?? 0;
}
