const COLUMNS = 48;
const ROWS = 27;

/** Mean levels of a grid of blocks. */
export type Thumbnail = Float32Array;

/** A picture's thumbnail, from every second row and column. */
export function thumbnail(luma: Uint8Array, width: number, height: number): Thumbnail {
  const out = new Float32Array(COLUMNS * ROWS);
  for (let r = 0, k = 0; r < ROWS; r++) {
    const y0 = Math.floor((r * height) / ROWS);
    const y1 = Math.max(y0 + 1, Math.floor(((r + 1) * height) / ROWS));
    for (let c = 0; c < COLUMNS; c++, k++) {
      const x0 = Math.floor((c * width) / COLUMNS);
      const x1 = Math.max(x0 + 1, Math.floor(((c + 1) * width) / COLUMNS));
      let sum = 0;
      let n = 0;
      for (let y = y0; y < y1; y += 2) {
        for (let p = y * width + x0, end = y * width + x1; p < end; p += 2, n++) sum += luma[p];
      }
      out[k] = sum / n;
    }
  }
  return out;
}

/** Mean absolute difference, in levels. */
export function difference(a: Thumbnail, b: Thumbnail): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** 1 - correlation: 0 = the same picture at any brightness and contrast. */
export function unlike(a: Thumbnail, b: Thumbnail): number {
  let sa = 0,
    sb = 0,
    aa = 0,
    bb = 0,
    ab = 0;
  for (let i = 0; i < a.length; i++) {
    sa += a[i];
    sb += b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
    ab += a[i] * b[i];
  }
  const n = a.length;
  const va = aa - (sa * sa) / n;
  const vb = bb - (sb * sb) / n;
  return 1 - (ab - (sa * sb) / n) / Math.sqrt(Math.max(va, n) * Math.max(vb, n));
}
