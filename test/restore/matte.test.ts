import { describe, expect, it } from 'vitest';
import { planesOf, type Frame, type Geometry } from '../../src/core/frame.js';
import { MatteLearner } from '../../src/restore/matte/learn.js';
import type { Matte } from '../../src/restore/matte/matte.js';
import { leftToFill, unblendFrames } from '../../src/restore/matte/unblend.js';
import { badge, coded, marked, maskOf, scene, type DrawnMark } from './matte-scene.js';
import { geometryOf, track } from './scene.js';

const geometry = geometryOf(320, 180, '420', 8);
const colour = { matrix: 'bt709', range: 'limited' } as const;
const place = { x: 190, y: 120, width: 96, height: 36 };
const FRAMES = 96;
const clean = scene(geometry, FRAMES);
const white = [235, 128, 128] as const;

const trackOf = (mark: DrawnMark) => ({ ...track('logo-1', maskOf(mark), [0, FRAMES - 1]), kind: 'logo' as const });

function learn(frames: readonly Frame[], mark: DrawnMark, of: Geometry = geometry): Matte | undefined {
  const learner = new MatteLearner(trackOf(mark), of, colour);
  for (const t of learner.frames) learner.take(frames[t]);
  return learner.matte();
}

/** Mean error of α over all samples that carry the mark. */
function alphaError(matte: Matte | undefined, { box, alpha }: DrawnMark): number {
  if (!matte) return Infinity;
  const [{ box: at, alpha: found }] = matte.planes;
  let [sum, n] = [0, 0];
  for (let y = 0, i = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++, i++) {
      if (!alpha[i]) continue;
      sum += Math.abs(found[(box.y + y - at.y) * at.width + box.x + x - at.x] - alpha[i]);
      n++;
    }
  }
  return sum / n;
}

async function wiped(frames: readonly Frame[], mark: DrawnMark, matte: Matte, of: Geometry = geometry): Promise<Frame[]> {
  const out: Frame[] = [];
  const copies = frames.map(({ index, data }) => ({ index, data: data.slice() }));
  const source = (async function* () {
    for (const f of copies) yield await Promise.resolve(f);
  })();
  for await (const f of unblendFrames(source, [trackOf(mark)], new Map([['logo-1', matte]]), { geometry: of, colour })) out.push(f);
  return out;
}

/** Root of the mean squared difference of a plane where a mark lies and outside of it, in 8-bit levels. */
function differences(a: readonly Frame[], b: readonly Frame[], of: Geometry, plane: number): { under: number; outside: number } {
  const sums = { under: 0, n: 0, outside: 0 };
  a.forEach((frame, t) => {
    const [p, q] = [planesOf(frame, of)[plane], planesOf(b[t], of)[plane]];
    const [sx, sy] = [Math.round(of.width / p.width), Math.round(of.height / p.height)];
    for (let y = 0, i = 0; y < p.height; y++) {
      for (let x = 0; x < p.width; x++, i++) {
        const [u, v] = [x * sx - place.x, y * sy - place.y];
        const inside = u >= -8 && v >= -8 && u < place.width + 8 && v < place.height + 8;
        const off = (p.data[i] - q.data[i]) / 2 ** (of.format.depth - 8);
        if (!inside) sums.outside = Math.max(sums.outside, Math.abs(off));
        else [sums.under, sums.n] = [sums.under + off * off, sums.n + 1];
      }
    }
  });
  return { under: Math.sqrt(sums.under / sums.n), outside: sums.outside };
}

describe('the matte of a mark', () => {
  it.each([0.2, 0.4, 0.6, 0.8])('with hard edges and α %f is found', (alpha) => {
    const mark = badge(place, alpha, white);
    expect(alphaError(learn(marked(clean, geometry, mark), mark), mark)).toBeLessThan(0.02);
  });

  it.each([0.2, 0.4, 0.6, 0.8])('with a border that fades over six samples and α %f is found', (alpha) => {
    const mark = badge(place, alpha, white, 6);
    expect(alphaError(learn(marked(clean, geometry, mark), mark), mark)).toBeLessThan(0.02);
  });

  it.each([
    ['blue', [90, 190, 110]],
    ['red', [110, 100, 200]],
    ['black', [16, 128, 128]],
  ] as const)('of a %s mark is found, with its colour', (_, tint) => {
    const mark = badge(place, 0.5, tint);
    const matte = learn(marked(clean, geometry, mark), mark);
    expect(alphaError(matte, mark)).toBeLessThan(0.02);
    matte?.planes.forEach((plane, p) => expect(Math.abs(plane.colour - tint[p])).toBeLessThan(6));
  });

  it.each([14, 21, 28])('is found after H.264 at crf %i', (crf) => {
    const mark = badge(place, 0.5, white);
    expect(alphaError(learn(coded(marked(clean, geometry, mark), geometry, crf), mark), mark)).toBeLessThan(0.02);
  });

  it('has an outline in the other tone, and both are taken off', async () => {
    const outer = badge(place, 0.25, [16, 128, 128], 2);
    const inner = badge({ x: place.x + 3, y: place.y + 3, width: place.width - 8, height: place.height - 6 }, 0.35, white);
    const frames = marked(marked(clean, geometry, outer), geometry, inner);
    const matte = learn(frames, outer);
    expect(matte?.planes[0].rim).toBeDefined();
    const before = differences(frames, clean, geometry, 0).under;
    const after = differences(await wiped(frames, outer, matte!), clean, geometry, 0).under;
    expect(after).toBeLessThan(0.35 * before);
  });

  it('is not made up where the mark hides what is under it', () => {
    for (const tint of [white, [90, 190, 110], [150, 128, 128]] as const) {
      const mark = badge(place, 1, tint);
      expect(learn(marked(clean, geometry, mark), mark)).toBeUndefined();
    }
  });
});

describe('the matte of a mark at the border of the picture', () => {
  const edge = { x: 224, y: 144, width: 96, height: 36 };

  it('is found where the scene shines through', () => {
    const mark = badge(edge, 0.5, white);
    expect(alphaError(learn(marked(clean, geometry, mark), mark), mark)).toBeLessThan(0.03);
  });

  it('is not made up of a mark in two colours', () => {
    const mark = badge(edge, 0.5, white);
    const letter = { ...mark, alpha: mark.alpha.map((a, i) => (a && i % 12 < 5 ? 0.9 : 0)), colour: [40, 128, 128] as const };
    expect(learn(marked(marked(clean, geometry, mark), geometry, letter), mark)).toBeUndefined();
  });
});

it('is learnt of a mark that comes late in a programme, and within ten minutes of it', () => {
  const late = { ...trackOf(badge(place, 0.5, white)), spans: [{ first: 30_000, last: 90_000 }] };
  const { frames } = new MatteLearner(late, geometry, colour);
  expect(frames.length).toBeGreaterThan(40);
  expect(frames[0]).toBeGreaterThan(30_000);
  expect(frames.at(-1)).toBeLessThanOrEqual(45_000);
});

describe('the matte of a mark that changes its look', () => {
  it('is not learnt: captions that follow one another at one place', () => {
    const stripes = (from: number): DrawnMark => ({
      box: place,
      alpha: Float32Array.from({ length: place.width * place.height }, (_, i) => (((i % place.width) + from) % 12 < 5 ? 1 : 0)),
      colour: white,
    });
    const [one, other] = [marked(clean, geometry, stripes(0)), marked(clean, geometry, stripes(6))];
    const frames = clean.map((_, t) => (t % 20 < 10 ? one : other)[t]);
    const both = { ...stripes(0), alpha: stripes(0).alpha.map((a, i) => Math.max(a, stripes(6).alpha[i])) };
    expect(learn(frames, both)).toBeUndefined();
  });
});

describe('unblendFrames', () => {
  it.each([
    ['8 bits, 4:2:0', geometry],
    ['10 bits, 4:2:2', geometryOf(320, 180, '422', 10)],
    ['gray', geometryOf(320, 180, 'gray', 8)],
  ])('gives the scene back, and the rest bit by bit: %s', async (_, of) => {
    const truth = of === geometry ? clean : scene(of, FRAMES);
    const mark = badge(place, 0.5, white);
    const frames = marked(truth, of, mark);
    const matte = learn(frames, mark, of);
    expect(matte).toBeDefined();
    const out = await wiped(frames, mark, matte!, of);
    expect(out.map((f) => f.index)).toEqual(frames.map((f) => f.index));
    matte!.planes.forEach((__, p) => {
      expect(differences(frames, truth, of, p).under).toBeGreaterThan(p ? 1.4 : 10);
      const { under, outside } = differences(out, truth, of, p);
      expect(under).toBeLessThan(p ? 0.8 : 1.5);
      expect(outside).toBe(0);
    });
  });

  it('follows a mark that fades in and out', async () => {
    const mark = badge(place, 0.6, white);
    const fading = (t: number): number => Math.min(1, (t + 1) / 10, (FRAMES - t) / 10);
    const frames = marked(clean, geometry, mark, fading);
    const matte = learn(frames, mark)!;
    const out = await wiped(frames, mark, matte);
    const ends = (of: readonly Frame[]): Frame[] => [...of.slice(0, 9), ...of.slice(-9)];
    expect(differences(ends(frames), ends(clean), geometry, 0).under).toBeGreaterThan(8);
    expect(differences(ends(out), ends(clean), geometry, 0).under).toBeLessThan(4);
  });
});

describe('unblendFrames, far from the ends of a span', () => {
  it('leaves frames alone in which the mark is away for a moment', async () => {
    const mark = badge(place, 0.6, white);
    const away = (t: number): boolean => t >= 46 && t < 50;
    const frames = marked(clean, geometry, mark, (t) => (away(t) ? 0 : 1));
    const matte = learn(marked(clean, geometry, mark), mark)!;
    const out = await wiped(frames, mark, matte);
    out.forEach((frame, t) => away(t) && expect(Buffer.compare(frame.data, frames[t].data)).toBe(0));
    expect(differences(out, clean, geometry, 0).under).toBeLessThan(1.5);
  });
});

describe('leftToFill', () => {
  const mark = badge(place, 0.5, white);
  const matte = learn(marked(clean, geometry, mark), mark)!;

  it('is nothing where all of a mark is taken off, and all of it where nothing is', () => {
    expect(leftToFill(trackOf(mark), matte)).toBeUndefined();
    expect(leftToFill(trackOf(mark), undefined)).toEqual(trackOf(mark));
  });

  it('is what is too opaque to be taken off', () => {
    const [luma, ...chroma] = matte.planes;
    const half = { ...luma, alpha: luma.alpha.map((a, i) => (i % luma.box.width < luma.box.width / 2 && a > 0.1 ? 0.95 : a)) };
    const left = leftToFill(trackOf(mark), { ...matte, planes: [half, ...chroma] });
    const hidden = left!.mask.data.filter((v) => v).length;
    expect(hidden).toBeGreaterThan(0);
    expect(hidden).toBeLessThan(trackOf(mark).mask.data.filter((v) => v).length);
  });
});
