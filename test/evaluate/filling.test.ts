import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mask } from '../../src/core/area.js';
import { openCase, type Truth } from '../../src/evaluate/filling/case-folder.js';
import { CLASSIC, fillPicture, type Classic } from '../../src/evaluate/filling/classic.js';
import { delogoFilter } from '../../src/evaluate/filling/delogo.js';
import { runFillBenchmark, withMarks } from '../../src/evaluate/filling/benchmark.js';
import { FillScore, grayOf } from '../../src/evaluate/filling/fill-score.js';
import { summariseFills } from '../../src/evaluate/filling/fill-summary.js';
import { fillText } from '../../src/evaluate/filling/fill-text.js';
import { truePlan } from '../../src/evaluate/filling/true-plan.js';
import { warpOf } from '../../src/evaluate/filling/warp.js';
import { planCases } from '../../src/evaluate/programmes/plan-cases.js';
import { h264, rawInput, withWriters } from '../../src/evaluate/programmes/pictures.js';
import { liveChildren } from '../../src/media/children.js';

const WIDTH = 160;
const HEIGHT = 96;

/** A texture that moves to the left, packed RGB. */
function scene(frame: number, step = 3): Uint8Array {
  const out = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const u = x + step * frame;
      const v = 120 + 40 * Math.sin(u / 5) * Math.cos(y / 6) + 20 * Math.sin((u + 2 * y) / 11) + 15 * Math.sin((3 * u - y) / 17);
      out[i++] = v;
      out[i++] = 0.8 * v + 20;
      out[i++] = 220 - v / 2;
    }
  }
  return out;
}

/** A map of the picture that is `value` in a rectangle. */
function rectangle(x0: number, y0: number, width: number, height: number, value = 1): Uint8Array {
  const out = new Uint8Array(WIDTH * HEIGHT);
  for (let y = y0; y < y0 + height; y++) out.fill(value, y * WIDTH + x0, y * WIDTH + x0 + width);
  return out;
}

describe('figures of a fill', () => {
  const hole = rectangle(60, 40, 30, 12);

  it('of the truth itself are perfect, whatever moves', async () => {
    const score = new FillScore(WIDTH, HEIGHT);
    let before: Uint8Array | undefined;
    for (let t = 0; t < 4; t++) {
      const gray = Uint8Array.from(grayOf(scene(t)));
      const bytes = (data: Uint8Array): { width: number; height: number; data: Uint8Array } => ({ width: WIDTH, height: HEIGHT, data });
      score.add(scene(t), scene(t), hole, before && (await warpOf(bytes(gray), bytes(before), hole)));
      before = gray;
    }
    const { psnr, ssim, ...others } = score.figures()!;
    expect(others).toEqual({ warp: 1, sharp: 1, colour: 0 });
    expect(ssim).toBeCloseTo(1, 6);
    expect(psnr).toBeGreaterThan(99);
  });

  it('are worked out by hand for a constant error, and count nothing outside of the hole', () => {
    const score = new FillScore(WIDTH, HEIGHT);
    const clean = scene(0);
    const out = clean.map((v, i) => (hole[Math.floor(i / 3)] ? v + 5 : 255 - v));
    score.add(out, clean, hole, undefined);
    const { psnr, colour, warp } = score.figures()!;
    expect(psnr).toBeCloseTo(20 * Math.log10(255 / 5), 6);
    expect(colour).toBeCloseTo(5, 6);
    expect(warp).toBeNull();
  });

  it('tell a smooth fill by its gradients', () => {
    const score = new FillScore(WIDTH, HEIGHT);
    const clean = new Uint8Array(WIDTH * HEIGHT * 3).map((_, i) => 120 + (Math.floor(i / 3) % 2 ? 20 : -20));
    const smooth = clean.map((v, i) => (hole[Math.floor(i / 3)] ? 120 : v));
    score.add(smooth, clean, hole, undefined);
    expect(score.figures()!.sharp).toBeLessThan(0.1);
  });

  it('tell flicker by what follows the motion', async () => {
    const score = new FillScore(WIDTH, HEIGHT);
    for (let t = 0; t < 6; t++) {
      const [gray, before] = [t, t - 1].map((k) => ({ width: WIDTH, height: HEIGHT, data: Uint8Array.from(grayOf(scene(k))) }));
      const out = scene(t).map((v, i) => (hole[Math.floor(i / 3)] ? v + (t % 2 ? 6 : -6) : v));
      score.add(out, scene(t), hole, t ? await warpOf(gray, before, hole) : undefined);
    }
    expect(score.figures()!.warp!).toBeGreaterThan(3);
  });

  it('are none where no frame has a hole', () => {
    const score = new FillScore(WIDTH, HEIGHT);
    score.add(scene(0), scene(0), new Uint8Array(WIDTH * HEIGHT), undefined);
    expect(score.figures()).toBeUndefined();
  });
});

it('follows samples back to where they were', async () => {
  const [gray, before] = [1, 0].map((t) => ({ width: WIDTH, height: HEIGHT, data: Uint8Array.from(grayOf(scene(t))) }));
  const { at, from } = await warpOf(gray, before, rectangle(60, 40, 30, 12));
  expect(at.length).toBeGreaterThan(250);
  const off = Array.from(at, (i, k) => Math.hypot(from[2 * k] - (i % WIDTH) - 3, from[2 * k + 1] - Math.floor(i / WIDTH)));
  expect(off.reduce((a, b) => a + b) / off.length).toBeLessThan(0.6);
});

describe.each(Object.keys(CLASSIC) as Classic[])('%s', (method) => {
  it('fills a plain picture plainly, and touches nothing but the grown hole', async () => {
    const mask = rectangle(60, 40, 30, 12);
    const plain = new Uint8Array(WIDTH * HEIGHT * 3).fill(90);
    const marked = plain.map((v, i) => (mask[Math.floor(i / 3)] ? 250 : v));
    const filled = await fillPicture(method, { width: WIDTH, height: HEIGHT, data: marked }, mask);
    expect(filled.every((v) => Math.abs(v - 90) <= 4)).toBe(true);
    const grown = rectangle(57, 37, 36, 18);
    const data = scene(2);
    const out = await fillPicture(method, { width: WIDTH, height: HEIGHT, data }, mask);
    expect(out.every((v, i) => grown[Math.floor(i / 3)] || v === data[i])).toBe(true);
  });
});

describe('the true plan', () => {
  const truth = (kind: Truth['tracks'][number]['kind'], spans: [number, number][]): Truth => ({
    kind,
    tracks: [{ kind, box: [0, 0, WIDTH, HEIGHT], spans }],
    cuts: [4],
  });
  async function* each(count: number, mask: (t: number) => Uint8Array): AsyncGenerator<Uint8Array> {
    for (let t = 0; t < count; t++) yield await Promise.resolve(mask(t));
  }
  const away = new Uint8Array(WIDTH * HEIGHT);
  const area = ({ data }: Mask): number => data.filter((v) => v).length;

  it('has one track for a logo that comes and goes, and one for each cue', async () => {
    const shows = (t: number): Uint8Array => (t % 5 < 3 ? rectangle(20, 20, 30, 10, 255) : away);
    const spans: [number, number][] = [
      [0, 2],
      [5, 7],
    ];
    const logo = await truePlan(truth('blinking-logo', spans), each(10, shows), WIDTH);
    expect(logo.shots).toEqual([
      { first: 0, last: 3 },
      { first: 4, last: 9 },
    ]);
    expect(logo.tracks.map((t) => t.spans)).toEqual([spans.map(([first, last]) => ({ first, last }))]);
    expect(logo.tracks[0].mask).toMatchObject({ box: { x: 20, y: 20, width: 30, height: 10 } });
    const cues = await truePlan(truth('subtitle', spans), each(10, shows), WIDTH);
    expect(cues.tracks.map((t) => t.spans)).toEqual(spans.map(([first, last]) => [{ first, last }]));
  });

  it('follows a mark that moves, and hides little more than it', async () => {
    const { tracks } = await truePlan(
      truth('moving-logo', [[0, 9]]),
      each(10, (t) => rectangle(20 + 5 * t, 20, 30, 10, 255)),
      WIDTH,
    );
    expect(
      tracks
        .flatMap((t) => t.spans)
        .map((s) => s.last - s.first + 1)
        .reduce((a, b) => a + b),
    ).toBe(10);
    for (const track of tracks) expect(area(track.mask)).toBeLessThan(1.4 * 300);
  });

  it('gives delogo a box inside the picture, and the times', async () => {
    const { tracks } = await truePlan(
      truth('logo', [[0, 9]]),
      each(10, () => rectangle(0, 50, 30, 46, 255)),
      WIDTH,
    );
    expect(delogoFilter(tracks, { width: WIDTH, height: HEIGHT })).toBe(`delogo=x=1:y=47:w=32:h=48:enable='between(n,0,9)'`);
  });
});

describe('the benchmark of filling', () => {
  it('begins with every kind of mark and every camera, and leaves no programme with a mark out', () => {
    const all = planCases({ seed: '1', clips: [] });
    const list = withMarks(all);
    expect(new Set(list.map((c) => c.name))).toEqual(
      new Set(all.flatMap((c) => (c.group === 'clean' || c.group === 'scene-text' ? [] : c.name))),
    );
    expect(new Set(list.slice(0, 10).map((c) => c.group)).size).toBe(10);
    expect(new Set(list.slice(0, 10).map((c) => c.motion)).size).toBe(3);
  });

  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'textless-filling-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function makeCase(): Promise<string> {
    const file = (name: string): string => path.join(folder, name);
    const rgb = rawInput('rgb24', WIDTH, HEIGHT, 25);
    const gray = rawInput('gray', WIDTH, HEIGHT, 25);
    const commands = [
      [...rgb, ...h264('veryfast', 14), file('marked.mp4')],
      [...rgb, ...h264('veryfast', 8), file('clean.mp4')],
      [...gray, '-c:v', 'ffv1', file('mask.mkv')],
    ];
    await withWriters(commands, undefined, async ([marked, clean, hidden]) => {
      for (let t = 0; t < 24; t++) {
        const mask = t >= 8 && t < 16 ? rectangle(60, 40, 30, 12, 255) : new Uint8Array(WIDTH * HEIGHT);
        await clean.write(scene(t));
        await marked.write(scene(t).map((v, i) => (mask[Math.floor(i / 3)] ? 250 : v)));
        await hidden.write(mask);
      }
    });
    const tracks = [{ kind: 'subtitle', box: [60, 40, 30, 12], spans: [[8, 15]], look: '', text: 'x' }];
    await writeFile(file('truth.json'), JSON.stringify({ kind: 'subtitle', fps: 25, size: [WIDTH, HEIGHT], frames: 24, tracks, cuts: [] }));
    return folder;
  }

  it('compares all methods on a case that was given, and leaves nothing there', async () => {
    const before = (await readdir(await makeCase())).sort();
    const options = { seed: '1', takes: path.join(folder, 'takes'), modelFolder: 'models/restore', cases: [folder] };
    const [result] = await runFillBenchmark(options);
    expect((await readdir(folder)).sort()).toEqual(before);
    expect(result).toMatchObject({ group: 'subtitle', motion: 'given', shots: 1, frames: 24, shown: 8, width: WIDTH, height: HEIGHT });
    const { identity, delogo, telea, ns, copy, network, textless } = result.methods;
    // What the camera sees again is copied; what a white bar hides is not seen in any one frame.
    for (const classic of [identity, delogo, telea, ns]) expect(copy.psnr).toBeGreaterThan(classic.psnr + 3);
    expect(network.psnr).toBeGreaterThan(telea.psnr + 3);
    expect(result.unblended ? textless.psnr > 20 : textless.psnr === network.psnr).toBe(true);
    expect(liveChildren()).toBe(0);
    const lines = fillText(summariseFills([result]));
    for (const table of [lines.slice(0, 10), lines.slice(11, 14), lines.slice(15, 18)])
      expect(new Set(table.map((line) => line.length)).size).toBe(1);
    expect(lines.at(-1)).toContain('of 1');
  });

  it('refuses what is no case', async () => {
    const none = await mkdtemp(path.join(folder, 'none-'));
    await expect(openCase(none)).rejects.toMatchObject({ code: 'TEXTLESS_NOT_FOUND' });
    const broken = await makeCase();
    await writeFile(path.join(broken, 'truth.json'), '{"kind": 3}');
    await expect(openCase(broken)).rejects.toMatchObject({ code: 'TEXTLESS_USAGE' });
  });
});
