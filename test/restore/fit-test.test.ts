import { beforeAll, describe, expect, it } from 'vitest';
import { planesOf, type Frame } from '../../src/core/frame.js';
import { displaced } from '../../src/restore/matte/edges.js';
import { learnMattes, type Known } from '../../src/restore/matte/lessons.js';
import type { Matte } from '../../src/restore/matte/matte.js';
import { unblendFrames } from '../../src/restore/matte/unblend.js';
import { badge, coded, marked, maskOf, scene, type DrawnMark } from './matte-scene.js';
import { geometryOf, track } from './scene.js';

const geometry = geometryOf(320, 180, '420', 8);
const picture = { geometry, colour: { matrix: 'bt709', range: 'limited' } } as const;
const place = { x: 190, y: 120, width: 96, height: 36 };
const white = [235, 128, 128] as const;
const FRAMES = 64;
const SPAN = { first: 0, last: FRAMES - 1 };
const mark = badge(place, 0.45, white);

/** A programme as it comes: the mark drawn, then coded. */
const broadcast = (clean: readonly Frame[], drawn: DrawnMark): Frame[] => coded(marked(clean, geometry, drawn), geometry, 18);

async function* stream(frames: readonly Frame[]): AsyncGenerator<Frame> {
  for (const { index, data } of frames) yield await Promise.resolve({ index, data: data.slice() });
}

const trackOf = (drawn: DrawnMark) => ({ ...track('logo-1', maskOf(drawn), [0, SPAN.last]), kind: 'logo' as const });

const study = (frames: readonly Frame[], drawn: DrawnMark, known?: Known) =>
  learnMattes(stream(frames), { tracks: [trackOf(drawn)], shots: [SPAN] }, picture, known);

/** The programme with a known matte of the name `nova`. */
const given = (frames: readonly Frame[], drawn: DrawnMark, matte: Matte, whole = false) =>
  study(frames, drawn, { mattes: new Map([['logo-1', [{ id: 'nova', matte, error: 0.01 }]]]), whole });

/** Luma PSNR under the mark once a matte is taken off. */
async function quality(frames: readonly Frame[], clean: readonly Frame[], matte: Matte): Promise<number> {
  let [sum, n] = [0, 0];
  for await (const out of unblendFrames(stream(frames), [trackOf(mark)], new Map([['logo-1', matte]]), picture)) {
    const [a, b] = [out, clean[out.index]].map((f) => planesOf(f, geometry)[0].data);
    mark.alpha.forEach((alpha, i) => {
      if (alpha < 0.02) return;
      const at = (place.y + Math.floor(i / place.width)) * geometry.width + place.x + (i % place.width);
      sum += (a[at] - b[at]) ** 2;
      n++;
    });
  }
  return 10 * Math.log10((255 * 255 * n) / sum);
}

/** The mark redrawn: moved, larger, as opaque as another. */
function redrawn({ x = 0, y = 0, scale = 1, opacity = 1 }, colour: DrawnMark['colour'] = white): DrawnMark {
  const by = 8;
  const box = { x: place.x - by, y: place.y - by, width: place.width + 2 * by, height: place.height + 2 * by };
  const wide = new Float32Array(box.width * box.height);
  mark.alpha.forEach((a, i) => (wide[(by + Math.floor(i / place.width)) * box.width + by + (i % place.width)] = a * opacity));
  return { box, alpha: displaced(wide, box.width, { x, y, scale }), colour };
}

let known: Matte;
const other = scene(geometry, FRAMES, 500);

beforeAll(async () => {
  const { mattes } = await study(broadcast(scene(geometry, FRAMES), mark), mark);
  known = mattes.get('logo-1')!;
});

describe('case 61: a matte learnt from one programme', () => {
  it('is used on another of the channel, and is as good there as what that tells itself', async () => {
    const frames = broadcast(other, mark);
    const { mattes, marks, refused } = await given(frames, mark, known);
    expect(refused).toEqual([]);
    expect(marks.get('logo-1')).toBe('nova');
    const own = (await study(frames, mark)).mattes.get('logo-1')!;
    const [theirs, ours] = [await quality(frames, other, mattes.get('logo-1')!), await quality(frames, other, own)];
    expect(ours).toBeGreaterThan(30);
    expect(theirs).toBeGreaterThan(ours - 0.5);
  });

  it.each([
    ['moved by 2 samples', redrawn({ x: 2 }), 'stands 2 samples farther right here'],
    ['moved up by a sample', redrawn({ y: -1 }), 'stands 1 sample farther up here'],
    ['enlarged by 3 %', redrawn({ scale: 1.03 }), 'larger here'],
    ['shrunk by 3 %', redrawn({ scale: 0.97 }), 'smaller here'],
    ['fainter', redrawn({ opacity: 0.8 }), 'as strongly here'],
    ['stronger', redrawn({ opacity: 1.2 }), 'as strongly here'],
    ['tinted', redrawn({}, [235, 100, 128]), 'has another colour here'],
    ['another', { ...mark, alpha: mark.alpha.map((_, i) => (i % 14 < 6 ? 0.45 : 0)) }, 'here'],
  ])('is refused where the mark is %s, with the reason; the programme is learnt from alone', async (_, drawn, reason) => {
    const { marks, mattes, refused } = await given(broadcast(other, drawn), drawn, known);
    expect(marks.size).toBe(0);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ track: 'logo-1', mark: 'nova' });
    expect(refused[0].reason).toContain(reason);
    expect(mattes.get('logo-1')).not.toBe(known);
  });

  it('is refused where no mark is', async () => {
    const { marks, refused } = await given(coded(other, geometry, 18), mark, known);
    expect(marks.size).toBe(0);
    expect(refused).toHaveLength(1);
  });

  it('takes the mark off a short still programme that does not tell how opaque it is', async () => {
    const still = other.map(({ index }) => ({ index, data: other[0].data }));
    const frames = broadcast(still, mark);
    const own = (await study(frames, mark)).own.get('logo-1')!;
    expect(own.matte === undefined || own.error > 0.05).toBe(true);
    const { mattes, marks } = await given(frames, mark, known);
    expect(marks.get('logo-1')).toBe('nova');
    expect(await quality(frames, still, mattes.get('logo-1')!)).toBeGreaterThan(30);
  });

  it('needs fewer frames than learning, unless the programme is to be learnt from too', async () => {
    const long = (n: number): Frame[] => Array.from({ length: n }, (_, index) => ({ index, data: shown[index % FRAMES].data }));
    const shown = marked(other, geometry, mark);
    const read = async (whole: boolean): Promise<number> => {
      let count = 0;
      async function* counted(): AsyncGenerator<Frame> {
        for (const frame of long(3000)) {
          count++;
          yield await Promise.resolve(frame);
        }
      }
      const span = { first: 0, last: 2999 };
      const tracks = [{ ...trackOf(mark), spans: [span] }];
      await learnMattes(counted(), { tracks, shots: [span] }, picture, {
        mattes: new Map([['logo-1', [{ id: 'nova', matte: known, error: 0.01 }]]]),
        whole,
      });
      return count;
    };
    expect(await read(false)).toBeLessThan(1500);
    expect(await read(true)).toBeGreaterThan(2900);
  });
});
