import type { Box } from '../../core/area.js';
import { Kernels } from '../kernels/kernels.js';
import { growMap, regionsOf } from '../maps/regions.js';

/** Neighbouring blocks that shift alike, and not as the picture does. */
export interface Mover {
  /** Where they lie in the earlier picture. */
  readonly box: Box;
  /** Samples from the earlier picture to the later. */
  readonly dx: number;
  readonly dy: number;
  readonly blocks: number;
  /** Share of the moving blocks elsewhere that shift alike: much of it where the camera moves. */
  readonly company: number;
}

/** Samples of a side. The kernel knows SIDE, REACH and CAP, and how differences are summed up, too. */
const SIDE = 6;
/** Samples compared of a block: every second, in chequers. */
const SAMPLES = (SIDE * SIDE) / 2;
const REACH = 8;
/** Smaller eigenvalue of the structure tensor from which a block can be found again, levels squared. */
const TEXTURE = 16;
/** Mean difference, in levels, of a block that has moved, of one found again, and the share it must fall to. */
const MOVED = 5;
const FOUND = 8;
const FALLS = 0.55;
/** Difference, in levels, that counts at most: a part of a block may show what is behind the mover. */
const CAP = 24;
/** Blocks searched in one look; where more have moved, the next look goes on with the others. */
const MOST = 4000;
/** Blocks round a mover by which it is judged whether they move along, at least; and at most, about. */
const ROUND = 6;
const ROUND_MOST = 300;
/** Blocks from a mover within which others may be parts of it, as a name beside a badge. */
const BESIDE = 8;
/** Parts of the picture, each way, that vote for the shift of the camera. */
const PARTS = 9;
/** Share of the picture that a mark's blocks may cover, and of its width and height that they may span. */
const LARGEST = 0.1;
const WIDEST = 0.6;
const HIGHEST = 0.4;

/** Finds what moves by itself between two pictures: blocks are found again at a shift of at most {@link REACH} samples. */
export class MoverFinder {
  private readonly columns: number;
  private readonly rows: number;
  /** Of each block: whether it was found, and where. */
  private readonly found: Uint8Array;
  private readonly texture: Float32Array;
  private readonly dx: Int8Array;
  private readonly dy: Int8Array;
  private from = 0;
  private readonly kernels: Kernels;
  /** The two pictures of a look, and room for the kernel. */
  private readonly earlier: Uint8Array;
  private readonly later: Uint8Array;
  private readonly lanes: Uint16Array;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    this.columns = Math.floor((width - 2) / SIDE);
    this.rows = Math.floor((height - 2) / SIDE);
    this.found = new Uint8Array(this.columns * this.rows);
    this.texture = new Float32Array(this.found.length);
    this.dx = new Int8Array(this.found.length);
    this.dy = new Int8Array(this.found.length);
    this.kernels = new Kernels(2 * width * height + 32, 3);
    this.earlier = this.kernels.place(Uint8Array, width * height);
    this.later = this.kernels.place(Uint8Array, width * height);
    this.lanes = this.kernels.place(Uint16Array, 16);
  }

  /** The movers between two pictures of a shot, row-major luma, largest first. */
  look(a: Uint8Array, b: Uint8Array): Mover[] {
    this.earlier.set(a);
    this.later.set(b);
    const textured = this.textured(a);
    const camera = this.camera();
    this.found.fill(0);
    const moving = textured.filter((block) => {
      const at = this.corner(block);
      if (this.difference(a, b, at, 0, 0, MOVED * SAMPLES) <= MOVED * SAMPLES) return false;
      return this.difference(a, b, at, camera.dx, camera.dy, MOVED * SAMPLES) > MOVED * SAMPLES;
    });
    const count = Math.min(MOST, moving.length);
    for (let i = 0; i < count; i++) this.search(a, b, moving[(this.from + i) % moving.length], camera);
    this.from += count;
    return this.groups(textured.length).sort((p, q) => q.blocks - p.blocks);
  }

  /**
   * How much of what lies round something moves along with it between two pictures, as the scene does round a part of itself:
   * share of the blocks changed round its place `own` in the first picture that are found at its shift, at most a sample off,
   * less the share found at that shift turned round. Undefined where too little has changed to tell.
   *
   * @param blocks textured ones of the first picture
   */
  companionship(a: Uint8Array, b: Uint8Array, blocks: readonly number[], own: Box, dx: number, dy: number): number | undefined {
    const round = this.round(blocks, own).filter((at) => this.difference(a, b, at, 0, 0, MOVED * SAMPLES) > MOVED * SAMPLES);
    if (round.length < ROUND) return undefined;
    const stride = Math.ceil(round.length / ROUND_MOST);
    const asked = round.filter((_, i) => i % stride === 0);
    const share = (u: number, v: number): number => asked.filter((at) => this.alike(a, b, at, u, v)).length / asked.length;
    return share(dx, dy) - (share(-dy, dx) + share(dy, -dx) + share(-dx, -dy)) / 3;
  }

  /** Corners of the blocks that lie about a window, up to its longer side away, but not in it. */
  private round(blocks: readonly number[], { x, y, width, height }: Box): number[] {
    const far = Math.max(width, height);
    return blocks.flatMap((block) => {
      const at = this.corner(block);
      const top = Math.floor(at / this.width);
      const left = at - top * this.width;
      if (left < x - far || top < y - far || left + SIDE > x + width + far || top + SIDE > y + height + far) return [];
      return left + SIDE > x && top + SIDE > y && left < x + width && top < y + height ? [] : [at];
    });
  }

  /** Whether a block that has changed is found again at a shift, or beside it. */
  private alike(a: Uint8Array, b: Uint8Array, at: number, dx: number, dy: number): boolean {
    const least = Math.min(FOUND * SAMPLES, FALLS * this.difference(a, b, at, 0, 0, Infinity));
    for (let v = dy - 1; v <= dy + 1; v++)
      for (let u = dx - 1; u <= dx + 1; u++) if (this.difference(a, b, at, u, v, least) <= least) return true;
    return false;
  }

  /** Luma index of a block's upper left corner; a border of one sample is left. */
  private corner(block: number): number {
    const row = Math.floor(block / this.columns);
    return (1 + row * SIDE) * this.width + 1 + (block - row * this.columns) * SIDE;
  }

  /** The blocks that have structure both ways: they can be found again. */
  textured(a: Uint8Array): number[] {
    const { width } = this;
    const out: number[] = [];
    for (let block = 0; block < this.found.length; block++) {
      const at = this.corner(block);
      let [xx, xy, yy] = [0, 0, 0];
      for (let r = 0; r < SIDE; r++) {
        for (let p = at + r * width + (r & 1), end = at + r * width + SIDE; p < end; p += 2) {
          const gx = a[p + 1] - a[p - 1];
          const gy = a[p + width] - a[p - width];
          xx += gx * gx;
          xy += gx * gy;
          yy += gy * gy;
        }
      }
      const smaller = (xx + yy - Math.sqrt((xx - yy) * (xx - yy) + 4 * xy * xy)) / 2;
      this.texture[block] = smaller;
      if (smaller > 4 * SAMPLES * TEXTURE) out.push(block);
    }
    return out;
  }

  /** The shift that most parts of the picture share: each votes with its most textured block, however little that is. */
  private camera(): { dx: number; dy: number } {
    const { columns, rows, texture } = this;
    const chosen = new Int32Array(PARTS * PARTS).fill(-1);
    for (let block = 0; block < texture.length; block++) {
      const row = Math.floor(block / columns);
      const part = Math.floor((row * PARTS) / rows) * PARTS + Math.floor(((block - row * columns) * PARTS) / columns);
      if (chosen[part] < 0 || texture[block] > texture[chosen[part]]) chosen[part] = block;
    }
    const n = 2 * REACH + 1;
    const votes = new Uint16Array(n * n);
    for (const block of chosen) {
      if (block < 0) continue;
      const { dx, dy } = this.best(block);
      votes[(dy + REACH) * n + dx + REACH]++;
    }
    const most = votes.reduce((best, v, i) => (v > votes[best] ? i : best), REACH * n + REACH);
    return { dx: (most % n) - REACH, dy: Math.floor(most / n) - REACH };
  }

  private search(a: Uint8Array, b: Uint8Array, block: number, camera: { dx: number; dy: number }): void {
    const at = this.corner(block);
    const stood = this.difference(a, b, at, 0, 0, Infinity);
    const carried = this.difference(a, b, at, camera.dx, camera.dy, Infinity);
    const limit = Math.min(FOUND * SAMPLES, FALLS * Math.min(stood, carried));
    const { dx, dy, left } = this.best(block);
    if (left > limit || Math.max(Math.abs(dx), Math.abs(dy)) < 1) return;
    if (Math.max(Math.abs(dx - camera.dx), Math.abs(dy - camera.dy)) < 1) return;
    this.found[block] = 1;
    this.dx[block] = dx;
    this.dy[block] = dy;
  }

  /** The shift at which a block differs least, and by how much. */
  private best(block: number): { dx: number; dy: number; left: number } {
    const { width, height, earlier, later, lanes } = this;
    const at = this.corner(block);
    const y = Math.floor(at / width);
    const x = at - y * width;
    const [left, right] = [Math.max(-REACH, -x), Math.min(REACH, width - SIDE - x)];
    const [top, bottom] = [Math.max(-REACH, -y), Math.min(REACH, height - SIDE - y)];
    const [a, b] = [earlier.byteOffset + at, later.byteOffset + at];
    const found = this.kernels.loops.findBlock(a, b, width, left, right, top, bottom, lanes.byteOffset);
    return { dx: (found & 0xff) - REACH, dy: ((found >> 8) & 0xff) - REACH, left: found >> 16 };
  }

  /** Sum of differences of a block's samples, given up above `limit`. */
  private difference(a: Uint8Array, b: Uint8Array, at: number, dx: number, dy: number, limit: number): number {
    const { width, height } = this;
    const y = Math.floor(at / width);
    const x = at - y * width;
    if (x + dx < 0 || y + dy < 0 || x + dx + SIDE > width || y + dy + SIDE > height) return Infinity;
    const shift = dy * width + dx;
    let sum = 0;
    for (let r = 0; r < SIDE; r++) {
      for (let p = at + r * width + (r & 1), end = at + r * width + SIDE; p < end; p += 2) {
        const d = b[p + shift] - a[p];
        sum += d > CAP ? CAP : d < -CAP ? CAP : d < 0 ? -d : d;
      }
      if (sum > limit) return sum;
    }
    return sum;
  }

  private groups(textured: number): Mover[] {
    const { columns, rows, found, dx, dy } = this;
    const out: Mover[] = [];
    const shifts = new Map<number, number[]>();
    for (let i = 0; i < found.length; i++) {
      if (!found[i]) continue;
      const shift = (dy[i] + REACH) * 64 + dx[i] + REACH;
      const alike = shifts.get(shift);
      if (alike) alike.push(i);
      else shifts.set(shift, [i]);
    }
    const near = new Uint8Array(found.length);
    for (const [shift, exact] of shifts) {
      const [sx, sy] = [(shift & 63) - REACH, (shift >> 6) - REACH];
      near.fill(0);
      for (let v = -64; v <= 64; v += 64) for (let u = -1; u <= 1; u++) for (const i of shifts.get(shift + v + u) ?? []) near[i] = 1;
      // Letters stand apart.
      for (const { pixels: around } of regionsOf(growMap(near, columns, rows, 1), columns, rows)) {
        const pixels = Array.from(around).filter((i) => near[i]);
        const same = pixels.filter((i) => dx[i] === sx && dy[i] === sy).length;
        if (pixels.length < 2 || same < pixels.length / 3) continue;
        const box = boxOf(pixels, columns);
        const place = { x: 1 + box.x * SIDE, y: 1 + box.y * SIDE, width: box.width * SIDE, height: box.height * SIDE };
        if (place.width * place.height > LARGEST * this.width * this.height) continue;
        if (place.width > WIDEST * this.width || place.height > HIGHEST * this.height) continue;
        const others = exact.filter((i) => farFrom(box, i % columns, Math.floor(i / columns))).length;
        out.push({ box: place, dx: sx, dy: sy, blocks: same + pixels.length, company: others / Math.max(1, textured - pixels.length) });
      }
    }
    return out;
  }
}

/** The box about some pixels of a map. */
function boxOf(pixels: readonly number[], columns: number): Box {
  const [xs, ys] = [pixels.map((p) => p % columns), pixels.map((p) => Math.floor(p / columns))];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 };
}

/** Whether a block is too far from a mover's blocks to be another part of it. */
function farFrom({ x, y, width, height }: Box, column: number, row: number): boolean {
  return column < x - BESIDE || column >= x + width + BESIDE || row < y - BESIDE || row >= y + height + BESIDE;
}
