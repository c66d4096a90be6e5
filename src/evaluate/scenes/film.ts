import { random } from './noise.js';

/** One picture in linear light: row-major RGB, 1 is a white sheet in the sun. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** How light becomes 8-bit RGB: exposure, colour of white, softness of the lens, and grain in levels. */
export interface Stock {
  readonly exposure: number;
  readonly white: readonly [number, number, number];
  /** Blur of the lens, 0 … 1: how much of a 3 × 3 binomial blur is mixed in. */
  readonly soft: number;
  /** Standard deviation of the grain in 8-bit levels at mid gray. */
  readonly grain: number;
  readonly seed: number;
}

const LUT = 4096;
const GRAIN = 256;
/** Share of the light that spreads. */
const GLOW = 0.06;

/** A camera: turns pictures in linear light into 8-bit RGB frames. Keeps its work space between frames. */
export class Camera {
  private readonly lut = toneCurve();
  private readonly grain: Float32Array;
  private readonly glow: Float32Array;
  private readonly falloff: Float32Array;
  private readonly rows: Float32Array;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly stock: Stock,
  ) {
    this.grain = grainTile(stock.seed);
    this.glow = new Float32Array((width >> 2) * (height >> 2) * 3);
    this.rows = new Float32Array(width * height * 3);
    this.falloff = vignette(width, height);
  }

  /** Develops one picture; `picture` is used up. `frame` moves the grain. Returns packed RGB, `width * height * 3` bytes. */
  develop(picture: Picture, frame: number): Uint8Array {
    this.bloom(picture.data);
    this.soften(picture.data);
    return this.expose(picture.data, frame);
  }

  /** Bright places spill a little light around them. */
  private bloom(data: Float32Array): void {
    const { width, glow } = this;
    const w = width >> 2;
    const h = this.height >> 2;
    for (let y = 0, i = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const j = (y * 4 * width + x * 4) * 3;
        for (let c = 0; c < 3; c++, i++)
          glow[i] = Math.min(8, (data[j + c] + data[j + 6 + c] + data[j + width * 6 + c] + data[j + width * 6 + 6 + c]) / 4);
      }
    }
    for (let pass = 0; pass < 3; pass++) {
      boxBlur(glow, w, h, 3, 3 * w, 3);
      boxBlur(glow, h, w, 3 * w, 3, 3);
    }
    const line = new Float32Array(3 * w);
    for (let y = 0; y < this.height; y++) {
      const fy = Math.min(h - 1.001, Math.max(0, (y - 1.5) / 4));
      const top = (fy | 0) * w * 3;
      const v = (fy - (fy | 0)) * GLOW;
      for (let i = 0; i < 3 * w; i++) line[i] = glow[top + i] * (GLOW - v) + glow[top + i + 3 * w] * v;
      this.brighten(data.subarray(y * width * 3, (y + 1) * width * 3), line);
    }
  }

  /** Adds a quarter-width line to a line of the picture, in linear steps between its samples. */
  private brighten(row: Float32Array, line: Float32Array): void {
    for (let x = 0, i = 0; x < this.width; x++, i += 3) {
      const fx = Math.min(line.length / 3 - 1.001, Math.max(0, (x - 1.5) / 4));
      const j = (fx | 0) * 3;
      const u = fx - (fx | 0);
      row[i] = row[i] * (1 - GLOW) + line[j] * (1 - u) + line[j + 3] * u;
      row[i + 1] = row[i + 1] * (1 - GLOW) + line[j + 1] * (1 - u) + line[j + 4] * u;
      row[i + 2] = row[i + 2] * (1 - GLOW) + line[j + 2] * (1 - u) + line[j + 5] * u;
    }
  }

  /** Mixes in a 3 × 3 binomial blur, as a lens and a sensor's filter do. */
  private soften(data: Float32Array): void {
    const { width, height, rows } = this;
    const k = this.stock.soft / 4;
    const stride = width * 3;
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < 3; c++) rows[y * stride + c] = data[y * stride + c];
      for (let c = 1; c <= 3; c++) rows[(y + 1) * stride - c] = data[(y + 1) * stride - c];
      for (let i = y * stride + 3, end = (y + 1) * stride - 3; i < end; i++)
        rows[i] = data[i] + k * (data[i - 3] + data[i + 3] - 2 * data[i]);
    }
    for (let i = stride, end = (height - 1) * stride; i < end; i++)
      data[i] = rows[i] + k * (rows[i - stride] + rows[i + stride] - 2 * rows[i]);
  }

  private expose(data: Float32Array, frame: number): Uint8Array {
    const { width, height, lut, grain, falloff, stock } = this;
    const out = new Uint8Array(width * height * 3);
    const rnd = random(stock.seed * 31 + frame);
    const ox = (rnd() * GRAIN) | 0;
    const oy = (rnd() * GRAIN) | 0;
    const gains = stock.white.map((w) => w * stock.exposure * (LUT / 16));
    for (let y = 0, p = 0, i = 0; y < height; y++) {
      const row = ((y + oy) & (GRAIN - 1)) * GRAIN;
      for (let x = 0; x < width; x++, p++) {
        const g = (row + ((x + ox) & (GRAIN - 1))) * 3;
        for (let c = 0; c < 3; c++, i++) {
          const level = lut[Math.min(LUT - 1, Math.max(0, data[i] * falloff[p] * gains[c])) | 0];
          // Grain is strongest in the middle of the scale and gone at its ends.
          const value = level + grain[g + c] * stock.grain * (0.35 + (2.6 * level * (255 - level)) / 65025);
          out[i] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
        }
      }
    }
    return out;
  }
}

/** Scene light 0 … 16 to 0 … 255: a shoulder for highlights (Narkowicz's fit of the ACES curve, 2015), then the sRGB-like power. */
function toneCurve(): Float32Array {
  return Float32Array.from({ length: LUT }, (_, i) => {
    const x = (i / LUT) * 16 * 0.6;
    const y = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14);
    return 255 * Math.pow(Math.min(1, y), 1 / 2.2);
  });
}

/** Noise with a little width, mostly the same in the three layers, spread 1. */
function grainTile(seed: number): Float32Array {
  const rnd = random(seed ^ 0x51ed27);
  const normal = (): number => rnd() + rnd() + rnd() + rnd() - 2;
  const raw = Float32Array.from({ length: GRAIN * GRAIN * 3 }, normal);
  const out = new Float32Array(raw.length);
  for (let y = 0; y < GRAIN; y++) {
    for (let x = 0; x < GRAIN; x++) {
      const p = (y * GRAIN + x) * 3;
      const right = (y * GRAIN + ((x + 1) & (GRAIN - 1))) * 3;
      const below = (((y + 1) & (GRAIN - 1)) * GRAIN + x) * 3;
      const luma = raw[p] + 0.5 * (raw[right] + raw[below]);
      for (let c = 0; c < 3; c++) out[p + c] = 1.25 * luma + 0.5 * raw[p + c];
    }
  }
  return out;
}

function vignette(width: number, height: number): Float32Array {
  const out = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const u = (2 * x - width) / width;
      const v = (2 * y - height) / width;
      out[i] = 1 / (1 + 0.22 * (u * u + v * v)) ** 2;
    }
  }
  return out;
}

/** Running mean over 2 * radius + 1 samples along lines of `length` samples, three channels, in place. */
function boxBlur(data: Float32Array, length: number, lines: number, step: number, lineStep: number, radius: number): void {
  const line = new Float32Array(length);
  const scale = 1 / (2 * radius + 1);
  for (let l = 0; l < lines; l++) {
    for (let c = 0; c < 3; c++) {
      const base = l * lineStep + c;
      for (let i = 0; i < length; i++) line[i] = data[base + i * step];
      let sum = line[0] * radius;
      for (let i = 0; i <= radius; i++) sum += line[Math.min(i, length - 1)];
      for (let i = 0; i < length; i++) {
        data[base + i * step] = sum * scale;
        sum += line[Math.min(length - 1, i + radius + 1)] - line[Math.max(0, i - radius)];
      }
    }
  }
}
