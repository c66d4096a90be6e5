/*
 * What the network adds to a candidate, its correction, is smooth and changes slowly while what is under the mark does. Then it need not be asked about every frame.
 */

/** Mean difference of two corrections, as a share of their mean size and in levels, above which they say nothing about what is between them. */
const APART = 0.8;
const NOISE = 1;

/** Consecutive frames, of which the first and the last have been corrected. */
export interface Corrected {
  /** [at least as many frames, height, width, 3]; between the first and the last these are the candidates. */
  readonly filled: Uint8Array;
  /** The same shape. */
  readonly candidate: Uint8Array;
  /** [at least as many frames, height, width], 0 = visible. */
  readonly mask: Uint8Array;
  /** Bytes of a filled frame. */
  readonly n: number;
}

/** Whether the corrections of the first and the last of `frames` frames differ too much for those between them. */
export function correctionsDiffer({ filled, candidate, mask, n }: Corrected, frames: number): boolean {
  const last = (frames - 1) * n;
  let [size, apart, count] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    if (!mask[(i / 3) | 0]) continue;
    const [a, b] = [filled[i] - candidate[i], filled[last + i] - candidate[last + i]];
    size += (Math.abs(a) + Math.abs(b)) / 2;
    apart += Math.abs(a - b);
    count++;
  }
  return apart > APART * size + NOISE * count;
}

/** Adds to the candidates between the first and the last of `frames` frames the corrections of these two, the nearer counting more. */
export function carryCorrections({ filled, candidate, mask, n }: Corrected, frames: number): void {
  const last = (frames - 1) * n;
  for (let t = 1; t < frames - 1; t++) {
    const share = t / (frames - 1);
    for (let i = 0, to = t * n; i < n; i++, to++) {
      if (!mask[(to / 3) | 0]) continue;
      const correction = (1 - share) * (filled[i] - candidate[i]) + share * (filled[last + i] - candidate[last + i]);
      filled[to] = Math.max(0, Math.min(255, Math.round(candidate[to] + correction)));
    }
  }
}
