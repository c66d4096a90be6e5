/**
 * A stroke alphabet of our own, so that letters look the same on every machine and need no fonts. A glyph is the middle line of its
 * strokes as an SVG path; y grows downwards and 0 is the baseline.
 */
export interface Glyph {
  /** Width of the ink's middle lines. */
  readonly width: number;
  readonly path: string;
}

/** Latin: capitals are 14 high, small letters 10, descenders 4. */
export const LATIN_HEIGHT = 14;

const BOWL_RIGHT = 'M0-5A4 5 0 1 1 8-5A4 5 0 1 1 0-5';
const BOWL_LEFT = 'M8-5A4 5 0 1 0 0-5A4 5 0 1 0 8-5';
const E = 'M.1-5.2H8A4 5 0 1 0 7.1-1.8';
const A = `M8-10V0${BOWL_LEFT}`;
const O = 'M4-10A4 5 0 1 0 4 0A4 5 0 1 0 4-10Z';

/** Glyphs by character: [width, path]. */
const LATIN: Record<string, readonly [number, string]> = {
  A: [11, 'M0 0L5.5-14L11 0M2-5H9'],
  B: [9.6, 'M0 0V-14H5.5A3.4 3.4 0 0 1 5.5-7.2H0M5.5-7.2H6A3.6 3.6 0 0 1 6 0H0'],
  C: [10.3, 'M10.1-11.2A5.6 7 0 1 0 10.1-2.8'],
  D: [10.5, 'M0 0V-14H4A6.5 7 0 0 1 4 0Z'],
  E: [8.5, 'M8.5 0H0V-14H8.5M0-7.2H7.5'],
  F: [8.5, 'M0 0V-14H8.5M0-7H7.2'],
  G: [11, 'M10.3-11.2A5.7 7 0 1 0 11-6.2H6.8'],
  H: [10, 'M0 0V-14M10 0V-14M0-7.2H10'],
  I: [0, 'M0 0V-14'],
  J: [6.5, 'M6.5-14V-4.2A3.3 4.2 0 0 1 0-4'],
  K: [9.4, 'M0 0V-14M9-14L0-5.5M3.4-8.6L9.4 0'],
  L: [8, 'M0-14V0H8'],
  M: [12, 'M0 0V-14L6-4L12-14V0'],
  N: [10, 'M0 0V-14L10 0V-14'],
  O: [12, 'M6-14A6 7 0 1 0 6 0A6 7 0 1 0 6-14Z'],
  P: [9.4, 'M0 0V-14H5.5A3.9 3.9 0 0 1 5.5-6.2H0'],
  Q: [12, 'M6-14A6 7 0 1 0 6 0A6 7 0 1 0 6-14ZM7.5-3.5L11.5.8'],
  R: [9.6, 'M0 0V-14H5.5A3.9 3.9 0 0 1 5.5-6.2H0M5-6.2L9.6 0'],
  S: [9.6, 'M9-11.6C8.4-13.3 6.8-14 4.8-14C2-14 .4-12.5 .4-10.5C.4-6 9.6-8.4 9.6-3.7C9.6-1.3 7.5 0 4.9 0C2.4 0 .6-1 0-2.9'],
  T: [10, 'M0-14H10M5-14V0'],
  U: [10, 'M0-14V-4.8A5 4.8 0 0 0 10-4.8V-14'],
  V: [10.6, 'M0-14L5.3 0L10.6-14'],
  W: [15.2, 'M0-14L3.8 0L7.6-11L11.4 0L15.2-14'],
  X: [9.6, 'M0-14L9.6 0M9.6-14L0 0'],
  Y: [10, 'M0-14L5-6.5L10-14M5-6.5V0'],
  Z: [9.4, 'M0-14H9.4L0 0H9.4'],
  a: [8, A],
  b: [8, `M0-14V0${BOWL_RIGHT}`],
  c: [7.4, 'M7.3-7.9A4 5 0 1 0 7.3-2.1'],
  d: [8, `M8-14V0${BOWL_LEFT}`],
  e: [8, E],
  f: [5, 'M5-14H4.6A2.6 2.8 0 0 0 2-11.2V0M0-9.8H4.8'],
  g: [8, `${BOWL_LEFT}M8-10V0A4 4 0 0 1 .6 2.2`],
  h: [7.6, 'M0-14V0M0-6A3.8 4 0 0 1 7.6-6V0'],
  i: [0, 'M0-10V0M0-13.6V-13.5'],
  j: [2, 'M2-10V1.5A2.4 2.4 0 0 1 0 3.8M2-13.6V-13.5'],
  k: [7.2, 'M0-14V0M6.8-10L0-3.6M2.6-6L7.2 0'],
  l: [0, 'M0-14V0'],
  m: [13.2, 'M0-10V0M0-6.2A3.3 3.8 0 0 1 6.6-6.2V0M6.6-6.2A3.3 3.8 0 0 1 13.2-6.2V0'],
  n: [7.6, 'M0-10V0M0-6A3.8 4 0 0 1 7.6-6V0'],
  o: [8, O],
  p: [8, `M0-10V4${BOWL_RIGHT}`],
  q: [8, `M8-10V4${BOWL_LEFT}`],
  r: [4.6, 'M0-10V0M0-6A4 4 0 0 1 4.6-9.8'],
  s: [7, 'M6.8-8.2C6.2-9.5 5-10 3.5-10C1.6-10 .3-9 .3-7.5C.3-4.2 7-6 7-2.6C7-.9 5.5 0 3.6 0C1.8 0 .4-.8 0-2.1'],
  t: [5.4, 'M2-13.4V-2.4A2.3 2.4 0 0 0 5.4-.2M0-9.8H5.2'],
  u: [7.6, 'M0-10V-4A3.8 4 0 0 0 7.6-4M7.6-10V0'],
  v: [8, 'M0-10L4 0L8-10'],
  w: [12, 'M0-10L3 0L6-8.6L9 0L12-10'],
  x: [7.4, 'M0-10L7.4 0M7.4-10L0 0'],
  y: [8, 'M0-10L4 0M8-10L4 0L2.6 3.2A1.6 1.6 0 0 1 .8 4'],
  z: [7.2, 'M0-10H7.2L0 0H7.2'],
  é: [8, `${E}M3.6-12.8L5.6-15`],
  à: [8, `${A}M4.4-12.8L2.4-15`],
  ñ: [7.6, 'M0-10V0M0-6A3.8 4 0 0 1 7.6-6V0M1.4-12.8C2.6-14.6 4.8-11.8 6.2-13.8'],
  '0': [9, 'M4.5-14A4.5 7 0 1 0 4.5 0A4.5 7 0 1 0 4.5-14Z'],
  '1': [4, 'M0-11.5L4-14V0'],
  '2': [8.8, 'M.3-10.4A4.2 4 0 0 1 8.6-10C8.6-6.5 0-4 0 0H8.8'],
  '3': [8.4, 'M.4-12A4 3.6 0 1 1 3.8-7.4A4.2 3.7 0 1 1 0-2.2'],
  '4': [9.4, 'M7 0V-14L0-4.4H9.4'],
  '5': [8.6, 'M8-14H1.4L.8-8A4.4 4.3 0 1 1 0-1.8'],
  '6': [8.8, 'M7.8-12.6A4.4 6.6 0 0 0 0-5.6V-4.6A4.4 4.6 0 1 0 8.8-4.6A4.4 4.4 0 0 0 0-4.6'],
  '7': [8.8, 'M0-14H8.8L3.2 0'],
  '8': [8.8, 'M4.4-14A3.8 3.4 0 1 0 4.4-7.2A3.8 3.4 0 1 0 4.4-14ZM4.4-7.2A4.4 3.6 0 1 0 4.4 0A4.4 3.6 0 1 0 4.4-7.2Z'],
  '9': [8.8, 'M1-1.4A4.4 6.6 0 0 0 8.8-8.4V-9.4A4.4 4.6 0 1 0 0-9.4A4.4 4.4 0 0 0 8.8-9.4'],
  '.': [0, 'M0-.1V0'],
  ',': [0.6, 'M.6-.2L-.2 2.6'],
  '!': [0, 'M0-14V-4.4M0-.1V0'],
  '?': [7.6, 'M.2-10.6A3.8 3.6 0 1 1 5.6-7.4C4-6.2 3.9-5.4 3.9-3.8M3.9-.1V0'],
  "'": [0, 'M0-14V-11'],
  '-': [4.6, 'M0-5.4H4.6'],
  ':': [0, 'M0-8V-7.9M0-.1V0'],
};

/** Han characters of few strokes, in a square of 100 with y from its top. */
const HAN: Record<string, string> = {
  今: 'M50 8L8 46M50 8L92 46M40 38L58 46M22 60H74L52 94',
  天: 'M16 20H84M8 48H92M50 20C50 60 36 80 10 92M52 50C60 72 72 84 92 92',
  山: 'M50 10V86M12 40V86H88V40',
  上: 'M48 8V88M48 42H82M6 88H94',
  下: 'M6 14H94M46 14V94M50 36L76 56',
  大: 'M8 36H92M50 8C50 56 36 78 8 92M51 38C58 68 72 84 92 92',
  雨: 'M8 14H92M12 94V36H88V86L78 90M50 14V94M26 52L36 60M26 70L36 78M64 52L74 60M64 70L74 78',
  明: 'M12 16H40V80H12ZM12 48H40M56 10H90V84L78 90M56 10V56C56 76 50 86 42 94M56 34H90M56 58H90',
  日: 'M22 10H78V92H22ZM22 50H78',
  出: 'M50 6V90M20 16V46H80V16M10 56V90H90V56',
  再: 'M8 12H92M20 94V32H80V86L70 92M50 12V70M20 51H80M4 70H96',
  来: 'M14 22H86M50 4V96M26 32L36 48M74 32L64 48M6 54H94M48 58C38 76 24 86 6 92M52 58C62 76 76 86 94 92',
  水: 'M50 6V84C50 92 46 92 36 88M10 32H38C34 56 24 74 8 86M84 22L60 44M54 36C62 62 76 78 94 86',
  风: 'M20 12H78V40C78 66 82 84 92 92L95 78M20 12V56C20 74 16 86 8 94M36 30L66 74M64 28C58 48 48 64 34 76',
  快: 'M22 4V96M10 30L5 54M34 26L42 42M48 26H84V56M42 56H96M66 6V50C64 70 54 86 40 94M68 58C74 76 84 88 96 94',
  回: 'M12 12H88V92H12ZM34 34H66V70H34Z',
  去: 'M18 24H82M50 6V48M6 48H94M44 48L22 86L80 82M66 62L90 94',
};

/** The glyph of a Latin letter, digit or sign. @throws RangeError for what the alphabet lacks */
export function latinGlyph(character: string): Glyph {
  const glyph = LATIN[character];
  if (!glyph) throw new RangeError(`the stroke alphabet has no ${JSON.stringify(character)}`);
  return { width: glyph[0], path: glyph[1] };
}

/** The glyph of a Han character in a square of 100, or undefined when there is none. */
export function hanGlyph(character: string): Glyph | undefined {
  const path = HAN[character];
  return path ? { width: 100, path } : undefined;
}
