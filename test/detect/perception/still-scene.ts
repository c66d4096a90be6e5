export const WIDTH = 480;
export const HEIGHT = 270;
/** 5 x 7 letters T V 5, a row a number. */
const LETTERS = [
  [0x1f, 4, 4, 4, 4, 4, 4],
  [0x11, 0x11, 0x11, 0x11, 0xa, 0xa, 4],
  [0x1f, 0x10, 0x1e, 1, 1, 0x11, 0xe],
];
export const LOGO = { x: 404, y: 18, width: 52, height: 28 };

function noise(seed: number): () => number {
  let s = seed;
  return () => ((s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32) * 2 - 1;
}

/** Frames of a locked-off picture of soft hills under a sky, with new grain in each. */
export function still(draw?: (frame: Float32Array) => void, frames = 5): Uint8Array[] {
  const scene = Float32Array.from({ length: WIDTH * HEIGHT }, (_, p) => {
    const x = p % WIDTH;
    const y = Math.floor(p / WIDTH);
    const ridge = 150 + 25 * Math.sin(x / 47) + 12 * Math.sin(x / 19 + 1);
    return y < ridge ? 150 - y / 5 : 70 + 12 * Math.sin(x / 7 + y / 11) + 9 * Math.sin(x / 3 - y / 5);
  });
  draw?.(scene);
  const next = noise(3);
  return Array.from({ length: frames }, () =>
    Uint8Array.from(scene, (v) => Math.max(16, Math.min(235, Math.round(v + 2 * (next() + next()))))),
  );
}

/** A plate with three letters in the upper right corner, in hard edges. */
export function logo(frame: Float32Array): void {
  for (let y = 0; y < LOGO.height; y++) frame.fill(45, (LOGO.y + y) * WIDTH + LOGO.x, (LOGO.y + y) * WIDTH + LOGO.x + LOGO.width);
  LETTERS.forEach((rows, k) =>
    rows.forEach((bits, r) => {
      for (let c = 0; c < 5; c++)
        if ((bits >> (4 - c)) & 1)
          for (let v = 0; v < 3; v++) {
            const p = (LOGO.y + 4 + 3 * r + v) * WIDTH + LOGO.x + 4 + 16 * k + 3 * c;
            frame.fill(232, p, p + 3);
          }
    }),
  );
}

/** Houses with rows of windows below the ridge: hard edges that stand as still as a logo's. */
export function windows(frame: Float32Array): void {
  for (let y = 100; y < 260; y += 18)
    for (let x = 6; x < 470; x += 16) for (let v = 0; v < 9; v++) frame.fill(190, (y + v) * WIDTH + x, (y + v) * WIDTH + x + 7);
}
