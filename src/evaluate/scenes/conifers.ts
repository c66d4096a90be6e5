import { random, smoothstep } from './noise.js';

/** A strip of forest that repeats sideways: how much of the background it covers and how bright it is, both 0 … about 1, row-major. */
export interface Strip {
  readonly width: number;
  readonly height: number;
  readonly cover: Float32Array;
  readonly light: Float32Array;
}

/** What stands on a strip: tree height in samples, how densely, and where its ridge lies as a share of its height. */
export interface Stand {
  readonly seed: number;
  readonly tall: number;
  readonly spacing: number;
  readonly ridge: number;
  readonly waves: number;
}

/** Draws a wooded ridge of spruces, back row first. */
export function growStrip(width: number, height: number, stand: Stand): Strip {
  const strip: Strip = { width, height, cover: new Float32Array(width * height), light: new Float32Array(width * height) };
  const rnd = random(stand.seed);
  const phase = [rnd() * 6, rnd() * 6, rnd() * 6];
  const ridge = (x: number): number => {
    const a = (x / width) * 2 * Math.PI;
    const wave = Math.sin(a + phase[0]) + 0.5 * Math.sin(2 * a + phase[1]) + 0.22 * Math.sin(5 * a + phase[2]);
    return height * stand.ridge + wave * stand.waves;
  };
  fillBelow(strip, ridge, rnd);
  for (let row = 0; row < 4; row++) {
    for (let x = 0; x < width; x += stand.spacing * (0.45 + rnd() * 1.1)) {
      const tall = stand.tall * (0.5 + 0.65 * rnd() * (0.7 + 0.1 * row));
      tree(strip, x, ridge(x) + row * stand.tall * 0.38 + tall * 0.25, tall, rnd);
    }
  }
  return strip;
}

function fillBelow({ width, height, cover, light }: Strip, ridge: (x: number) => number, rnd: () => number): void {
  for (let x = 0; x < width; x++) {
    const top = ridge(x);
    for (let y = Math.max(0, Math.floor(top)); y < height; y++) {
      cover[y * width + x] = smoothstep(top, top + 6, y);
      light[y * width + x] = 0.35 + 0.25 * rnd();
    }
  }
}

/** One spruce: a thin trunk, and branches that droop and lift again at their tips, made of hanging needles. */
function tree(strip: Strip, x: number, foot: number, tall: number, rnd: () => number): void {
  const slim = 0.13 + 0.08 * rnd();
  const lean = (rnd() - 0.5) * 0.04;
  const tone = 0.75 + 0.5 * rnd();
  for (let y = 0; y < tall * 0.98; y += 0.5) dab(strip, x + lean * y, foot - y, 0.5 + 0.012 * (tall - y), 0.45 * tone, 0.9);
  const gap = Math.max(0.9, tall * 0.012);
  for (let y = tall; y > tall * 0.06; y -= gap * (0.6 + 0.8 * rnd())) {
    const down = 1 - y / tall;
    const reach = tall * slim * Math.pow(down, 0.75) * (0.55 + 0.75 * rnd());
    for (const side of [-1, 1]) {
      const droop = 0.25 + 0.35 * rnd();
      const length = reach * (0.7 + 0.5 * rnd());
      for (let r = 0; r < length; r += 0.8) {
        const t = r / Math.max(1, length);
        const sag = length * droop * (t - 0.45 * t * t);
        const bright = tone * (0.45 + 0.75 * t * t + 0.35 * (rnd() - 0.5) + 0.12 * side);
        needles(strip, x + lean * y + side * r, foot - y + sag, 1 + tall * 0.016 * (1 - 0.6 * t) * (0.4 + 1.2 * rnd()), bright);
      }
    }
  }
}

function needles(strip: Strip, x: number, y: number, length: number, bright: number): void {
  for (let k = 0; k < length; k++) dab(strip, x, y + k, 0.62, bright * (1 - 0.35 * (k / length)), 0.7);
}

/** Paints a soft dot about as wide as `width` samples, at most three columns. */
function dab({ width, height, cover, light }: Strip, x: number, y: number, wide: number, bright: number, alpha: number): void {
  const row = Math.round(y);
  if (row < 0 || row >= height) return;
  for (let c = Math.floor(x - wide); c <= x + wide; c++) {
    const share = alpha * Math.min(1, Math.max(0, wide + 0.5 - Math.abs(x - c)));
    if (share <= 0) continue;
    const i = row * width + (((c % width) + width) % width);
    const now = cover[i] + share * (1 - cover[i]);
    light[i] = (light[i] * cover[i] * (1 - share) + bright * share) / Math.max(1e-4, cover[i] * (1 - share) + share);
    cover[i] = now;
  }
}
