import type { Rgb } from './air.js';
import { growStrip, type Strip } from './conifers.js';
import type { Picture } from './film.js';
import { at, fractal, random, type Tile } from './noise.js';

/** Where a wood is looked at: `pan` in samples of the nearest layer, `lift` in rows, `zoom` 1 = as drawn. */
export interface WoodPose {
  readonly pan: number;
  readonly lift: number;
  readonly zoom: number;
}

/** Colours of a wood in mist, linear light. */
export interface WoodLook {
  readonly seed: number;
  readonly mist: Rgb;
  readonly sky: Rgb;
  readonly trees: Rgb;
}

interface Layer {
  readonly strip: Strip;
  /** How far it moves when the nearest layer moves by 1. */
  readonly near: number;
  /** Share of mist in front of it at its top and at its foot. */
  readonly veil: readonly [number, number];
}

interface Bird {
  readonly x: number;
  readonly y: number;
  readonly speed: number;
  readonly beat: number;
}

const LAYERS = 5;

/** Wooded ridges one behind the other with mist drifting between them, and birds: a slow pan shows their parallax. */
export class Wood {
  private readonly layers: readonly Layer[];
  private readonly mist: Tile = fractal(512, 4, 91, 0.5);
  private readonly birds: readonly Bird[];

  constructor(
    private readonly look: WoodLook,
    private readonly out: Picture,
  ) {
    const { width, height } = out;
    const unit = height / 360;
    this.layers = Array.from({ length: LAYERS }, (_, n) => {
      const depth = n / (LAYERS - 1);
      const tall = unit * (16 + 150 * depth ** 1.8);
      const stand = {
        seed: look.seed + 17 * n,
        tall,
        spacing: tall * 0.2,
        ridge: 0.3 + 0.46 * depth ** 1.1,
        waves: unit * (26 - 8 * depth),
      };
      const strip = growStrip(Math.ceil(width * (1.6 + 0.8 * depth)), Math.ceil(height * 1.25), stand);
      return { strip, near: 0.12 + 0.88 * depth ** 1.5, veil: [0.86 - 0.8 * depth ** 0.8, 0.97 - 0.72 * depth ** 1.3] };
    });
    const rnd = random(look.seed + 3);
    this.birds = Array.from({ length: 9 }, () => ({ x: rnd() * 90, y: rnd() * 42, speed: 46 + rnd() * 7, beat: 2.2 + rnd() }));
  }

  /** Draws one picture into `out`; `time` in seconds moves mist and birds. */
  draw(pose: WoodPose, time: number): void {
    this.sky(time);
    this.fly(time);
    for (const [n, layer] of this.layers.entries()) this.paint(layer, n, pose, time);
  }

  private sky(time: number): void {
    const { width, height, data } = this.out;
    const { sky, mist } = this.look;
    for (let y = 0, i = 0; y < height; y++) {
      const k = Math.min(1, (y / height) * 1.7);
      for (let x = 0; x < width; x++, i += 3) {
        const c = 1 + 0.22 * at(this.mist, x * 0.35 + time * 1.5, y * 0.9);
        data[i] = (sky[0] + (mist[0] - sky[0]) * k) * c;
        data[i + 1] = (sky[1] + (mist[1] - sky[1]) * k) * c;
        data[i + 2] = (sky[2] + (mist[2] - sky[2]) * k) * c;
      }
    }
  }

  private paint({ strip, near, veil }: Layer, n: number, pose: WoodPose, time: number): void {
    const { out, mist } = this;
    const { width, height } = out;
    const grow = 1 / (1 + (pose.zoom - 1) * (0.5 + 0.5 * near));
    const shift = pose.pan * near + n * 137;
    const start = (((-width / 2) * grow + width / 2 + shift) % strip.width) + strip.width;
    const fog = new Float32Array((width >> 2) + 2);
    for (let y = 0; y < height; y++) {
      const sy = (y - height / 2) * grow + height / 2 + pose.lift * near + height * 0.05;
      if (sy < 0 || sy >= strip.height - 1) continue;
      const foot = veil[0] + (veil[1] - veil[0]) * Math.min(1, sy / strip.height);
      // Mist is soft: every fourth column is enough.
      for (let k = 0; k < fog.length; k++) {
        const drift = at(mist, k * 1.2 * grow + shift * 0.3 + time * (3 + 2 * n), sy * 0.75 + n * 90);
        fog[k] = Math.min(1, Math.max(0, foot + 0.45 * drift * (1.1 - foot)));
      }
      this.line(strip, y, sy, start, grow, fog);
    }
  }

  /** One row of a layer over what is there: row `sy` of the strip from sample `start` on, `grow` samples a pixel. */
  private line(strip: Strip, y: number, sy: number, start: number, grow: number, fog: Float32Array): void {
    const { data, width } = this.out;
    const { mist, trees } = this.look;
    const { cover, light } = strip;
    const row = sy | 0;
    const v = sy - row;
    const upper = row * strip.width;
    const lower = upper + strip.width;
    for (let x = 0, i = y * width * 3; x < width; x++, i += 3) {
      const sx = start + x * grow;
      const whole = sx | 0;
      const u = sx - whole;
      let p = whole;
      while (p >= strip.width) p -= strip.width;
      const q = p + 1 === strip.width ? 0 : p + 1;
      const k = (cover[upper + p] * (1 - u) + cover[upper + q] * u) * (1 - v) + (cover[lower + p] * (1 - u) + cover[lower + q] * u) * v;
      if (k < 0.004) continue;
      const bright =
        (light[upper + p] * (1 - u) + light[upper + q] * u) * (1 - v) + (light[lower + p] * (1 - u) + light[lower + q] * u) * v;
      const f = fog[x >> 2] + (fog[(x >> 2) + 1] - fog[x >> 2]) * (x & 3) * 0.25;
      const dark = bright * (1 - f);
      data[i] += k * (mist[0] * f + trees[0] * dark - data[i]);
      data[i + 1] += k * (mist[1] * f + trees[1] * dark - data[i + 1]);
      data[i + 2] += k * (mist[2] * f + trees[2] * dark - data[i + 2]);
    }
  }

  /** Birds far off: two strokes each that beat. */
  private fly(time: number): void {
    const { width, height, data } = this.out;
    const unit = height / 360;
    for (const bird of this.birds) {
      const cx = unit * (bird.x + 60 + bird.speed * time);
      const cy = unit * (48 + bird.y - 4 * time + 3 * Math.sin(time * 1.3 + bird.x));
      const lift = Math.sin(time * bird.beat * 2 * Math.PI + bird.y);
      for (let s = -1; s <= 1; s += 0.04) {
        const x = cx + s * 5.5 * unit;
        const y = cy - Math.abs(s) * lift * 3.2 * unit + s * s * 1.2 * unit;
        const column = Math.round(x);
        const row = Math.round(y);
        if (column < 0 || row < 0 || column >= width || row >= height) continue;
        const i = (row * width + column) * 3;
        for (let c = 0; c < 3; c++) data[i + c] *= 0.86;
      }
    }
  }
}
