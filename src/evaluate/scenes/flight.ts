import type { Sky } from './air.js';
import { makeDetail, type Detail } from './detail.js';
import type { Picture } from './film.js';
import { at, fractal, type Tile } from './noise.js';
import type { Land } from './terrain.js';

/** Where the camera is and looks: metres, radians; `tilt` is down when positive, `zoom` is focal length over picture width. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly heading: number;
  readonly tilt: number;
  readonly roll: number;
  readonly zoom: number;
}

/** One column of the picture: where its rays go on the ground, and the haze at its end. */
interface Ray {
  readonly column: number;
  readonly u: number;
  readonly dx: number;
  readonly dz: number;
  readonly horizon: number;
  readonly air: readonly [number, number, number];
}

const NEAR = 150;
const FAR = 20000;
const STEP = 0.0026;
/** No ground rises faster than this, so that hidden ground can be stepped over. */
const STEEPEST = 2.2;

/**
 * Draws land from the air: every column of the picture walks the height map from near to far and fills what rises above what it has
 * drawn (the "voxel space" method of NovaLogic's Comanche, 1992), with finer map levels near and coarser ones far away.
 */
export class Flight {
  private readonly detail: Detail;
  private readonly ripples: Tile = fractal(512, 16, 78, 0.6);
  /** Per row of the column being drawn: 1 where it shows water. */
  private readonly wet: Uint8Array;
  private focal = 1;
  /** Colour of this step of the walk, and of the step before. */
  private readonly colour = new Float64Array(3);
  private readonly before = new Float64Array(3);

  constructor(
    private readonly land: Land,
    private readonly sky: Sky,
    private readonly out: Picture,
  ) {
    this.wet = new Uint8Array(out.height);
    const flat = Math.hypot(land.sun[0], land.sun[2]);
    this.detail = makeDetail(land.sun[0] / flat, land.sun[2] / flat, 77);
  }

  /** Draws one picture into `out`. `time` in seconds moves the water. */
  draw(pose: Pose, time: number): void {
    const { width, height } = this.out;
    this.focal = pose.zoom * width;
    const centre = height / 2 - Math.tan(pose.tilt) * this.focal;
    const cos = Math.cos(pose.heading);
    const sin = Math.sin(pose.heading);
    for (let column = 0; column < width; column++) {
      const u = (column + 0.5 - width / 2) / this.focal;
      const dx = sin + cos * u;
      const dz = cos - sin * u;
      const k = 1 / Math.hypot(1, u);
      const [r, g, b] = this.sky.colour(dx * k, 0.03, dz * k);
      const ray: Ray = { column, u, dx, dz, horizon: centre + Math.tan(pose.roll) * (column - width / 2), air: [r, g, b] };
      const top = this.ground(pose, ray);
      this.above(ray, top);
      this.mirror(pose, ray, time);
    }
  }

  /** Draws the land of one column; returns the row of its skyline. */
  private ground(pose: Pose, ray: Ray): number {
    const { land, focal } = this;
    const { dx, dz, horizon } = ray;
    const inv = 1 / land.metres;
    this.wet.fill(0);
    let top = this.out.height;
    let lastRow = top + 50;
    let level = 0;
    let k = inv;
    let next = (focal / inv) * 0.9;
    for (let z = NEAR; z < FAR && top > 0; z += z * STEP) {
      if (z > next && level < 6) {
        next *= 2;
        level++;
        k *= 0.5;
      }
      const x = pose.x + dx * z;
      const y = pose.z + dz * z;
      const h = Math.max(land.water, at(land.heights[level], x * k, y * k));
      const row = horizon + ((pose.y - h) * focal) / z;
      if (row >= top) {
        // Hidden: go as far as the steepest slope would need to come into sight; stop above the highest peak.
        if (horizon > top && pose.y + ((horizon - top) * z) / focal > land.relief) break;
        z += ((row - top) * z) / focal / (STEEPEST + Math.abs(horizon - top) / focal);
        lastRow = row;
        continue;
      }
      const first = row < 0 ? 0 : Math.ceil(row);
      if (first >= top) continue;
      this.light(ray, x, y, z, level, k, h === land.water);
      this.fill(ray.column, first, top, row, lastRow, h === land.water);
      top = first;
      lastRow = row;
    }
    return top;
  }

  /** Puts the colour of the land at (x, y), seen from `z` metres through the haze, into `colour`. */
  private light({ air }: Ray, x: number, y: number, z: number, level: number, k: number, water: boolean): void {
    const { land, colour } = this;
    const [red, green, blue] = land.colours;
    const fog = 1 - Math.exp(-z / this.sky.weather.haze);
    const r = at(red[level], x * k, y * k);
    const g = at(green[level], x * k, y * k);
    const clear = (1 - fog) * (water ? 1 : this.shade(x, y, z, g / (r + 1e-4)));
    colour[0] = r * clear + air[0] * fog;
    colour[1] = g * clear + air[1] * fog;
    colour[2] = at(blue[level], x * k, y * k) * clear + air[2] * fog;
  }

  /** Fills rows from `first` up to `top` of a column, from the colour of this step to that of the one before. */
  private fill(column: number, first: number, top: number, row: number, lastRow: number, water: boolean): void {
    const { colour, before, wet } = this;
    const { width, height, data } = this.out;
    if (top === height) before.set(colour);
    const span = 1 / Math.max(1, lastRow - row);
    for (let p = first; p < top; p++) {
      const t = Math.min(1, (p - row) * span);
      const i = (p * width + column) * 3;
      data[i] = colour[0] + (before[0] - colour[0]) * t;
      data[i + 1] = colour[1] + (before[1] - colour[1]) * t;
      data[i + 2] = colour[2] + (before[2] - colour[2]) * t;
      if (water) wet[p] = 1;
    }
    before.set(colour);
  }

  /** Brightness of what is finer than the map, 0.2 …: tree tops where it is green, bumps elsewhere, less of both far away. */
  private shade(x: number, y: number, z: number, green: number): number {
    const { rough, trees } = this.detail;
    const forest = green > 1.6 ? 1 : green < 1.15 ? 0 : (green - 1.15) / 0.45;
    let value = 0;
    if (z < 9000) value = at(rough, x * 0.2, y * 0.2) * (1 - z / 9000);
    if (z < 3600) {
      const near = 1 - z / 3600;
      if (forest < 1) value += at(rough, x * 0.83, y * 0.83) * near * (1 - forest);
      if (forest > 0) value += at(trees, x * 0.7, y * 0.7) * near * forest * 1.2;
    }
    return Math.max(0.2, 1 + value);
  }

  private above({ column, u, dx, dz, horizon }: Ray, top: number): void {
    const { width, data } = this.out;
    for (let p = 0; p < top; p++) {
      const v = Math.max(0.001, (horizon - p) / this.focal);
      const norm = 1 / Math.sqrt(1 + u * u + v * v);
      const c = this.sky.colour(dx * norm, v * norm, dz * norm);
      const i = (p * width + column) * 3;
      data[i] = c[0];
      data[i + 1] = c[1];
      data[i + 2] = c[2];
    }
  }

  /** Water shows what stands beyond it, upside down, shaken by ripples; more of it the flatter one looks. */
  private mirror(pose: Pose, { column, dx, dz, horizon, air }: Ray, time: number): void {
    const { out, wet, focal } = this;
    const { width, height, data } = out;
    let shore = 0;
    for (let p = 1; p < height; p++) {
      if (!wet[p]) continue;
      if (!wet[p - 1]) shore = p;
      const drop = (p - horizon) / focal;
      if (drop <= 0) continue;
      const z = (pose.y - this.land.water) / drop;
      const x = pose.x + dx * z;
      const y = pose.z + dz * z;
      const calm = Math.min(1, 900 / z);
      const wave = at(this.ripples, x * 0.5 + time * 5, y * 0.5 + time * 3) + 0.6 * at(this.ripples, x * 1.7 - time * 7, y * 1.7);
      const from = shore - 1 - (p - shore) * 0.9 - wave * (6 + (p - shore) * 0.12) * (0.35 + calm);
      const j = ((Math.max(0, Math.min(shore - 1, from)) | 0) * width + column) * 3;
      const facing = 1 - Math.min(1, drop / Math.hypot(1, drop) + 0.08 * wave);
      const share = Math.min(1, 0.16 + 0.96 * facing * facing * facing * facing * facing);
      const fog = 1 - Math.exp(-z / this.sky.weather.haze);
      const i = (p * width + column) * 3;
      data[i] = fog * air[0] + (1 - fog) * (data[j] * share + 0.012 * (1 - share));
      data[i + 1] = fog * air[1] + (1 - fog) * (data[j + 1] * share + 0.03 * (1 - share));
      data[i + 2] = fog * air[2] + (1 - fog) * (data[j + 2] * share + 0.04 * (1 - share));
    }
  }
}
