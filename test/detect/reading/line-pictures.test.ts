import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { glyphInk } from '../../../src/detect/reading/glyph-ink.js';
import { lineBands, linePictures } from '../../../src/detect/reading/line-pictures.js';
import { tidy } from '../../../src/detect/reading/read-cues.js';

const WIDTH = 120;
const HEIGHT = 60;

/** Strokes of `fill`, `wide` samples wide, with an outline of `line` around them, on `ground`; glyphs are strokes and outline. */
function strokes(
  fill: number,
  line: number,
  wide: number,
  ground: (x: number) => number,
): { mean: Uint8Array; glyphs: Uint8Array; stroke: Uint8Array } {
  const mean = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => ground(i % WIDTH));
  const glyphs = new Uint8Array(mean.length);
  const stroke = new Uint8Array(mean.length);
  const paint = (from: number, to: number, by: number, put: (i: number) => void): void => {
    for (let x = from - by; x < to + by; x++) for (let y = 20 - by; y < 44 + by; y++) put(y * WIDTH + x);
  };
  for (let x = 16; x < 100; x += 12) paint(x, x + wide, 2, (i) => ((mean[i] = line), (glyphs[i] = 1)));
  for (let x = 16; x < 100; x += 12) paint(x, x + wide, 0, (i) => ((mean[i] = fill), (stroke[i] = 1)));
  return { mean, glyphs, stroke };
}

describe('the ink of a cue', () => {
  it.each([
    ['light glyphs with a dark outline on a bright background', 235, 16, true, 3, () => 200],
    ['light glyphs as bold as a heading', 235, 16, true, 7, () => 60],
    ['light glyphs with a dark outline on a background of all levels', 235, 16, true, 3, (x: number) => 2 * x],
    ['dark glyphs with a light outline', 16, 235, false, 3, () => 60],
  ])('is the fill and nothing else: %s', (_, fill, line, light, wide, ground) => {
    const { mean, glyphs, stroke } = strokes(fill, line, wide, ground);
    const ink = glyphInk({ mean, glyphs, width: WIDTH, height: HEIGHT }, light);
    expect(ink).toBeDefined();
    ink?.forEach((v, i) => expect(v, `pixel ${i % WIDTH}, ${Math.floor(i / WIDTH)}`).toBe(stroke[i] ? 255 : 0));
  });

  it('is nothing where nothing stands out', () => {
    const flat = {
      mean: new Uint8Array(WIDTH * HEIGHT).fill(90),
      glyphs: new Uint8Array(WIDTH * HEIGHT).fill(1),
      width: WIDTH,
      height: HEIGHT,
    };
    expect(glyphInk(flat, true)).toBeUndefined();
    expect(glyphInk(flat, false)).toBeUndefined();
  });
});

describe('lines', () => {
  const rows = (...on: [number, number][]): Uint8Array =>
    Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
      on.some(([a, b]) => i / WIDTH >= a && i / WIDTH < b + 1) && i % WIDTH > 9 ? 255 : 0,
    );

  it('keep accents and dots and are told apart', () => {
    const ink = rows([4, 6], [8, 24], [34, 52], [54, 56]);
    expect(lineBands(ink, WIDTH, HEIGHT)).toEqual([
      { top: 4, bottom: 24 },
      { top: 34, bottom: 56 },
    ]);
  });

  it('become dark-on-white pictures of which the tallest line is 36 pixels high', async () => {
    const [first, second, ...others] = await linePictures(rows([8, 25], [34, 42]), WIDTH, HEIGHT);
    expect(others).toEqual([]);
    const { data, info } = await sharp(first).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ channels: 1, height: (18 + 4) * 2 + 20, width: (110 + 2) * 2 + 20 });
    expect([data[0], data[(info.height >> 1) * info.width + (info.width >> 1)]]).toEqual([255, 0]);
    expect((await sharp(second).metadata()).height).toBe((9 + 4) * 2 + 20);
  });

  it('are none where there is no ink', async () => {
    expect(await linePictures(new Uint8Array(WIDTH * HEIGHT), WIDTH, HEIGHT)).toEqual([]);
  });
});

describe('text', () => {
  it('has single spaces, and none between Chinese and Japanese signs', () => {
    expect(tidy(' It  is\tme \n')).toBe('It is me');
    expect(tidy('昨 天 晚 上 你 ?')).toBe('昨天晚上你?');
    expect(tidy('もう 一度 だけ')).toBe('もう一度だけ');
    expect(tidy('그 문을 열지')).toBe('그 문을 열지');
  });
});
