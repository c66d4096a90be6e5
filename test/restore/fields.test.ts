import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planesOf, type Frame } from '../../src/core/frame.js';
import { cropToRgb } from '../../src/restore/colour.js';
import { fieldLines } from '../../src/restore/field-lines.js';
import { hasFields, inFields, restoreFields } from '../../src/restore/fields.js';
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
  it.each(['420', '422', '444', 'gray'] as const)(
    'of %s are cut out with their own lines, and written without the others, at 8 and 10 bits',
    (chroma) => {
      for (const depth of [8, 10] as const) {
        const size = geometryOf(34, 20, chroma, depth);
        const random = randomness(5);
        const { data } = paint(size, 0, () => 255 * random());
        const box = { x: 4, y: 6, width: 20, height: 10 }; // begins within lines that share their chroma
        const frame = (index: number): Frame => ({ index, data: data.slice() });
        for (const [moment, first] of [
          [0, 0],
          [1, 0],
          [0, 1],
          [5, 1],
        ] as const) {
          // prettier-ignore
          const access = fieldLines(size, colour, first);
          const parity = (moment & 1) ^ first;
          expect(access.parity(moment)).toBe(parity);
          // Woven with anything, the lines of one parity are what they were.
          const other = frame(moment);
          for (const { data: plane, width, height } of planesOf(other, size))
            for (let y = 1 - parity; y < height; y += 2) plane.fill(0, y * width, (y + 1) * width);
          const rgb = access.crop(frame(moment), box);
          expect(Buffer.compare(access.crop(other, box), rgb)).toBe(0);
          if (chroma === '444') {
            const whole = cropToRgb(frame(moment), size, colour, box);
            for (let y = parity; y < box.height; y += 2) expect(Buffer.from(rgb.subarray(60 * y, 60 * (y + 1)))).toEqual(Buffer.from(whole.subarray(60 * y, 60 * (y + 1)))); // prettier-ignore
          }
          const written = frame(moment);
          access.write(written, { box, rgb: new Uint8Array(600).fill(90), weight: new Uint8Array(200).fill(255) });
          planesOf(written, size).forEach(({ data: plane, width, height }, k) => {
            const before = planesOf(frame(moment), size)[k].data;
            for (let y = 0; y < height; y++) {
              const same = Buffer.compare(Buffer.from(plane.slice(y * width, (y + 1) * width)), Buffer.from(before.slice(y * width, (y + 1) * width))) === 0; // prettier-ignore
              const scale = height / size.height;
              if ((y & 1) !== parity || y < (box.y & ~3) * scale || y >= ((box.y + box.height + 3) & ~3) * scale)
                expect([k, y, same]).toEqual([k, y, true]);
              else if (y >= box.y * scale && y < (box.y + box.height) * scale) expect([k, y, same]).toEqual([k, y, false]);
            }
          });
        }
      }
    },
  );

  it('are not looked at where an interpolated line mixes in hidden ones', () => {
    const hidden = new Uint8Array(4 * 16);
    hidden.fill(255, 4 * 6, 4 * 7); // line 6, even
    const rows = (parity: 0 | 1): number[] => {
      const blind = fieldLines(geometry, colour, 0).blind(hidden, { x: 0, y: 0, width: 4, height: 16 }, parity);
      return Array.from({ length: 16 }, (_, y) => y).filter((y) => blind[4 * y]);
    };
    expect(rows(0)).toEqual([3, 5, 6, 7, 9]);
    expect(rows(1)).toEqual([]); // the odd field does not have this line
  });

  it('of a height whose chroma has no two equal halves do not exist', () => {
    expect(hasFields(geometryOf(192, 1080, '420', 8))).toBe(true);
    expect(hasFields(geometryOf(192, 98, '420', 8))).toBe(false);
    expect(hasFields(geometryOf(192, 98, '422', 8))).toBe(true);
  });

  it('count twice in a plan', () => {
    expect(inFields(plan)).toMatchObject({ shots: [{ first: 0, last: 2 * COUNT - 1 }], tracks: [{ spans: [{ first: 12, last: 35 }] }] });
  });
});

describe('restoreFields', () => {
  let restorer: Network;
  beforeAll(async () => {
    restorer = await openNetwork({ folder: '', network: false, workers: 2 });
  });
  afterAll(() => restorer[Symbol.asyncDispose]());

  it('fills an interlaced picture without combing, where a woven frame cannot be filled, and touches nothing else', async () => {
    const fields = await judged(restoreFields(programme(), { geometry, colour, plan, restorer, topFieldFirst: true }));
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
    for await (const frame of restoreFields(source, { geometry, colour, plan, restorer, topFieldFirst: true }))
      if (frame.index === 2) break;
    expect(closed).toBe(true);
    const broken = (async function* () {
      yield frameAt(0, false);
      await Promise.reject(new Error('the disk is gone'));
    })();
    const read = async (): Promise<void> => {
      for await (const frame of restoreFields(broken, { geometry, colour, plan, restorer, topFieldFirst: true }))
        expect(frame.index).toBe(0);
    };
    await expect(read()).rejects.toThrow('the disk is gone');
  });
});
