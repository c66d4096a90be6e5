import { describe, expect, it } from 'vitest';
import { detectIn } from '../../src/detect/detect.js';
import type { LumaSource } from '../../src/detect/survey/luma-source.js';
import { MARK_KINDS } from '../../src/plan/plan.js';
import { drawn, HEIGHT, over, pan, programme, strokes, WIDTH, type Drawn } from './drawn-programme.js';

/** A badge with a letter on it, in a ring of its own: between the two the scene shows through. */
const badge = (): Promise<Drawn> =>
  drawn(`<circle cx="56" cy="60" r="34" fill="none" stroke="#dcdcdc" stroke-width="6"/><rect x="36" y="38" width="40" height="44" fill="#303030"/>
    <path d="M44 78v-36l24 36v-36" fill="none" stroke="#f0f0f0" stroke-width="5"/>`);

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
    const logo = await strokes(30, '001312203313');
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
