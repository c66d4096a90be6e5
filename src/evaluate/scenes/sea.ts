import type { Rgb, Sky } from './air.js';
import type { Picture } from './film.js';
import { at, fractal, pyramid, random, smoothstep, type Tile } from './noise.js';
import { boatSprite, drawBoat, type Sprite } from './boat.js';

/** What the sea scene looks like. */
export interface SeaLook {
  readonly seed: number;
  /** Colour of light that comes out of the water itself, linear. */
  readonly body: Rgb;
  /** Ridges on the far shore, nearest last: height in metres, distance in metres. */
  readonly ridges: readonly { readonly height: number; readonly distance: number; readonly colour: Rgb }[];
  /** Colour of the light on the boat; 1, 1, 1 is an evening's. */
  readonly light: Rgb;
  /** Steepness of the waves; 1 is a light breeze. */
  readonly swell: number;
}

/** Camera over the sea: height in metres, heading and tilt in radians (tilt down is positive), `zoom` as focal length over picture width. */
export interface SeaPose {
  readonly height: number;
  readonly heading: number;
  readonly tilt: number;
  readonly roll: number;
  readonly zoom: number;
}

/** Where the boat is: metres to the side and away, and how far its mast leans in radians. */
export interface BoatPlace {
  readonly side: number;
  readonly distance: number;
  readonly lean: number;
}

const SIZE = 512;

/** Open water to the horizon under a sky: every pixel mirrors the sky by the slope of the waves that it sees. */
export class Sea {
  private readonly slopeX: readonly Tile[];
  private readonly slopeZ: readonly Tile[];
  private readonly skyline: readonly Float32Array[];
  private boat: Sprite | undefined;

  constructor(
    private readonly look: SeaLook,
    private readonly sky: Sky,
    private readonly out: Picture,
  ) {
    const waves = fractal(SIZE, 8, look.seed, 0.62);
    const x = new Float32Array(SIZE * SIZE);
    const z = new Float32Array(SIZE * SIZE);
    const mask = SIZE - 1;
    for (let j = 0, i = 0; j < SIZE; j++) {
      for (let k = 0; k < SIZE; k++, i++) {
        x[i] = waves.data[j * SIZE + ((k + 1) & mask)] - waves.data[j * SIZE + ((k - 1) & mask)];
        z[i] = waves.data[((j + 1) & mask) * SIZE + k] - waves.data[((j - 1) & mask) * SIZE + k];
      }
    }
    this.slopeX = pyramid({ size: SIZE, data: x }, 7);
    this.slopeZ = pyramid({ size: SIZE, data: z }, 7);
    this.skyline = look.ridges.map((_, n) => ridgeLine(look.seed + 11 * n));
  }

  /** Draws one picture into `out`; `time` in seconds. */
  draw(pose: SeaPose, boat: BoatPlace | undefined, time: number): void {
    const { width, height } = this.out;
    const focal = pose.zoom * width;
    const centre = height / 2 - Math.tan(pose.tilt) * focal;
    for (let p = 0; p < height; p++) {
      for (let column = 0; column < width; column++) {
        const horizon = centre + Math.tan(pose.roll) * (column - width / 2);
        const i = (p * width + column) * 3;
        const u = (column + 0.5 - width / 2) / focal;
        const v = (horizon - p - 0.5) / focal;
        if (v > 0) this.air(i, pose.heading, u, v);
        else this.water(i, pose, u, v, focal, time);
      }
    }
    if (!boat) return;
    this.boat ??= boatSprite((1.5 * focal) / boat.distance, this.look.light);
    drawBoat(this.out, this.boat, { ...boat, focal, centre, roll: pose.roll, eye: pose.height }, time);
  }

  private air(i: number, heading: number, u: number, v: number): void {
    const { data } = this.out;
    const { ridges } = this.look;
    const norm = 1 / Math.sqrt(1 + u * u + v * v);
    const dx = (Math.sin(heading) + Math.cos(heading) * u) * norm;
    const dz = (Math.cos(heading) - Math.sin(heading) * u) * norm;
    const c = this.sky.colour(dx, Math.max(0.002, v * norm), dz);
    let r = c[0];
    let g = c[1];
    let b = c[2];
    const bearing = ((heading + Math.atan(u)) / (2 * Math.PI)) * 4096 * 4;
    for (let n = 0; n < ridges.length; n++) {
      const line = this.skyline[n];
      const k = Math.floor(bearing * (1 + 0.3 * n));
      const f = bearing * (1 + 0.3 * n) - k;
      const top = (line[k & 4095] * (1 - f) + line[(k + 1) & 4095] * f) * (ridges[n].height / ridges[n].distance);
      const cover = smoothstep(top + 0.0009, top - 0.0009, v);
      if (cover <= 0) continue;
      const { colour } = ridges[n];
      const haze = 0.85 + 0.3 * smoothstep(top, 0, v);
      r += cover * (colour[0] * haze - r);
      g += cover * (colour[1] * haze - g);
      b += cover * (colour[2] * haze - b);
    }
    data[i] = r;
    data[i + 1] = g;
    data[i + 2] = b;
  }

  private water(i: number, pose: SeaPose, u: number, v: number, focal: number, time: number): void {
    const { data } = this.out;
    const { body, swell, ridges } = this.look;
    const far = Math.min(4000, pose.height / Math.max(1e-4, -v));
    const sin = Math.sin(pose.heading);
    const cos = Math.cos(pose.heading);
    const x = (sin + cos * u) * far;
    const z = (cos - sin * u) * far;
    // Looking flat, a pixel covers more water lengthwise than across: the level follows the geometric mean of both.
    const foot = (far / focal) * Math.sqrt(far / pose.height) * 5;
    const fine = Math.min(6, Math.max(0, Math.log2(foot))) | 0;
    const k = 5 / (1 << fine);
    const wide = Math.max(0, fine - 3);
    const q = 0.7 / (1 << wide);
    const t = time;
    const ax =
      at(this.slopeX[fine], (x + t * 1.3) * k, (z + t * 0.5) * k) + 1.6 * at(this.slopeX[wide], (x - t * 1.1) * q, (z - t * 1.7) * q);
    const az =
      at(this.slopeZ[fine], (x + t * 1.3) * k, (z + t * 0.5) * k) + 1.6 * at(this.slopeZ[wide], (x - t * 1.1) * q, (z - t * 1.7) * q);
    const sx = ax * swell;
    const sz = az * swell;
    const len = 1 / Math.sqrt(1 + u * u + v * v);
    const dx = (sin + cos * u) * len;
    const dz = (cos - sin * u) * len;
    const dy = v * len;
    const nn = 1 / Math.sqrt(1 + sx * sx + sz * sz);
    const turned = -(dy - dx * sx - dz * sz) * nn;
    // Waves seen from behind fade out softly: a hard limit would draw their outlines.
    const facing = 0.5 * (turned + Math.sqrt(turned * turned + 0.006));
    const rx = dx - 2 * facing * sx * nn;
    const rz = dz - 2 * facing * sz * nn;
    const rise = dy + 2 * facing * nn;
    const ry = 0.5 * (rise + Math.sqrt(rise * rise + 0.004));
    const c = this.sky.colour(rx, ry, rz);
    const miss = 1 - facing;
    const share = 0.03 + 0.97 * miss * miss * miss * miss * miss;
    // Near the far shore the water mirrors its dark foot.
    const shade = ridges.length ? 1 - 0.55 * smoothstep(0.06, 0.004, ry) : 1;
    const fog = 1 - Math.exp(-far / 2600);
    const [hr, hg, hb] = this.sky.weather.horizon;
    data[i] = (c[0] * share * shade + body[0] * (1 - share)) * (1 - fog) + hr * 0.55 * fog;
    data[i + 1] = (c[1] * share * shade + body[1] * (1 - share)) * (1 - fog) + hg * 0.55 * fog;
    data[i + 2] = (c[2] * share * shade + body[2] * (1 - share)) * (1 - fog) + hb * 0.6 * fog;
  }
}

/** Outline of hills around the whole horizon, 0 … about 1, 4096 samples. */
function ridgeLine(seed: number): Float32Array {
  const rnd = random(seed);
  const out = new Float32Array(4096);
  for (let waves = 6, gain = 0.5; waves < 2048; waves *= 2, gain *= 0.52) {
    const knots = Float32Array.from({ length: waves }, () => rnd());
    for (let i = 0; i < 4096; i++) {
      const t = (i / 4096) * waves;
      const k = t | 0;
      const f = smoothstep(0, 1, t - k);
      out[i] += gain * (knots[k] * (1 - f) + knots[(k + 1) % waves] * f);
    }
  }
  return out;
}
