import { fractal, octave, pyramid, smoothstep, type Tile } from './noise.js';

/** Land around the origin, repeating every `size * metres` metres. */
export interface Land {
  readonly metres: number;
  /** Heights in metres, level k of the pyramid has samples of `metres * 2^k`. */
  readonly heights: readonly Tile[];
  /** Lit surface colour in linear light, one pyramid a channel. */
  readonly colours: readonly (readonly Tile[])[];
  /** Height of the lakes in metres. */
  readonly water: number;
  /** Height of the highest ground in metres. */
  readonly relief: number;
  readonly sun: readonly [number, number, number];
}

/** What a piece of land looks like. */
export interface LandLook {
  readonly seed: number;
  /** Height of the highest ground above the lowest, in metres. */
  readonly relief: number;
  readonly water: number;
  /** Snow lies above this height in metres where it is not too steep. */
  readonly snow: number;
  /** Direction to the sun, unit length, y up. */
  readonly sun: readonly [number, number, number];
  readonly sunColour: readonly [number, number, number];
  readonly skyColour: readonly [number, number, number];
  readonly ground: 'alpine' | 'desert';
}

const SIZE = 1024;
const METRES = 10;
const LEVELS = 7;

/** Builds the land once; takes about a second. */
export function makeLand(look: LandLook): Land {
  const height = shape(look);
  const light = lighting(height, look);
  const { red, green, blue } = paint(height, light, look);
  return {
    metres: METRES,
    heights: pyramid({ size: SIZE, data: height }, LEVELS),
    colours: [red, green, blue].map((data) => pyramid({ size: SIZE, data }, LEVELS)),
    water: look.water,
    relief: look.relief,
    sun: look.sun,
  };
}

/** Gradient noise whose finer octaves are damped on slopes, which looks like weather has worn it (Quilez, "value noise derivatives", 2008). */
function shape({ seed, relief }: LandLook): Float32Array {
  const data = new Float32Array(SIZE * SIZE);
  const slopes = new Float32Array(2 * SIZE * SIZE);
  let gain = 1;
  for (let cells = 4, o = 0; cells <= SIZE / 2; cells *= 2, o++) {
    octave(SIZE, cells, seed + 37 * o, data, gain, slopes, 0.45);
    gain *= 0.5;
  }
  let low = Infinity;
  let high = -Infinity;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  for (let i = 0; i < data.length; i++) data[i] = ((data[i] - low) / (high - low)) ** 1.15 * relief;
  return data;
}

/** Sun (with cast shadows) and sky light of every sample, interleaved: what arrives, before the ground's own colour. */
function lighting(height: Float32Array, { sun }: LandLook): Float32Array {
  const out = new Float32Array(2 * SIZE * SIZE);
  const mask = SIZE - 1;
  const flat = Math.hypot(sun[0], sun[2]);
  const rise = (sun[1] / flat) * METRES;
  const sx = sun[0] / flat;
  const sz = sun[2] / flat;
  for (let y = 0, i = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, i++) {
      const dx = (height[y * SIZE + ((x + 1) & mask)] - height[y * SIZE + ((x - 1) & mask)]) / (2 * METRES);
      const dz = (height[((y + 1) & mask) * SIZE + x] - height[((y - 1) & mask) * SIZE + x]) / (2 * METRES);
      const norm = 1 / Math.sqrt(1 + dx * dx + dz * dz);
      let lit = Math.max(0, (sun[1] - dx * sun[0] - dz * sun[2]) * norm);
      let open = 1;
      for (let s = 1, far = 1; s < 26 && lit > 0; s++, far += 1 + s * 0.12) {
        const hx = (x + ((sx * far) | 0)) & mask;
        const hz = (y + ((sz * far) | 0)) & mask;
        const over = height[hz * SIZE + hx] - height[i] - rise * far;
        if (over > -10) open = Math.min(open, 1 - Math.min(1, (over + 10) / 30));
        if (open <= 0) break;
      }
      lit *= open;
      out[2 * i] = lit;
      out[2 * i + 1] = norm * 0.5 + 0.5;
    }
  }
  return out;
}

function paint(height: Float32Array, light: Float32Array, look: LandLook): Record<'red' | 'green' | 'blue', Float32Array> {
  const red = new Float32Array(height.length);
  const green = new Float32Array(height.length);
  const blue = new Float32Array(height.length);
  const patches = fractal(SIZE, 16, look.seed + 5, 0.6);
  const specks = fractal(SIZE, 128, look.seed + 9, 0.8);
  const mask = SIZE - 1;
  const colour: [number, number, number] = [0, 0, 0];
  for (let y = 0, i = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, i++) {
      const dx = height[y * SIZE + ((x + 1) & mask)] - height[y * SIZE + ((x - 1) & mask)];
      const dz = height[((y + 1) & mask) * SIZE + x] - height[((y - 1) & mask) * SIZE + x];
      const steep = Math.hypot(dx, dz) / (2 * METRES);
      if (look.ground === 'alpine') alpine(colour, height[i], steep, patches.data[i], specks.data[i], look);
      else desert(colour, height[i], steep, patches.data[i], specks.data[i]);
      const sun = light[2 * i] * 1.0;
      const sky = light[2 * i + 1];
      red[i] = colour[0] * (sun * look.sunColour[0] + sky * look.skyColour[0]);
      green[i] = colour[1] * (sun * look.sunColour[1] + sky * look.skyColour[1]);
      blue[i] = colour[2] * (sun * look.sunColour[2] + sky * look.skyColour[2]);
    }
  }
  return { red, green, blue };
}

/** Forest low down, meadows, rock where it is steep, snow high up. Albedo in linear light. */
function alpine(
  out: [number, number, number],
  height: number,
  steep: number,
  patch: number,
  speck: number,
  { snow, water }: LandLook,
): void {
  const rough = 0.5 + 0.9 * speck;
  const rock = 0.16 + 0.09 * rough + 0.05 * patch;
  const meadow = smoothstep(-0.1, 0.35, patch + 0.4 * speck);
  const trees = 0.55 + 0.8 * speck;
  const green = smoothstep(0.95, 0.55, steep + 0.25 * speck) * smoothstep(snow * 0.92, snow * 0.6, height + 160 * patch + 120 * speck);
  const white = smoothstep(snow - 90, snow + 140, height + 260 * patch + 160 * speck) * smoothstep(1.35, 0.7, steep + 0.3 * speck);
  const shore = smoothstep(water + 14, water + 3, height + 6 * speck);
  const gr = 0.035 * trees + meadow * (0.075 + 0.03 * rough);
  const gg = 0.055 * trees + meadow * (0.085 + 0.03 * rough);
  const gb = 0.022 * trees + meadow * (0.03 + 0.01 * rough);
  out[0] = mix3(rock * 1.04, gr, green, 0.3, shore, 0.82, white);
  out[1] = mix3(rock, gg, green, 0.27, shore, 0.85, white);
  out[2] = mix3(rock * 0.96, gb, green, 0.21, shore, 0.9, white);
}

/** Sandstone in layers, paler dust where it is flat. Albedo in linear light. */
function desert(out: [number, number, number], height: number, steep: number, patch: number, speck: number): void {
  const layer = 0.5 + 0.5 * Math.sin(height * 0.045 + 3 * patch) * Math.sin(height * 0.13 + speck);
  const dust = smoothstep(0.65, 0.25, steep + 0.2 * speck);
  const bush = smoothstep(0.3, 0.5, speck + 0.4 * patch) * dust;
  const shade = 0.75 + 0.5 * speck;
  out[0] = ((0.34 + 0.16 * layer) * (1 - dust) + 0.5 * dust) * shade * (1 - 0.75 * bush);
  out[1] = ((0.17 + 0.1 * layer) * (1 - dust) + 0.33 * dust) * shade * (1 - 0.6 * bush);
  out[2] = ((0.09 + 0.06 * layer) * (1 - dust) + 0.2 * dust) * shade * (1 - 0.7 * bush);
}

function mix3(base: number, a: number, ka: number, b: number, kb: number, c: number, kc: number): number {
  const one = base + (a - base) * ka;
  const two = one + (b - one) * kb;
  return two + (c - two) * kc;
}
