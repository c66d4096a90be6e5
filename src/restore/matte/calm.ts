import type { Plane } from '../../core/frame.js';
import { noiseLevel } from '../grain.js';
import type { PlaneMatte } from './matte.js';
import { levelsIn } from './membrane.js';
import { OPAQUE } from './opacity.js';

/** α from which a mark's taking off makes noise worth calming. */
const LEAST = 0.08;
/** Levels of noise beyond the surround's from which it is calmed. */
const WORTH = 0.3;
/** Difference in levels at which a neighbour counts by e^-½, in deviations of the noise, and at most; and how neighbours count by distance. */
const ALIKE = 4;
const MOST = 16;
const SIGMA = 1.4;
const REACH = 2;

/**
 * Calms what is noisier than its surround after a mark was taken off, in place: what coding left under the mark has grown by 1 / (1 − α). A bilateral
 * filter (Tomasi and Manduchi 1998) whose reach in levels follows the noise, so that edges of the scene stay.
 * @param plane luma, the mark already taken off
 */
export function calm(plane: Plane, { box, alpha }: PlaneMatte, depth: number): void {
  const { width, height } = box;
  const levels = levelsIn(plane, box, depth);
  const under = Uint8Array.from(alpha, (a) => (a > OPAQUE ? 128 : a >= LEAST ? 255 : 0)); // prettier-ignore
  const [round, own] = [noiseLevel(levels, under, width, height, 0), noiseLevel(levels, under, width, height, 255)];
  if (round === undefined || own === undefined || own < round + WORTH) return;
  const alike = Math.min(MOST, ALIKE * Math.sqrt(own * own - round * round));
  const weights = Float32Array.from({ length: 256 }, (_, d) => Math.exp((-0.5 * d * d) / alike ** 2));
  const scale = 2 ** (depth - 8);
  for (let y = REACH; y < height - REACH; y++) {
    for (let x = REACH, i = y * width + REACH; x < width - REACH; x++, i++) {
      if (under[i] === 255) plane.data[(box.y + y) * plane.width + box.x + x] = Math.round(scale * filtered(levels, i, width, weights));
    }
  }
}

const NEAR = Float32Array.from({ length: 2 * REACH ** 2 + 1 }, (_, squared) => Math.exp((-0.5 * squared) / SIGMA ** 2));

function filtered(levels: Float32Array, i: number, width: number, alike: Float32Array): number {
  const own = levels[i];
  let [sum, all] = [0, 0];
  for (let v = -REACH; v <= REACH; v++) {
    for (let u = -REACH; u <= REACH; u++) {
      const level = levels[i + v * width + u];
      const weight = NEAR[u * u + v * v] * alike[Math.min(255, Math.abs(level - own) | 0)];
      sum += weight * level;
      all += weight;
    }
  }
  return sum / all;
}
