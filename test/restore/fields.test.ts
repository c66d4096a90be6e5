import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameBytes, planesOf, type Frame } from '../../src/core/frame.js';
import { fieldTracks, hasFields, restoreFields, splitFields, weaveFields } from '../../src/restore/fields.js';
import { openNetwork, type Network } from '../../src/restore/network/network.js';
import { restoreFrames } from '../../src/restore/restore.js';
import { bars, geometryOf, paint, psnr, randomness, texture, track } from './scene.js';

const geometry = geometryOf(192, 96, '420', 8);
const colour = { matrix: 'bt601', range: 'limited' } as const;
const mark = bars({ x: 48, y: 41, width: 80, height: 21 });
const COUNT = 24;
const SWING = 24;
/** A hand that shakes: how far the picture has moved at a field. A steady pan would look the same in each woven frame. */
const moved = (field: number): number => Math.round(SWING * (1 + Math.sin(0.9 * field)));

const stride = 192 + 2 * SWING + 1;
const wide = texture(stride, 96, 3);
const inMark = (x: number, y: number): boolean => {
  const { box, data } = mark;
  return x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height && data[(y - box.y) * box.width + x - box.x] > 0;
};

/** An interlaced picture: odd lines are half a frame later. In the middle frames a mark. */
function frameAt(t: number, marked: boolean): Frame {
  return paint(geometry, t, (plane, x, y) => {
    if (plane) return 128;
    return marked && inMark(x, y) ? 235 : wide[y * stride + x + moved(2 * t + (y & 1))];
  });
}
const hidden = (t: number): boolean => t >= 6 && t < 18;

async function* programme(): AsyncGenerator<Frame> {
  for (let t = 0; t < COUNT; t++) yield await Promise.resolve(frameAt(t, hidden(t)));
}

const plan = { shots: [{ first: 0, last: COUNT - 1 }], tracks: [track('cue', mark, [6, 17])] };

/** PSNR under the mark against the truth, over all frames that carry it, and how many samples beside it were changed. */
async function judged(frames: AsyncIterable<Frame>): Promise<{ under: number; beside: number; count: number }> {
  let [sum, beside, count] = [0, 0, 0];
  for await (const frame of frames) {
    const [out, clean] = [frame, frameAt(frame.index, false)].map((f) => planesOf(f, geometry)[0].data);
    expect(frame.index).toBe(count++);
    if (hidden(frame.index)) sum += psnr(out, clean, (i) => inMark(i % 192, Math.floor(i / 192))) / 12;
    // Two samples of feather to each side, of lines of the same parity.
    const near = (x: number, y: number): boolean =>
      x >= mark.box.x - 2 && y >= mark.box.y - 4 && x < mark.box.x + mark.box.width + 2 && y < mark.box.y + mark.box.height + 4;
    out.forEach((v, i) => (beside += Number(v !== clean[i] && !near(i % 192, Math.floor(i / 192)))));
  }
  return { under: sum, beside, count };
}

describe('fields', () => {
  it.each(['420', '422', '444', 'gray'] as const)('of %s are taken apart and woven again without loss, at 8 and 10 bits', (chroma) => {
    for (const depth of [8, 10] as const) {
      const size = geometryOf(34, 20, chroma, depth);
      const random = randomness(5);
      const { data } = paint(size, 0, () => 255 * random());
      const fields = splitFields(data, size);
      expect(Buffer.compare(weaveFields(fields, size), data)).toBe(0);
      const bytes = depth > 8 ? 2 : 1;
      expect(Buffer.from(fields[1].subarray(0, 34 * bytes))).toEqual(Buffer.from(data.subarray(34 * bytes, 68 * bytes))); // its first line is the second
    }
  });

  it('take transparency along', () => {
    const { format, ...size } = geometryOf(34, 20, '420', 10);
    const keyed = { ...size, format: { ...format, alpha: true as const } };
    const random = randomness(5);
    const data = new Uint8Array(frameBytes(keyed)).map(() => 256 * random());
    expect(data.length).toBe(frameBytes({ ...size, format }) + 2 * 34 * 20);
    expect(Buffer.compare(weaveFields(splitFields(data, keyed), keyed), data)).toBe(0);
  });

  it('of a height whose chroma has no two equal halves do not exist', () => {
    expect(hasFields(geometryOf(192, 1080, '420', 8))).toBe(true);
    expect(hasFields(geometryOf(192, 98, '420', 8))).toBe(false);
    expect(hasFields(geometryOf(192, 98, '422', 8))).toBe(true);
  });

  it('have the lines of a mask, none of them twice', () => {
    const [even, odd] = ([0, 1] as const).map((parity) => fieldTracks(plan.tracks, parity)[0].mask);
    expect([even.box, odd.box]).toEqual([
      { x: 48, y: 21, width: 80, height: 10 },
      { x: 48, y: 20, width: 80, height: 11 },
    ]);
    expect(Buffer.from(odd.data.subarray(0, 80))).toEqual(Buffer.from(mark.data.subarray(0, 80)));
    const line = { box: { x: 0, y: 7, width: 4, height: 1 }, data: new Uint8Array(4).fill(255) };
    expect(fieldTracks([track('line', line, [0, 1])], 0)).toEqual([]);
  });
});

describe('restoreFields', () => {
  let restorer: Network;
  beforeAll(async () => {
    restorer = await openNetwork({ folder: '', network: false, workers: 2 });
  });
  afterAll(() => restorer[Symbol.asyncDispose]());

  it('fills an interlaced picture without combing, where a woven frame cannot be filled, and touches nothing else', async () => {
    const fields = await judged(restoreFields(programme(), { geometry, colour, plan, restorer }));
    const woven = await judged(restoreFrames(programme(), { geometry, colour, plan, restorer }));
    expect(fields).toMatchObject({ beside: 0, count: COUNT });
    expect(fields.under).toBeGreaterThan(30);
    expect(fields.under).toBeGreaterThan(woven.under + 5);
  });

  it('ends with its source when nobody reads on, and with the error of its source', async () => {
    let closed = false;
    const source = (async function* () {
      try {
        yield* programme();
      } finally {
        closed = true;
      }
    })();
    for await (const frame of restoreFields(source, { geometry, colour, plan, restorer })) if (frame.index === 2) break;
    expect(closed).toBe(true);
    const broken = (async function* () {
      yield frameAt(0, false);
      await Promise.reject(new Error('the disk is gone'));
    })();
    const read = async (): Promise<void> => {
      for await (const frame of restoreFields(broken, { geometry, colour, plan, restorer })) expect(frame.index).toBe(0);
    };
    await expect(read()).rejects.toThrow('the disk is gone');
  });
});
