import { afterAll, beforeAll, expect, it } from 'vitest';
import { planesOf, type Frame } from '../../src/core/frame.js';
import type { Track } from '../../src/plan/plan.js';
import { maskAt } from '../../src/plan/travel.js';
import { Reach } from '../../src/job/gates/reach.js';
import { FEATHER } from '../../src/restore/compose.js';
import { restorePictures } from '../../src/restore/fields.js';
import { openNetwork, type Network } from '../../src/restore/network/network.js';
import { geometryOf, paint, psnr, randomness, texture, track } from './scene.js';

const WIDTH = 192;
const HEIGHT = 96;
const geometry = geometryOf(WIDTH, HEIGHT, '420', 8);
const colour = { matrix: 'bt601', range: 'limited' } as const;
const COUNT = 40;
const BAND = { x: 0, y: 40, width: WIDTH, height: 16 };
/** Samples to the left a frame. */
const SPEED = 3;

/** Letters: bars of random heights with gaps, as wide as three pictures. */
function strip(): Uint8Array {
  const width = 3 * WIDTH;
  const random = randomness(5);
  const data = new Uint8Array(width * BAND.height);
  for (let u = 4; u + 6 < width; u += 9) {
    const [top, bottom] = [Math.floor(4 * random()), BAND.height - Math.floor(4 * random())];
    for (let r = top; r < bottom; r++) data.fill(255, r * width + u, r * width + u + 5);
  }
  return data;
}

const letters = { box: { x: 0, y: 0, width: 3 * WIDTH, height: BAND.height }, data: strip() };
const scene = texture(WIDTH, HEIGHT, 11);
const whole = { box: BAND, data: new Uint8Array(BAND.width * BAND.height).fill(255) };

/** Letters over a scene that stands; in fields, odd lines are half a frame later. */
function programme(interlaced: boolean): { readonly ticker: Track; readonly frameAt: (t: number, marked: boolean) => Frame } {
  const way = [0, COUNT - 1].map((frame) => ({ frame, x: -SPEED * frame, y: BAND.y }));
  const shift = (y: number): number => (interlaced && y & 1 ? 1 : 0);
  const data = letters.data.map((_, i) => {
    const [u, r] = [i % letters.box.width, Math.floor(i / letters.box.width)];
    const from = u + shift(BAND.y + r);
    return from < letters.box.width ? letters.data[i + shift(BAND.y + r)] : 0;
  });
  const ticker = { ...track('ticker', whole, [0, COUNT - 1]), crawl: { strip: { box: letters.box, data }, path: way } };
  const frameAt = (t: number, marked: boolean): Frame => {
    const hidden = maskAt(ticker, t).data;
    return paint(geometry, t, (plane, x, y) => {
      if (plane) return 128;
      const inside = y >= BAND.y && y < BAND.y + BAND.height && hidden[(y - BAND.y) * WIDTH + x];
      return marked && inside ? 235 : scene[y * WIDTH + x];
    });
  };
  return { ticker, frameAt };
}

let restorer: Network;
beforeAll(async () => void (restorer = await openNetwork({ folder: '', network: false, workers: 1 })));
afterAll(() => restorer[Symbol.asyncDispose]());

it.each([
  ['frames', false],
  ['fields', true],
])('letters that travel are filled from where they have been, in %s, and nothing else is touched', async (_, interlaced) => {
  const { ticker, frameAt } = programme(interlaced);
  const frames = async function* (): AsyncGenerator<Frame> {
    for (let t = 0; t < COUNT; t++) yield await Promise.resolve(frameAt(t, true));
  };
  const plan = { shots: [{ first: 0, last: COUNT - 1 }], tracks: [ticker] };
  const reach = new Reach([ticker], new Map(), { geometry, interlaced });
  let count = 0;
  for await (const frame of restorePictures(frames(), { geometry, colour, plan, restorer, interlaced, topFieldFirst: true })) {
    const [out, clean, marked] = [frame, frameAt(frame.index, false), frameAt(frame.index, true)].map((f) => planesOf(f, geometry)[0].data);
    const hidden = (i: number): boolean => marked[i] !== clean[i];
    const [{ box, map }] = reach.at(frame.index);
    const mayChange = (i: number): boolean => {
      const [x, y] = [(i % WIDTH) - box.x, Math.floor(i / WIDTH) - box.y];
      return x >= 0 && y >= 0 && x < box.width && y < box.height && map[y * box.width + x] > 0;
    };
    expect(out.every((v, i) => mayChange(i) || v === marked[i])).toBe(true);
    if (frame.index >= 6 && frame.index < COUNT - 6) expect(psnr(out, clean, hidden)).toBeGreaterThan(interlaced ? 28 : 32);
    expect(frame.index).toBe(count++);
  }
  expect(count).toBe(COUNT);
});

it('may be written within the feather of the letters, also of those that are just out of the picture', () => {
  const { ticker } = programme(false);
  const reach = new Reach([ticker], new Map(), { geometry, interlaced: false });
  const [{ box, map }] = reach.at(0);
  const { data } = maskAt(ticker, 0);
  const near = (x: number, y: number): boolean => {
    for (let v = y - FEATHER; v <= y + FEATHER; v++)
      for (let u = x - FEATHER; u <= x + FEATHER; u++)
        if (v >= 0 && v < BAND.height && u >= 0 && u < letters.box.width && letters.data[v * letters.box.width + u]) return true;
    return false;
  };
  expect(data.some((v) => v > 0)).toBe(true);
  for (let y = 0; y < box.height; y++)
    for (let x = 0; x < box.width; x++) expect(map[y * box.width + x] > 0).toBe(near(box.x + x, box.y + y - BAND.y));
});
