export const WIDTH = 480;
export const HEIGHT = 270;

/** 5 x 7 letters, a row a number: T V E A H L. */
const LETTERS = [
  [0x1f, 4, 4, 4, 4, 4, 4],
  [0x11, 0x11, 0x11, 0x11, 0xa, 0xa, 4],
  [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f],
  [4, 0xa, 0x11, 0x11, 0x1f, 0x11, 0x11],
  [0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11],
  [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f],
];

/** What a cue paints: its level at each sample, or -1. */
export type Cue = Int16Array;

/** A line of 14 letters in the lower third, with an outline, in samples of 3 × 3. */
export function cue(fill = 235, outline = 20): Cue {
  const out = new Int16Array(WIDTH * HEIGHT).fill(-1);
  const paint = (grown: number, level: number): void => {
    for (let k = 0; k < 14; k++)
      LETTERS[(k * 5 + (k >> 2)) % 6].forEach((bits, r) => {
        for (let c = 0; c < 5; c++)
          if ((bits >> (4 - c)) & 1)
            for (let v = -grown; v < 3 + grown; v++) {
              const p = (220 + 3 * r + v) * WIDTH + 92 + 21 * k + 3 * c;
              out.fill(level, p - grown, p + 3 + grown);
            }
      });
  };
  paint(2, outline);
  paint(0, fill);
  return out;
}

/** Levels of a drawing: flat grounds, and dark contours two samples wide that run through the lower third at any slope; `down` shifts it, in samples. */
export function drawing(x: number, y: number, down = 0): number {
  const v = y + down;
  const ground = x < 170 ? 120 : x < 330 ? 170 : 90;
  const contours = [
    Math.abs(((x + 2 * v) % 181) - 90) / 2.3,
    Math.abs(v - 226 - 14 * Math.sin(x / 40)),
    Math.abs(((x - v + 600) % 147) - 73) / 1.5,
  ];
  const ink = Math.max(0, Math.min(1, 2 - Math.min(...contours)));
  return ground + (25 - ground) * ink;
}

/** 8-bit luma of a scene with a little grain, and with a cue where there is one. */
export function frame(scene: Float32Array, index: number, text?: Cue): Uint8Array {
  return Uint8Array.from(scene, (v, p) => {
    const level = text && text[p] >= 0 ? text[p] : v;
    return Math.max(16, Math.min(235, Math.round(level) + (((p * 7919 + index * 104729) >> 3) % 3) - 1));
  });
}

/** The samples of a function of place. */
export function painted(level: (x: number, y: number) => number): Float32Array {
  return Float32Array.from({ length: WIDTH * HEIGHT }, (_, p) => level(p % WIDTH, Math.floor(p / WIDTH)));
}
