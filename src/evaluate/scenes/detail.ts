import { fractal, random, type Tile } from './noise.js';

/** Surface too fine for a height map, as brightness around 0: what the sun makes of bumps, boulders and tree tops. */
export interface Detail {
  /** Bare ground: noise lit from the sun's side. */
  readonly rough: Tile;
  /** Forest seen from above: round tops, each with a bright and a dark side. */
  readonly trees: Tile;
}

const SIZE = 512;

/** Makes both tiles for a sun in the direction (x, z) of the ground. */
export function makeDetail(sunX: number, sunZ: number, seed: number): Detail {
  return { rough: bumps(sunX, sunZ, seed), trees: canopy(sunX, sunZ, seed + 1) };
}

function bumps(sunX: number, sunZ: number, seed: number): Tile {
  const noise = fractal(SIZE, 8, seed, 0.66);
  const data = new Float32Array(SIZE * SIZE);
  const mask = SIZE - 1;
  const ax = Math.round(sunX * 2);
  const az = Math.round(sunZ * 2);
  for (let y = 0, i = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, i++) {
      const ahead = noise.data[((y + az) & mask) * SIZE + ((x + ax) & mask)];
      const behind = noise.data[((y - az) & mask) * SIZE + ((x - ax) & mask)];
      data[i] = 0.55 * noise.data[i] + 1.1 * (behind - ahead);
    }
  }
  return { size: SIZE, data };
}

function canopy(sunX: number, sunZ: number, seed: number): Tile {
  const rnd = random(seed);
  const data = new Float32Array(SIZE * SIZE).fill(-0.75);
  const top = new Float32Array(SIZE * SIZE);
  const mask = SIZE - 1;
  for (let n = 0; n < 5200; n++) {
    const cx = rnd() * SIZE;
    const cy = rnd() * SIZE;
    const radius = 3 + rnd() * 4.5;
    const height = 4 + rnd() * 6;
    const tone = (rnd() - 0.5) * 0.5;
    for (let dy = -Math.ceil(radius); dy <= radius; dy++) {
      for (let dx = -Math.ceil(radius); dx <= radius; dx++) {
        const d = Math.hypot(dx, dy) / radius;
        if (d >= 1) continue;
        const i = (((cy | 0) + dy) & mask) * SIZE + (((cx | 0) + dx) & mask);
        const level = height * (1 - d * d);
        if (level <= top[i]) continue;
        top[i] = level;
        data[i] = tone + 0.5 * ((dx * sunX + dy * sunZ) / radius) + 0.35 * (1 - d) - 0.35 * d * d + (rnd() - 0.5) * 0.25;
      }
    }
  }
  return { size: SIZE, data };
}
