import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planesOf, type Frame } from '../../src/core/frame.js';
import type { Plan } from '../../src/plan/plan.js';
import { openNetwork, type Network, type Restorer } from '../../src/restore/network/network.js';
import { restoreFrames } from '../../src/restore/restore.js';
import { bars, geometryOf, paint, psnr, texture, track } from './scene.js';

const geometry = geometryOf(192, 128, '420', 8);
const colour = { matrix: 'bt709', range: 'limited' } as const;
const picture = texture(600, 128, 11);
const second = texture(600, 128, 12);
const mark = bars({ x: 41, y: 51, width: 100, height: 24 }, 5, 12);

/** Frame `t` of a pan; from `cut` on it is another picture. With paint on the mark where `hidden`. */
function frameAt(t: number, hidden: (t: number) => boolean, speed = 3, cut = Infinity): Frame {
  const { box, data } = mark;
  const from = t < cut ? picture : second;
  return paint(geometry, t, (p, x, y) => {
    if (p) return 128;
    const inside = x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
    if (hidden(t) && inside && data[(y - box.y) * box.width + x - box.x]) return 235;
    return from[y * 600 + x + t * speed];
  });
}

async function* stream(count: number, hidden: (t: number) => boolean, speed?: number, cut?: number, onRead?: (t: number) => void) {
  for (let t = 0; t < count; t++) {
    onRead?.(t);
    yield await Promise.resolve(frameAt(t, hidden, speed, cut));
  }
}

const shotsOf = (count: number, cut?: number): Plan['shots'] => (cut ? [{ first: 0, last: cut - 1 }, { first: cut, last: count - 1 }] : [{ first: 0, last: count - 1 }]); // prettier-ignore

async function collect(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const all: Frame[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

/** PSNR of the luma under the mark over some frames. */
function underMark(frames: readonly Frame[], from: number, to: number, speed?: number, cut?: number): number {
  const values = frames.slice(from, to).map(({ index, data }) => {
    const truth = frameAt(index, () => false, speed, cut).data;
    return psnr(data.subarray(0, 192 * 128), truth, (i) => {
      const [x, y] = [(i % 192) - mark.box.x, Math.floor(i / 192) - mark.box.y];
      return i < 192 * 128 && x >= 0 && y >= 0 && x < 100 && y < 24 && mark.data[y * 100 + x] > 0;
    });
  });
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** A frame with less contrast, but for the paint: as leaves or gravel. */
const faint = (frame: Frame): Frame => ({
  ...frame,
  data: frame.data.map((v, i) => (i < 192 * 128 && v !== 235 ? 128 + (v - 128) / 6 : v)),
});

/** Sum of the squared steps from sample to sample along the mark's rows. */
function roughnessUnder({ data }: Frame): number {
  let sum = 0;
  for (let y = mark.box.y; y < mark.box.y + mark.box.height; y++)
    for (let x = mark.box.x; x < mark.box.x + mark.box.width; x++) sum += (data[y * 192 + x] - data[y * 192 + x - 1]) ** 2;
  return sum;
}

describe('restoreFrames', () => {
  let restorer: Network;
  beforeAll(async () => {
    restorer = await openNetwork({ folder: '', network: false, workers: 2 });
  });
  afterAll(() => restorer[Symbol.asyncDispose]());

  it('gives one frame for each, in order, those without a mark as the same buffer, the others restored from their neighbours', async () => {
    const hidden = (t: number): boolean => t >= 6 && t <= 24;
    const input: Frame[] = [];
    const taken = (async function* () {
      for await (const frame of stream(36, hidden)) {
        input.push({ index: frame.index, data: frame.data.slice() });
        yield Object.assign(frame, { arrived: frame.data });
      }
    })();
    const done: number[] = [];
    const plan = { shots: shotsOf(36), tracks: [track('cue', mark, [6, 24])] };
    const output = await collect(restoreFrames(taken, { geometry, colour, plan, restorer, onProgress: (p) => done.push(p.done) }));
    expect(output.map((f) => f.index)).toEqual(Array.from({ length: 36 }, (_, t) => t));
    expect(done).toEqual(Array.from({ length: 36 }, (_, t) => t + 1));
    for (const frame of output) {
      expect(frame.data).toBe((frame as Frame & { arrived: Uint8Array }).arrived);
      expect(Buffer.compare(frame.data, input[frame.index].data) === 0).toBe(!hidden(frame.index));
    }
    expect(underMark(input, 6, 25)).toBeLessThan(15);
    expect(underMark(output, 6, 25)).toBeGreaterThan(32);
  });

  it('touches nothing but the mask and its feather', async () => {
    const plan = { shots: shotsOf(9), tracks: [track('logo', mark, [0, 8])] };
    const output = await collect(
      restoreFrames(
        stream(9, () => true),
        { geometry, colour, plan, restorer },
      ),
    );
    for (const frame of output) {
      const [now, was] = [frame, frameAt(frame.index, () => true)].map((f) => planesOf(f, geometry)[0].data);
      const { box } = mark;
      now.forEach((v, i) => {
        const [x, y] = [(i % 192) - box.x, Math.floor(i / 192) - box.y];
        if (x < -2 || y < -2 || x >= box.width + 2 || y >= box.height + 2) expect(v).toBe(was[i]);
      });
    }
  });

  it('remembers the place from before a cue that is longer than it looks ahead', async () => {
    const hidden = (t: number): boolean => t >= 3 && t < 90;
    const plan = { shots: shotsOf(90), tracks: [track('cue', mark, [3, 89])] };
    const output = await collect(restoreFrames(stream(90, hidden, 0), { geometry, colour, plan, restorer }));
    expect(underMark(output, 60, 76, 0)).toBeGreaterThan(40);
  });

  it('copies nothing across a cut', async () => {
    const hidden = (t: number): boolean => t >= 8;
    const plan = { shots: shotsOf(20, 8), tracks: [track('logo', mark, [8, 19])] };
    const [a, b] = [picture.slice(), second.slice()];
    const output = await collect(restoreFrames(stream(20, hidden, 0, 8), { geometry, colour, plan, restorer }));
    picture.reverse(); // another first shot, the same second one
    const other = await collect(restoreFrames(stream(20, hidden, 0, 8), { geometry, colour, plan, restorer }));
    picture.set(a);
    expect(second).toEqual(b);
    for (let t = 0; t < 20; t++) expect(Buffer.compare(output[t].data, other[t].data) === 0).toBe(t >= 8);
  });

  it('learns once a shot where texture is to be had for what no frame of it shows, and uses it in all of its frames', async () => {
    let learnt = 0;
    const counting: Restorer = { ...restorer, texture: (window) => (learnt++, restorer.texture(window)) };
    const smooth: Restorer = { ...restorer, texture: () => Promise.resolve(undefined) };
    const plan = { shots: shotsOf(24, 12), tracks: [track('logo', mark, [0, 23])] };
    const run = (with_: Restorer): Promise<Frame[]> =>
      collect(
        restoreFrames(
          (async function* () {
            for await (const frame of stream(24, () => true, 0, 12)) yield faint(frame);
          })(),
          { geometry, colour, plan, restorer: with_ },
        ),
      );
    const [textured, plain] = [await run(counting), await run(smooth)];
    expect(learnt).toBe(2);
    for (const t of [0, 11, 12, 23]) {
      const truth = roughnessUnder(faint(frameAt(t, () => false, 0, 12)));
      expect(roughnessUnder(plain[t]) / truth).toBeLessThan(0.75);
      expect(roughnessUnder(textured[t]) / truth).toBeGreaterThan(0.85);
      expect(roughnessUnder(textured[t]) / truth).toBeLessThan(1.6);
    }
  });

  it('gives the same again, with one worker or two', async () => {
    const plan = { shots: shotsOf(20), tracks: [track('logo', mark, [0, 19])] };
    const run = async (with_: Network): Promise<Frame[]> =>
      collect(
        restoreFrames(
          stream(20, () => true),
          { geometry, colour, plan, restorer: with_ },
        ),
      );
    await using single = await openNetwork({ folder: '', network: false, workers: 1 });
    const [a, b] = [await run(restorer), await run(single)];
    a.forEach((frame, t) => expect(Buffer.compare(frame.data, b[t].data)).toBe(0));
  });

  it('holds few frames, and none more than it must where nothing is marked', async () => {
    let [read, most, idle] = [0, 0, 0];
    const plan = { shots: shotsOf(260), tracks: [track('cue', mark, [100, 130])] };
    for await (const { index } of restoreFrames(
      stream(
        260,
        () => false,
        0,
        undefined,
        (t) => (read = t),
      ),
      { geometry, colour, plan, restorer },
    )) {
      most = Math.max(most, read - index);
      if (index < 60 || index > 170) idle = Math.max(idle, read - index);
    }
    expect(most).toBeLessThanOrEqual(64);
    expect(idle).toBeLessThanOrEqual(1);
  });

  it('ends quietly when there are fewer frames than planned', async () => {
    const plan = { shots: shotsOf(40), tracks: [track('logo', mark, [0, 39])] };
    expect(
      await collect(
        restoreFrames(
          stream(11, () => true),
          { geometry, colour, plan, restorer },
        ),
      ),
    ).toHaveLength(11);
  });

  it('stops reading when nobody wants more frames, and when cancelled', async () => {
    let closed = 0;
    const open = async function* (): AsyncGenerator<Frame> {
      try {
        yield* stream(100, () => true);
      } finally {
        closed++;
      }
    };
    const plan = { shots: shotsOf(100), tracks: [track('logo', mark, [0, 99])] };
    for await (const frame of restoreFrames(open(), { geometry, colour, plan, restorer })) if (frame.index === 2) break;
    expect(closed).toBe(1);
    const controller = new AbortController();
    const cancelled = (async () => {
      for await (const frame of restoreFrames(open(), { geometry, colour, plan, restorer, signal: controller.signal }))
        if (frame.index === 1) controller.abort();
    })();
    await expect(cancelled).rejects.toMatchObject({ code: 'TEXTLESS_CANCELLED' });
    expect(closed).toBe(2);
  });

  it('fails, and does not hang, when the worker dies in the middle', async () => {
    await using mortal = await openNetwork({ folder: '', network: false, workers: 1 });
    const plan = { shots: shotsOf(60), tracks: [track('logo', mark, [0, 59])] };
    const run = (async () => {
      for await (const frame of restoreFrames(
        stream(60, () => true),
        { geometry, colour, plan, restorer: mortal },
      ))
        if (frame.index === 1) process.kill(mortal.pids[0], 'SIGKILL');
    })();
    await expect(run).rejects.toMatchObject({ code: 'TEXTLESS_INFERENCE' });
  });
});
