import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planAvcParts } from '../../src/media/coded/transport/avc-groups.js';
import type { AvcUnit } from '../../src/media/coded/transport/avc-units.js';
import { temporaryFolder } from '../fixtures/programmes.js';
import { deliver, range } from './transport-delivery.js';
import { makeTransport, nalKinds } from './transport-support.js';

const folder = temporaryFolder('transport-avc-copies');
const file = (name: string): string => path.join(folder, name);
const x264 = (parameters: string, ...options: string[]): string[] => [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...options],
  ...['-x264-params', `keyint=24:min-keyint=24:scenecut=0:${parameters}`],
];

describe('pictures of H.264 that nothing touches are taken over in a transport stream', () => {
  // IDR pictures at frames 0, 24 and 48; B pictures in between, so that everything has been shown before every third frame or so.
  it.each([
    ['pyramid', x264('bframes=3:b-pyramid=normal:b-adapt=0'), [...range(0, 12), ...range(24, 49)], [17]],
    ['mbaff', x264('bframes=2:b-adapt=0:tff=1', '-flags', '+ildct+ilme'), [...range(0, 15), ...range(24, 42)], [17, 45]],
  ])('%s', async (name, codec, expected, marked) => {
    const { result, same, target } = await deliver(makeTransport(file(`${name}.ts`), codec), (frame) => marked.includes(frame));
    expect(result.whyNone).toBeUndefined();
    expect(same).toEqual(expect.arrayContaining(expected));
    for (const frame of marked) expect(same).not.toContain(frame);
    expect(result.copied).toBe(same.length);
    // Two sets of parameters, each sent with the pictures that mean it, and a delimiter before every picture.
    const kinds = nalKinds(target, 512);
    expect(kinds.filter((kind) => kind === 9)).toHaveLength(50);
    expect(kinds.filter((kind) => kind === 7)).toHaveLength(kinds.filter((kind) => kind === 5).length);
  });

  it('but not behind a touched one where groups are open, and where nothing stands before it, that is told', async () => {
    const source = makeTransport(file('open.ts'), x264('open-gop=1:bframes=2:b-adapt=0'));
    const late = await deliver(source, (frame) => frame === 40);
    expect(late.same).toEqual(expect.arrayContaining(range(0, 36)));
    expect(late.same.filter((frame) => frame >= 40)).toEqual([]);
    const early = await deliver(source, (frame) => frame === 1);
    expect(early.result).toMatchObject({
      copied: 0,
      whyNone: expect.stringContaining('from its next IDR picture on, of which there is one') as string,
    });
  });
});

describe('planning', () => {
  /** A stream of frames in the order they are decoded; those in `anew` are IDR pictures, those in `broken` have something behind them. */
  const units = (order: readonly number[], anew: readonly number[], broken: readonly number[] = []): AvcUnit[] =>
    order.map((frame, index) => ({
      ...{ index, byte: 0, end: 1, sequence: false, marked: anew.includes(frame), at: 0, pts: frame, dts: index, stamps: [frame] },
      ...{ anew: anew.includes(frame), whole: !broken.includes(frame) },
    }));
  const told = (stream: readonly AvcUnit[], touched: readonly number[]): string[] | undefined =>
    planAvcParts(stream, range(0, stream.length - 1), (frame) => touched.includes(frame))?.map((part) =>
      part.kind === 'encoded' ? `new ${part.first} ${part.count}` : `kept ${part.units.map((u) => u.pts).join(' ')}`,
    );
  /** Groups of sixteen: every fourth frame is decoded before the three that are shown before it. */
  const order = range(0, 7).flatMap((n) =>
    n % 4 === 0 ? [4 * n, ...[3, 1, 2].map((m) => 4 * n + m)] : [4 * n + 3, 4 * n, 4 * n + 2, 4 * n + 1],
  );

  it('takes up new pictures where everything before has been shown, and the source again at its next IDR picture', () => {
    const kept = order.slice(0, 12).join(' ');
    expect(told(units(order, [0, 16]), [14])).toEqual([`kept ${kept}`, 'new 12 4', `kept ${order.slice(16).join(' ')}`]);
    expect(told(units(order, [0, 16]), [15])).toEqual([`kept ${kept}`, 'new 12 4', `kept ${order.slice(16).join(' ')}`]);
    expect(told(units(order, [0]), [14])).toEqual([`kept ${kept}`, 'new 12 20']);
    expect(told(units(order, [0, 16]), [5])).toEqual(['new 0 16', `kept ${order.slice(16).join(' ')}`]); // too few to be worth another IDR picture
    expect(told(units(order, [0, 16]), [])).toEqual([`kept ${order.join(' ')}`]);
  });

  it('keeps nothing behind which something stands that is no frame, and nothing where frames and packets differ in number', () => {
    expect(told(units(order, [0, 16], [30]), [2])).toEqual(['new 0 16', `kept ${order.slice(16, 28).join(' ')}`, 'new 28 4']);
    expect(planAvcParts(units(order, [0]), range(0, 9), () => false)).toBeUndefined();
  });
});
