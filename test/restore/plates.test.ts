import { describe, expect, it } from 'vitest';
import { planesOf, type Frame } from '../../src/core/frame.js';
import type { Plan, Track } from '../../src/plan/plan.js';
import { learnMattes } from '../../src/restore/matte/lessons.js';
import { leftToFill, unblendFrames } from '../../src/restore/matte/unblend.js';
import { coded, marked, type DrawnMark } from './matte-scene.js';
import { geometryOf, paint, texture, track } from './scene.js';

const geometry = geometryOf(320, 180, '420', 8);
const picture = { geometry, colour: { matrix: 'bt709', range: 'limited' } as const };
const box = { x: 40, y: 130, width: 240, height: 34 };
const FRAMES = 50;
const cue: [number, number] = [10, 39];
const landscape = texture(400, 180, 5, 24);

/** A slow pan: a moment later the scene is nearly where it was. */
const clean = Array.from({ length: FRAMES }, (_, t) => paint(geometry, t, (p, x, y) => (p ? 128 : landscape[y * 400 + x + (t >> 1)])));

const isGlyph = (x: number, y: number): boolean => y >= 10 && y < 24 && x >= 20 && x < 220 && x % 12 < 4;

const plate = (alpha: number): DrawnMark => ({ box, alpha: new Float32Array(box.width * box.height).fill(alpha), colour: [16, 128, 128] });
const glyphs: DrawnMark = {
  box,
  alpha: Float32Array.from({ length: box.width * box.height }, (_, i) => (isGlyph(i % box.width, Math.floor(i / box.width)) ? 1 : 0)),
  colour: [235, 128, 128],
};

const subtitle: Track = track('subtitle-1', { box, data: new Uint8Array(box.width * box.height).fill(255) }, cue);
const planOf = (shots: Plan['shots']): Pick<Plan, 'shots' | 'tracks'> => ({ shots, tracks: [subtitle] });
const ONE_SHOT = [{ first: 0, last: FRAMES - 1 }];

function shown(alpha: number, strength = (t: number): number => (t >= cue[0] && t <= cue[1] ? 1 : 0)): Frame[] {
  return marked(marked(clean, geometry, plate(alpha), strength), geometry, glyphs, strength);
}

async function* stream(frames: readonly Frame[]): AsyncGenerator<Frame> {
  for (const { index, data } of frames) yield await Promise.resolve({ index, data: data.slice() });
}

/** Root of the mean squared difference of the luma on the plate, away from glyphs and from the plate's border, within the cue. */
function offOnPlate(a: readonly Frame[], b: readonly Frame[]): number {
  let [sum, n] = [0, 0];
  for (let t = cue[0]; t <= cue[1]; t++) {
    const [p, q] = [planesOf(a[t], geometry)[0].data, planesOf(b[t], geometry)[0].data];
    for (let y = 3; y < box.height - 3; y++) {
      for (let x = 3; x < box.width - 3; x++) {
        if ([-3, 0, 3].some((v) => [-3, 0, 3].some((u) => isGlyph(x + u, y + v)))) continue;
        const i = (box.y + y) * 320 + box.x + x;
        sum += (p[i] - q[i]) ** 2;
        n++;
      }
    }
  }
  return Math.sqrt(sum / n);
}

describe('the plate behind a subtitle', () => {
  it.each([
    [0.4, undefined],
    [0.6, undefined],
    [0.6, 20],
  ])('with α %f is taken off (crf %s), and the glyphs are left to fill', async (alpha, crf) => {
    const frames = crf === undefined ? shown(alpha) : coded(shown(alpha), geometry, crf);
    const { mattes } = await learnMattes(stream(frames), planOf(ONE_SHOT), picture);
    expect(Math.abs((mattes.get('subtitle-1')?.opacity ?? 0) - alpha)).toBeLessThan(0.02);
    const out: Frame[] = [];
    for await (const frame of unblendFrames(stream(frames), [subtitle], mattes, picture)) out.push(frame);
    expect(offOnPlate(frames, clean)).toBeGreaterThan(20);
    expect(offOnPlate(out, clean)).toBeLessThan(crf === undefined ? 2 : 4);
    out.forEach((frame, t) => (t < cue[0] || t > cue[1]) && expect(Buffer.compare(frame.data, frames[t].data)).toBe(0));
    const left = leftToFill(subtitle, mattes.get('subtitle-1'))!.mask.data;
    const wanted = glyphs.alpha;
    for (let i = 0; i < wanted.length; i++) if (wanted[i]) expect(left[i]).toBe(255);
    expect(left.filter((v) => v).length).toBeLessThan(0.75 * left.length);
  });

  it('is taken off under letters that are no lighter than it may be, too', async () => {
    const grey = { ...glyphs, colour: [100, 128, 128] } as const;
    const stands = (t: number): number => (t >= cue[0] && t <= cue[1] ? 1 : 0);
    const frames = marked(marked(clean, geometry, plate(0.6), stands), geometry, grey, stands);
    const { mattes } = await learnMattes(stream(frames), planOf(ONE_SHOT), picture);
    const left = leftToFill(subtitle, mattes.get('subtitle-1'))!.mask.data;
    const hidden = glyphs.alpha.reduce((n, a, i) => n + (a && left[i] ? 1 : 0), 0);
    expect(hidden / glyphs.alpha.reduce((n, a) => n + a, 0)).toBeGreaterThan(0.9);
    expect(left.filter((v) => v).length).toBeLessThan(0.75 * left.length);
  });

  it('leaves the outline of its letters to fill, too', async () => {
    const isOutline = (x: number, y: number): boolean =>
      !isGlyph(x, y) && [-2, -1, 0, 1, 2].some((v) => [-2, -1, 0, 1, 2].some((u) => isGlyph(x + u, y + v)));
    const outline = { ...glyphs, alpha: glyphs.alpha.map((_, i) => (isOutline(i % box.width, Math.floor(i / box.width)) ? 1 : 0)), colour: [16, 128, 128] } as const; // prettier-ignore
    const stands = (t: number): number => (t >= cue[0] && t <= cue[1] ? 1 : 0);
    const frames = marked(shown(0.4), geometry, outline, stands);
    const { mattes } = await learnMattes(stream(frames), planOf(ONE_SHOT), picture);
    const left = leftToFill(subtitle, mattes.get('subtitle-1'))!.mask.data;
    const hidden = outline.alpha.reduce((n, a, i) => n + (a && left[i] ? 1 : 0), 0);
    expect(hidden / outline.alpha.reduce((n, a) => n + a, 0)).toBeGreaterThan(0.45); // all but the sample that is filled around any mark
    expect(left.filter((v) => v).length).toBeLessThan(0.75 * left.length);
  });

  it.each([
    ['hides the scene', shown(1), ONE_SHOT],
    ['fades in and out', shown(0.6, (t) => Math.max(0, Math.min(1, (t - 9) / 5, (40 - t) / 5))), ONE_SHOT],
    [
      'stands from cut to cut',
      shown(0.6),
      [
        { first: 0, last: 9 },
        { first: 10, last: 39 },
        { first: 40, last: 49 },
      ],
    ],
  ] as const)('is not taken off where it %s', async (_, frames, shots) => {
    expect((await learnMattes(stream(frames), planOf(shots), picture)).mattes.size).toBe(0);
  });
});

describe('the plates of a programme', () => {
  const long = Array.from({ length: 150 }, (_, t) => paint(geometry, t, (p, x, y) => (p ? 128 : landscape[y * 400 + x + (t >> 1)])));
  const spans: [number, number][] = [[10, 39], [60, 89], [100, 139]]; // prettier-ignore
  const shots = [[0, 49], [50, 99], [100, 139], [140, 149]].map(([first, last]) => ({ first, last })); // prettier-ignore
  const cues = spans.map((span, i) => ({ ...subtitle, id: `subtitle-${i + 1}`, spans: [{ first: span[0], last: span[1] }] }));
  const stands = (t: number): number => (spans.some(([first, last]) => t >= first && t <= last) ? 1 : 0);
  const under = marked(long, geometry, plate(0.6), stands);

  it('look alike: one that stands from cut to cut is taken off as the others are', async () => {
    const frames = marked(under, geometry, glyphs, stands);
    const { mattes } = await learnMattes(stream(frames), { shots, tracks: cues }, picture);
    expect(Math.abs((mattes.get('subtitle-3')?.opacity ?? 0) - 0.6)).toBeLessThan(0.02);
    const out: Frame[] = [];
    for await (const frame of unblendFrames(stream(frames), cues, mattes, picture)) out.push(frame);
    const third = (all: readonly Frame[]): Frame[] => all.slice(spans[2][0] - cue[0]);
    expect(offOnPlate(third(frames), third(long))).toBeGreaterThan(20);
    expect(offOnPlate(third(out), third(long))).toBeLessThan(3);
    const left = leftToFill(cues[2], mattes.get('subtitle-3'))!.mask.data;
    for (let i = 0; i < glyphs.alpha.length; i++) if (glyphs.alpha[i]) expect(left[i]).toBe(255);
  });

  it('do not speak for one that is as opaque and of another level', async () => {
    const third = (t: number): number => Number(t >= spans[2][0] && t <= spans[2][1]);
    const two = (t: number): number => stands(t) - third(t);
    const light = { ...plate(0.6), colour: [235, 128, 128] } as const;
    const black = { ...glyphs, colour: [16, 128, 128] } as const;
    const dark = marked(marked(long, geometry, plate(0.6), two), geometry, glyphs, two);
    const frames = marked(marked(dark, geometry, light, third), geometry, black, third);
    const { mattes } = await learnMattes(stream(frames), { shots: [{ first: 0, last: 149 }], tracks: cues }, picture);
    expect(cues.map(({ id }) => mattes.get(id)?.opacity.toFixed(1))).toEqual(['0.6', '0.6', '0.6']);
    expect(cues.map(({ id }) => mattes.get(id)?.planes[0].colour)).toEqual([16, 16, 235]);
  });

  it('do not speak for one of another look', async () => {
    const third = (t: number): number => Number(t >= spans[2][0] && t <= spans[2][1]);
    const two = marked(long, geometry, plate(0.6), (t) => stands(t) - third(t));
    const frames = marked(marked(two, geometry, plate(1), third), geometry, glyphs, stands);
    const { mattes } = await learnMattes(stream(frames), { shots, tracks: cues }, picture);
    expect([...mattes.keys()]).toEqual(['subtitle-1', 'subtitle-2']);
  });

  it.each([
    ['does not stand there for all of its frames', (t: number) => (t >= 100 && t < 104 ? 0 : stands(t))],
    ['fades in', (t: number) => (t >= 100 && t < 108 ? (t - 99) / 9 : stands(t))],
  ])('leave one alone that %s', async (_, strength) => {
    const frames = marked(marked(long, geometry, plate(0.6), strength), geometry, glyphs, strength);
    const { mattes } = await learnMattes(stream(frames), { shots, tracks: cues }, picture);
    expect([...mattes.keys()]).toEqual(['subtitle-1', 'subtitle-2']);
  });
});
