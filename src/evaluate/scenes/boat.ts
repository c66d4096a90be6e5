import type { Rgb } from './air.js';
import type { Picture } from './film.js';

/** Where the boat stands in the picture: metres and radians; `focal` in pixels, `centre` the horizon's row in the middle. */
export interface BoatView {
  readonly side: number;
  readonly distance: number;
  readonly lean: number;
  readonly focal: number;
  readonly centre: number;
  readonly roll: number;
  readonly eye: number;
}

type Point = readonly [number, number];
interface Part {
  readonly outline: readonly Point[];
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

/** A small sloop, metres from the middle of its waterline; sails are lit through from behind. Colours from foot to top, linear. */
const PARTS: readonly Part[] = [
  { outline: curve([-0.25, 1.6], [-0.1, 7], [0.15, 12.3], 0.02), low: [0.42, 0.27, 0.17], high: [0.62, 0.42, 0.27] },
  {
    outline: [
      [0.02, 1.3],
      [0.1, 13],
      [0.2, 13],
      [0.16, 1.3],
    ],
    low: [0.05, 0.04, 0.04],
    high: [0.1, 0.08, 0.07],
  },
  { outline: sail([0.3, 1.7], [0.25, 12.6], [4.6, 1.9], 0.55), low: [0.5, 0.33, 0.2], high: [0.78, 0.55, 0.36] },
  { outline: sail([-0.2, 11.6], [-4.1, 1.35], [-0.6, 1.8], 0.45), low: [0.46, 0.3, 0.19], high: [0.7, 0.49, 0.32] },
  {
    outline: [
      [0.2, 1.75],
      [4.8, 1.9],
      [4.8, 1.75],
      [0.2, 1.6],
    ],
    low: [0.05, 0.03, 0.03],
    high: [0.05, 0.03, 0.03],
  },
  {
    outline: [
      [-1, 0.95],
      [-0.6, 1.45],
      [1.7, 1.4],
      [2, 0.95],
    ],
    low: [0.09, 0.06, 0.05],
    high: [0.14, 0.1, 0.08],
  },
  {
    outline: [
      [2.55, 1.0],
      [2.5, 1.75],
      [2.72, 2.02],
      [2.95, 1.75],
      [3.05, 1.0],
    ],
    low: [0.04, 0.025, 0.02],
    high: [0.07, 0.04, 0.03],
  },
  {
    outline: [
      [-4.6, 1.15],
      [-3.7, 0.3],
      [-2.9, -0.15],
      [3.6, -0.15],
      [4.4, 0.95],
      [0, 0.85],
    ],
    low: [0.018, 0.018, 0.025],
    high: [0.06, 0.05, 0.055],
  },
];

/** A picture with soft edges: premultiplied linear RGBA, row-major from the top; `scale` samples a metre. */
export interface Sprite {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly data: Float32Array;
}

const HALF = 6;
const HIGH = 14;
const DEEP = 1;

/** Renders the boat once, 16 samples a pixel, in a light of the colour `light` (1, 1, 1 is the evening's). */
export function boatSprite(scale: number, light: Rgb): Sprite {
  const width = Math.ceil(2 * HALF * scale);
  const height = Math.ceil((HIGH + DEEP) * scale);
  const data = new Float32Array(width * height * 4);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 4) {
      for (let s = 0; s < 16; s++) {
        const x = (column + ((s & 3) + 0.5) / 4) / scale - HALF;
        const y = HIGH - (row + ((s >> 2) + 0.5) / 4) / scale;
        const part = partAt(x, y);
        if (!part) continue;
        const t = Math.min(1, Math.max(0, y / 12));
        for (let c = 0; c < 3; c++) data[i + c] += (light[c] * (part.low[c] + (part.high[c] - part.low[c]) * t)) / 16;
        data[i + 3] += 1 / 16;
      }
    }
  }
  return { width, height, scale, data };
}

/** Draws the boat and its broken mirror image. */
export function drawBoat(out: Picture, sprite: Sprite, view: BoatView, time: number): void {
  const { width, height, data } = out;
  const scale = view.focal / view.distance;
  const cx = width / 2 + view.side * scale;
  const foot = view.centre + Math.tan(view.roll) * (cx - width / 2) + view.eye * scale;
  const cos = Math.cos(view.lean);
  const sin = Math.sin(view.lean);
  const pixel = [0, 0, 0, 0];
  for (let p = Math.max(0, Math.floor(foot - HIGH * scale)); p < Math.min(height, foot + 10 * scale); p++) {
    const deep = (p + 0.5 - foot) / scale;
    const mirrored = deep > 0.15;
    for (let column = Math.max(0, Math.floor(cx - HALF * scale)); column < Math.min(width, cx + HALF * scale); column++) {
      let x = (column + 0.5 - cx) / scale;
      let y = -deep;
      if (mirrored) {
        const wave = Math.sin(y * 9 + time * 5) + 0.7 * Math.sin(y * 23 - time * 8 + x * 2);
        x += wave * (0.12 - y * 0.03);
        y = -y * 1.15 + 0.06 * wave;
      }
      if (!sample(sprite, x * cos - y * sin, x * sin + y * cos, pixel)) continue;
      const share = mirrored ? Math.max(0, 0.5 - deep / 20) : 1;
      const i = (p * width + column) * 3;
      for (let c = 0; c < 3; c++) data[i + c] = data[i + c] * (1 - share * pixel[3]) + share * pixel[c];
    }
  }
}

/** Bilinear look at a place in metres; false where the sprite is empty. */
function sample({ width, height, scale, data }: Sprite, x: number, y: number, out: number[]): boolean {
  const fx = (x + HALF) * scale - 0.5;
  const fy = (HIGH - y) * scale - 0.5;
  const x0 = Math.floor(fx);
  const y0 = Math.floor(fy);
  if (x0 < 0 || y0 < 0 || x0 >= width - 1 || y0 >= height - 1) return false;
  const u = fx - x0;
  const v = fy - y0;
  const i = (y0 * width + x0) * 4;
  const low = i + width * 4;
  for (let c = 0; c < 4; c++)
    out[c] = (data[i + c] * (1 - u) + data[i + 4 + c] * u) * (1 - v) + (data[low + c] * (1 - u) + data[low + 4 + c] * u) * v;
  return out[3] > 0.002;
}

function partAt(x: number, y: number): Part | undefined {
  for (let n = PARTS.length - 1; n >= 0; n--) if (inside(PARTS[n].outline, x, y)) return PARTS[n];
  return undefined;
}

function inside(outline: readonly Point[], x: number, y: number): boolean {
  let odd = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [xi, yi] = outline[i];
    const [xj, yj] = outline[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

/** A triangle whose long free edge (from the second point to the third) bellies out by `belly` metres. */
function sail(a: Point, b: Point, c: Point, belly: number): Point[] {
  const edge = Array.from({ length: 13 }, (_, i): Point => {
    const t = i / 12;
    const out = belly * 4 * t * (1 - t) * Math.sign(c[0]);
    return [b[0] + (c[0] - b[0]) * t + out, b[1] + (c[1] - b[1]) * t + 0.25 * Math.abs(out)];
  });
  return [a, ...edge];
}

/** A thin line along three points, `half` metres to each side. */
function curve(a: Point, b: Point, c: Point, half: number): Point[] {
  const left = [a, b, c].map(([x, y]): Point => [x - half, y]);
  return [...left, ...[c, b, a].map(([x, y]): Point => [x + half, y])];
}
