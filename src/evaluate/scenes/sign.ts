import sharp from 'sharp';
import type { Dice } from '../dice.js';
import { FACES, setLine } from '../marks/text.js';
import type { Picture } from './film.js';
import type { View } from './shots.js';

/** A board with writing that stands in a scene: not a mark, and not to be touched. */
export interface Sign {
  /** RGBA, not premultiplied. */
  readonly texture: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Corners in the unmoved picture in shares of its width and height: upper left, upper right, lower right, lower left. */
  readonly corners: readonly Point[];
}

type Point = readonly [x: number, y: number];

const WORDS = ['HARBOUR 2', 'CAFÉ MIRADOR', 'TRAIL 47', 'SLOW DOWN', 'FERRY TO OSTE', 'PRIVATE ROAD'];
const WIDTH = 480;
const HEIGHT = 150;

/** Draws a board of a random look, seen a little from the side. */
export async function makeSign(dice: Dice): Promise<Sign> {
  const word = dice.pick(WORDS);
  const [board, ink] = dice.pick([
    ['#1d5c3a', '#f5f5f0'],
    ['#f2ead6', '#252525'],
    ['#1c3f86', '#ffffff'],
    ['#d9b62f', '#181818'],
  ] as const);
  const line = await setLine(word, FACES[0], 60);
  const scale = Math.min(1.2, (WIDTH * 0.86) / line.width);
  const text = `<g transform="translate(${(WIDTH - line.width * scale) / 2} 74) scale(${scale.toFixed(3)})">${line.ink(ink)}</g>`;
  const posts = `<rect x="60" y="100" width="14" height="50" fill="#4a3c2c"/><rect x="406" y="100" width="14" height="50" fill="#4a3c2c"/>`;
  const plate = `<rect x="4" y="4" width="${WIDTH - 8}" height="100" rx="6" fill="${board}" stroke="${ink}" stroke-width="4"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${posts}${plate}${text}</svg>`;
  const texture = new Uint8Array(await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer());
  return { texture, width: WIDTH, height: HEIGHT, corners: throwCorners(dice) };
}

function throwCorners(dice: Dice): Point[] {
  const [wide, high] = [dice.between(0.3, 0.42), dice.between(0.17, 0.22)];
  const [x, y] = [dice.between(0.12, 0.55), dice.between(0.52, 0.7)];
  const [left, right] = dice.chance(0.5) ? [0, dice.between(0.02, 0.05)] : [dice.between(0.02, 0.05), 0];
  return [
    [x, y + left],
    [x + wide, y + right],
    [x + wide, y + high - right],
    [x, y + high - left],
  ];
}

/** Draws the board into a picture in linear light, as the camera sees it at this moment. Four samples a pixel. */
export function drawSign(out: Picture, sign: Sign, view: View): void {
  const { width, height, data } = out;
  const corners = sign.corners.map((corner) => seen(corner, view, width, height));
  const toTexture = homography(corners, sign.width, sign.height);
  const x0 = Math.max(0, Math.floor(Math.min(...corners.map(([x]) => x))));
  const x1 = Math.min(width - 1, Math.ceil(Math.max(...corners.map(([x]) => x))));
  const y0 = Math.max(0, Math.floor(Math.min(...corners.map(([, y]) => y))));
  const y1 = Math.min(height - 1, Math.ceil(Math.max(...corners.map(([, y]) => y))));
  const light = [0, 0, 0, 0];
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      light.fill(0);
      for (let s = 0; s < 4; s++) addSample(light, sign, toTexture, x + 0.25 + 0.5 * (s & 1), y + 0.25 + 0.5 * (s >> 1));
      const cover = light[3] / 4;
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) data[i + c] = data[i + c] * (1 - cover) + light[c] / 4;
    }
  }
}

/** Where a corner is in the picture, in samples. */
function seen([u, v]: Point, { x, y, scale, roll }: View, width: number, height: number): Point {
  const [dx, dy] = [(u - 0.5) * width * scale, (v - 0.5) * height * scale];
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  return [width / 2 + cos * dx - sin * dy + x, height / 2 + sin * dx + cos * dy + y];
}

/** Adds the light of the board at a place of the picture, bilinear, weighted by its alpha. */
function addSample(light: number[], { texture, width, height }: Sign, h: readonly number[], x: number, y: number): void {
  const w = h[6] * x + h[7] * y + 1;
  const u = (h[0] * x + h[1] * y + h[2]) / w - 0.5;
  const v = (h[3] * x + h[4] * y + h[5]) / w - 0.5;
  if (u < 0 || v < 0 || u >= width - 1 || v >= height - 1) return;
  const [column, row] = [u | 0, v | 0];
  for (let k = 0; k < 4; k++) {
    const [ox, oy] = [k & 1, k >> 1];
    const share = (ox ? u - column : 1 - u + column) * (oy ? v - row : 1 - v + row);
    const i = ((row + oy) * width + column + ox) * 4;
    const alpha = (texture[i + 3] / 255) * share;
    for (let c = 0; c < 3; c++) light[c] += alpha * 0.85 * (texture[i + c] / 255) ** 2.2;
    light[3] += alpha;
  }
}

/** The plane projection that takes four corners of the picture to those of a texture: eight coefficients, the ninth is 1. */
function homography(corners: readonly Point[], width: number, height: number): number[] {
  const targets: Point[] = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ];
  const rows = corners.flatMap(([x, y], i) => {
    const [u, v] = targets[i];
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ];
  });
  return solve(rows);
}

/** Gaussian elimination with pivots; each row ends with its right-hand side. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let r = k + 1; r < n; r++) if (Math.abs(rows[r][k]) > Math.abs(rows[pivot][k])) pivot = r;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let r = 0; r < n; r++) {
      if (r === k) continue;
      const share = rows[r][k] / rows[k][k];
      for (let c = k; c <= n; c++) rows[r][c] -= share * rows[k][c];
    }
  }
  return rows.map((row, k) => row[n] / row[k]);
}
