import { at, fractal, pyramid, smoothstep, type Tile } from './noise.js';

export type Rgb = readonly [number, number, number];

/** Sky and haze of a scene, in linear light. */
export interface Weather {
  readonly seed: number;
  readonly zenith: Rgb;
  readonly horizon: Rgb;
  /** Direction to the sun, unit length, y up. */
  readonly sun: readonly [number, number, number];
  readonly glow: Rgb;
  readonly cloud: Rgb;
  /** Share of the sky under cloud, 0 … 1. */
  readonly cover: number;
  /** Metres after which 63 % of what is seen is haze. */
  readonly haze: number;
}

const COLUMNS = 2048;
const ROWS = 256;

/**
 * The sky of a shot: clouds on a plane above the camera, with their own shading from a second look towards the sun. Worked out once for
 * the whole dome, by bearing and by the root of the height, so that looking at it costs little; clouds stand still for the few seconds.
 */
export class Sky {
  private readonly dome = new Float32Array(COLUMNS * (ROWS + 1) * 3);
  private readonly out: [number, number, number] = [0, 0, 0];

  constructor(readonly weather: Weather) {
    const clouds = pyramid(fractal(1024, 8, weather.seed, 0.56), 6);
    for (let row = 0, i = 0; row <= ROWS; row++) {
      const y = (row / ROWS) ** 2;
      const flat = Math.sqrt(1 - y * y);
      for (let column = 0; column < COLUMNS; column++, i += 3) {
        const bearing = (column / COLUMNS) * 2 * Math.PI;
        this.dome.set(paint(weather, clouds, Math.sin(bearing) * flat, y, Math.cos(bearing) * flat), i);
      }
    }
  }

  /** Colour of the sky in a direction of unit length, y up. The array is used again by the next call. */
  colour(x: number, y: number, z: number): readonly [number, number, number] {
    const { dome, out } = this;
    const bearing = (Math.atan2(x, z) / (2 * Math.PI) + 1) * COLUMNS;
    const height = Math.sqrt(y < 0 ? 0 : y > 0.999 ? 0.999 : y) * ROWS;
    const c = bearing | 0;
    const r = height | 0;
    const u = bearing - c;
    const v = height - r;
    const left = (r * COLUMNS + (c & (COLUMNS - 1))) * 3;
    const right = (r * COLUMNS + ((c + 1) & (COLUMNS - 1))) * 3;
    const up = COLUMNS * 3;
    for (let k = 0; k < 3; k++) {
      const low = dome[left + k] * (1 - u) + dome[right + k] * u;
      const high = dome[left + up + k] * (1 - u) + dome[right + up + k] * u;
      out[k] = low + (high - low) * v;
    }
    return out;
  }
}

function paint({ zenith, horizon, sun, glow, cloud, cover }: Weather, clouds: readonly Tile[], x: number, y: number, z: number): number[] {
  const low = Math.exp(-y * 5.5);
  const near = Math.max(0, x * sun[0] + y * sun[1] + z * sun[2]);
  const near8 = near ** 8;
  const halo = 0.25 * near * near + 0.55 * near8 * near8 + 6 * Math.pow(near8, 90);
  const out = [0, 1, 2].map((c) => zenith[c] + (horizon[c] - zenith[c]) * low + glow[c] * halo);
  if (cover <= 0 || y < 0.015) return out;
  const t = 150 / (y + 0.04);
  const level = Math.min(5, Math.max(0, Math.log2(t / 900))) | 0;
  const scale = 0.55 / (1 << level);
  const here = at(clouds[level], x * t * scale, z * t * scale);
  const dense = smoothstep(0.55 - cover, 1.05 - cover, here + 0.35);
  const toSun = at(clouds[level], (x * t + sun[0] * 14) * scale, (z * t + sun[2] * 14) * scale);
  const lit = Math.min(1.5, Math.max(0.25, 0.75 + 1.6 * (here - toSun) + 0.25 * (1 - dense)));
  const fade = dense * smoothstep(0.015, 0.14, y) * 0.94;
  return out.map((value, c) => value + fade * (cloud[c] * lit * (1 + 0.8 * near8) + glow[c] * near8 * 0.5 - value));
}
