import { warpError, type Warp } from './warp.js';

/** How good what stands in the holes of a programme is, against the clean frames. */
export interface FillFigures {
  /** Decibels over all hole samples, R'G'B'. */
  readonly psnr: number;
  /** Mean SSIM of gray over the hole samples, windows of 7 × 7 (Wang et al., TIP 2004). */
  readonly ssim: number;
  /** Flow warping error, divided by the clean frames': 1 is as steady as the scene, less frozen or blurred, more flickering. Null where nothing moves or can be followed. */
  readonly warp: number | null;
  /** Gradient energy of gray, divided by the clean frames'. */
  readonly sharp: number;
  /** Levels by which the mean colour of a frame's hole is off, mean over channels and frames. */
  readonly colour: number;
}

/** Sums over the frames of one method. */
export class FillScore {
  #frames = 0;
  #samples = 0;
  #errors = 0;
  #similar = 0;
  #colour = 0;
  readonly #gradients = [0, 0];
  readonly #warps = [0, 0];
  #before: { out: Uint8Array; clean: Uint8Array } | undefined;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  /** @param out packed RGB @param hole not 0 where samples count @param warp into the frame before, absent for the first frame and after a cut */
  add(out: Uint8Array, clean: Uint8Array, hole: Uint8Array, warp: Warp | undefined): void {
    const before = this.#before;
    this.#before = { out, clean };
    if (!hole.some((v) => v)) return;
    this.#frames++;
    this.#addErrors(out, clean, hole);
    const [a, b] = [grayOf(out), grayOf(clean)];
    for (let i = 0; i < hole.length; i++) if (hole[i]) this.#similar += this.#ssimAt(a, b, i);
    [a, b].forEach((gray, k) => (this.#gradients[k] += energy(gray, hole, this.width)));
    if (!warp || !before) return;
    this.#warps[0] += warpError(out, before.out, this.width, warp);
    this.#warps[1] += warpError(clean, before.clean, this.width, warp);
  }

  /** Undefined when no frame had a hole. */
  figures(): FillFigures | undefined {
    if (!this.#frames) return undefined;
    const [moved, truth] = this.#warps;
    return {
      psnr: 10 * Math.log10((65025 * 3 * this.#samples) / Math.max(1e-9, this.#errors)),
      ssim: this.#similar / this.#samples,
      warp: truth ? Math.sqrt(moved / truth) : null,
      sharp: this.#gradients[0] / Math.max(1e-9, this.#gradients[1]),
      colour: this.#colour / (3 * this.#frames),
    };
  }

  #addErrors(out: Uint8Array, clean: Uint8Array, hole: Uint8Array): void {
    const sums = [0, 0, 0];
    let n = 0;
    for (let i = 0; i < hole.length; i++) {
      if (!hole[i]) continue;
      n++;
      for (let c = 0; c < 3; c++) {
        const d = out[3 * i + c] - clean[3 * i + c];
        sums[c] += d;
        this.#errors += d * d;
      }
    }
    this.#samples += n;
    for (const sum of sums) this.#colour += Math.abs(sum) / n;
  }

  #ssimAt(a: Float32Array, b: Float32Array, i: number): number {
    const { width, height } = this;
    const x = i % width;
    const y = (i - x) / width;
    let n = 0;
    let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
    for (let v = Math.max(0, y - 3); v <= y + 3 && v < height; v++) {
      for (let u = Math.max(0, x - 3), p = v * width + u; u <= x + 3 && u < width; u++, p++) {
        const [va, vb] = [a[p], b[p]];
        n++;
        sa += va;
        sb += vb;
        saa += va * va;
        sbb += vb * vb;
        sab += va * vb;
      }
    }
    const [ma, mb] = [sa / n, sb / n];
    const spread = saa / n - ma * ma + sbb / n - mb * mb;
    return ((2 * ma * mb + C1) * (2 * (sab / n - ma * mb) + C2)) / ((ma * ma + mb * mb + C1) * (spread + C2));
  }
}

/** (0.01 · 255)² and (0.03 · 255)². */
const C1 = 6.5025;
const C2 = 58.5225;

/** Gray of packed RGB, shares of BT.601. */
export function grayOf(rgb: Uint8Array): Float32Array {
  const out = new Float32Array(rgb.length / 3);
  for (let i = 0; i < out.length; i++) out[i] = 0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2];
  return out;
}

/** Squared differences to the right and down, over the hole. */
function energy(gray: Float32Array, hole: Uint8Array, width: number): number {
  let sum = 0;
  for (let i = 0; i < hole.length - width; i++)
    if (hole[i] && (i + 1) % width) sum += (gray[i + 1] - gray[i]) ** 2 + (gray[i + width] - gray[i]) ** 2;
  return sum;
}
