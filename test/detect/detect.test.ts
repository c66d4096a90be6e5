import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { detectIn } from '../../src/detect/detect.js';
import type { LumaSource } from '../../src/detect/survey/luma-source.js';
import { MARK_KINDS } from '../../src/plan/plan.js';

const WIDTH = 480;
const HEIGHT = 360;

/** Smooth noise that looks like nothing in particular: sums of value noise, deterministic. */
function texture(width: number, height: number, seed: number): Float32Array {
  const out = new Float32Array(width * height);
  const at = (i: number, j: number, o: number): number => {
    // Mixed well: sums of products alone would tile the picture.
    let h = Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1) ^ Math.imul(seed + 7 * o, 0x9e3779b1);
    for (const k of [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f]) h = Math.imul(h ^ (h >>> 15), k);
    return ((h ^ (h >>> 16)) >>> 8) / 2 ** 24;
  };
  for (const [octave, cell] of [48, 20, 9, 5].entries())
    for (let y = 0, k = 0; y < height; y++)
      for (let x = 0; x < width; x++, k++) {
        const [i, j, u, v] = [Math.floor(x / cell), Math.floor(y / cell), (x % cell) / cell, (y % cell) / cell];
        const top = at(i, j, octave) * (1 - u) + at(i + 1, j, octave) * u;
        const bottom = at(i, j + 1, octave) * (1 - u) + at(i + 1, j + 1, octave) * u;
        out[k] += (top * (1 - v) + bottom * v - 0.5) * [70, 60, 45, 30][octave];
      }
  return out;
}

/** White strokes with a dark outline, as luma and alpha, drawn from shapes so that no font is needed. */
async function strokes(y: number, scale = 1): Promise<{ luma: Uint8Array; alpha: Uint8Array }> {
  const glyph = (x: number, kind: number): string =>
    [`M${x} ${y}v20h9`, `M${x} ${y}h10v10h-10v10`, `M${x} ${y}v20M${x + 9} ${y}v20M${x} ${y + 10}h9`, `M${x} ${y + 20}l5 -20l5 20`][
      kind % 4
    ];
  const path = Array.from({ length: 16 }, (_, i) => glyph(110 + i * 16 * scale, i * 7 + (i >> 1))).join('');
  const draw = (colour: string, width: number): string => `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${draw('#101010', 7)}${draw('#eeeeee', 3)}</svg>`;
  const rgba = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
  const luma = new Uint8Array(WIDTH * HEIGHT);
  const alpha = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < luma.length; i++) [luma[i], alpha[i]] = [rgba[4 * i], rgba[4 * i + 3]];
  return { luma, alpha };
}

/** A badge with a letter on it, in a ring of its own: between the two the scene shows through. */
async function badge(): Promise<{ luma: Uint8Array; alpha: Uint8Array }> {
  const letter = '<path d="M44 78v-36l24 36v-36" fill="none" stroke="#f0f0f0" stroke-width="5"/>';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <circle cx="56" cy="60" r="34" fill="none" stroke="#dcdcdc" stroke-width="6"/><rect x="36" y="38" width="40" height="44" fill="#303030"/>${letter}</svg>`;
  const rgba = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
  const pick = (channel: number): Uint8Array => Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => rgba[4 * i + channel]);
  return { luma: pick(0), alpha: pick(3) };
}

/** A programme made of a function from frame and pixel to luma, with a little noise. */
function programme(frames: number, paint: (t: number, out: Float32Array) => void): LumaSource {
  return {
    width: WIDTH,
    height: HEIGHT,
    rate: 25,
    size: () => ({ width: WIDTH, height: HEIGHT }),
    async *frames() {
      const values = new Float32Array(WIDTH * HEIGHT);
      for (let index = 0; index < frames; index++) {
        paint(index, values);
        await Promise.resolve();
        yield { index, luma: Uint8Array.from(values, (v, i) => Math.max(16, Math.min(235, v + ((i * 7919 + index * 104729) % 5) - 2))) };
      }
    },
  };
}

const SPACE = 900;
const scenes = [texture(SPACE, HEIGHT + 40, 1), texture(SPACE, HEIGHT + 40, 2)];

/** The camera pans over a scene; the second scene begins at `cut`. */
const pan =
  (cut = Infinity, speed = 2) =>
  (t: number, out: Float32Array): void => {
    const scene = scenes[t < cut ? 0 : 1];
    const dx = Math.round((t < cut ? t : t - cut) * speed);
    for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) out[y * WIDTH + x] = 120 + scene[(y + 20) * SPACE + x + dx];
  };

function over(out: Float32Array, mark: { luma: Uint8Array; alpha: Uint8Array }, level = 1): void {
  for (let i = 0; i < out.length; i++) out[i] += ((mark.luma[i] - out[i]) * mark.alpha[i] * level) / 255;
}

const KINDS = { kinds: [...MARK_KINDS] };

describe('detectIn', () => {
  it('finds a cue on a moving picture with its first and last frame and all of its glyphs', async () => {
    const text = await strokes(300);
    const camera = pan();
    const { findings, frames } = await detectIn(
      programme(110, (t, out) => (camera(t, out), t >= 30 && t <= 79 && over(out, text))),
      KINDS,
    );
    expect(frames).toBe(110);
    expect(findings.map((f) => f.kind)).toEqual(['subtitle']);
    const [{ spans, mask }] = findings;
    expect(Math.abs(spans[0].first - 30)).toBeLessThanOrEqual(1);
    expect(Math.abs(spans[0].last - 79)).toBeLessThanOrEqual(1);
    let glyph = 0;
    let covered = 0;
    for (let i = 0; i < text.alpha.length; i++) {
      if (text.alpha[i] < 128) continue;
      const [x, y] = [(i % WIDTH) - mask.box.x, Math.floor(i / WIDTH) - mask.box.y];
      glyph++;
      if (x >= 0 && y >= 0 && x < mask.box.width && y < mask.box.height && mask.data[y * mask.box.width + x]) covered++;
    }
    expect(covered / glyph).toBeGreaterThan(0.97);
    expect(mask.data.filter((v) => v).length).toBeLessThan(6 * glyph);
  });

  it('finds the same in a source that delivers only the part that is looked at', async () => {
    const text = await strokes(300);
    const camera = pan();
    const whole = programme(60, (t, out) => (camera(t, out), t >= 20 && t <= 45 && over(out, text)));
    const areas: number[] = [];
    const parts: LumaSource = {
      ...whole,
      async *bands(bands) {
        areas.push(bands.reduce((sum, { width, height }) => sum + width * height, 0));
        const rows = bands.flatMap(({ y, height }) => Array.from({ length: height }, (_, i) => y + i));
        const [{ x, width }] = bands;
        for await (const { index, luma } of whole.frames(HEIGHT)) {
          const at = (p: number): number => rows[Math.floor(p / width)] * WIDTH + x + (p % width);
          yield { index, luma: Uint8Array.from({ length: width * rows.length }, (_, p) => luma[at(p)]) };
        }
      },
    };
    const [one, other] = [await detectIn(whole, KINDS), await detectIn(parts, KINDS)];
    expect(one.findings.length).toBeGreaterThan(0);
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
    expect(Math.max(...areas)).toBeLessThan(0.7 * WIDTH * HEIGHT);
  });

  it('finds a cue that stands over a cut, as one', async () => {
    const text = await strokes(300);
    const camera = pan(50);
    const { findings, shots } = await detectIn(
      programme(110, (t, out) => (camera(t, out), t >= 25 && t <= 84 && over(out, text))),
      KINDS,
    );
    expect(shots).toEqual([
      { first: 0, last: 49 },
      { first: 50, last: 109 },
    ]);
    expect(findings.map((f) => [f.kind, f.spans.length])).toEqual([['subtitle', 1]]);
  });

  it('finds a logo that stands still while the camera moves', async () => {
    const logo = await strokes(30, 0.75);
    const camera = pan(60);
    const { findings } = await detectIn(
      programme(120, (t, out) => (camera(t, out), over(out, logo))),
      KINDS,
    );
    expect(findings.map((f) => f.kind)).toEqual(['logo']);
    expect(findings[0].spans).toEqual([{ first: 0, last: 119 }]);
    expect(findings[0].confidence).toBeGreaterThan(0.75);
  });

  it('follows a logo through dark and bright shots, and leaves open what shows through its ring', async () => {
    const logo = await badge();
    const [dark, bright] = [pan(), pan(60)];
    const { findings, shots } = await detectIn(
      programme(180, (t, out) => {
        (t < 60 || t >= 120 ? dark : bright)(t, out);
        for (let i = 0; i < out.length; i++) out[i] = t < 60 || t >= 120 ? 0.35 * out[i] : 125 + 0.45 * out[i];
        if (t < 150) over(out, logo);
      }),
      KINDS,
    );
    expect(shots.map((s) => s.first)).toEqual([0, 60, 120]);
    expect(findings.map((f) => [f.kind, f.spans])).toEqual([['logo', [{ first: 0, last: 149 }]]]);
    const { box, data } = findings[0].mask;
    const hidden = (x: number, y: number): number => data[(y - box.y) * box.width + x - box.x];
    expect([hidden(56, 26), hidden(90, 60), hidden(40, 41), hidden(56, 60)]).toEqual([255, 255, 255, 255]);
    expect([hidden(30, 60), hidden(82, 60)]).toEqual([0, 0]);
  });

  it('case 62: takes long fades for a part of the cue', async () => {
    const text = await strokes(300);
    const camera = pan();
    const level = (t: number): number => Math.max(0, Math.min(1, (t - 29) / 12, (91 - t) / 12));
    const { findings } = await detectIn(
      programme(120, (t, out) => (camera(t, out), over(out, text, level(t)))),
      KINDS,
    );
    expect(findings.map((f) => f.kind)).toEqual(['subtitle']);
    const [{ first, last }] = findings[0].spans;
    expect([first, last].map((f) => level(f) > 0)).toEqual([true, true]);
    expect(level(first - 1)).toBeLessThan(0.1); // what is left out does not show
    expect(level(last + 1)).toBeLessThan(0.1);
  });

  it('finds a cue that begins two frames before a cut to a picture that stands still', async () => {
    const text = await strokes(300);
    const still = pan(50, 0);
    const { findings } = await detectIn(
      programme(120, (t, out) => (still(t, out), t >= 48 && t <= 90 && over(out, text))),
      KINDS,
    );
    const sure = findings.filter((f) => f.confidence >= 0.5);
    expect(sure.map((f) => [f.kind, f.spans])).toEqual([['subtitle', [{ first: 48, last: 90 }]]]);
  });

  it.each([
    ['moves', pan(60)],
    ['stands still', pan(60, 0)],
    ['flashes', (t: number, out: Float32Array): void => (pan()(t, out), void (t % 40 < 2 && out.forEach((v, i) => (out[i] = v + 70))))],
  ])('finds nothing in a clean programme that %s', async (_, paint) => {
    const { findings } = await detectIn(programme(120, paint), KINDS);
    expect(findings.filter((f) => f.confidence >= 0.5)).toEqual([]);
  });
});
