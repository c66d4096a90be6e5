import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/programmes.js';
import { deliver, range } from './transport-delivery.js';
import { MPEG2, X265, makeTransport } from './transport-support.js';

const folder = temporaryFolder('transport-copies');
const file = (name: string): string => path.join(folder, name);

describe('groups of pictures that nothing touches are taken over in a transport stream', () => {
  // Groups of twelve pictures, the first two of which refer to the group before: shown from frame 0, 10, 22, 34 and 46 on.
  it.each([
    ['in the middle', [15, 16], [...range(0, 9), ...range(24, 49)]],
    ['at the start', [0], range(12, 49)],
    ['at the end', [49], range(0, 43)],
    ['in several places', [3, 40], [...range(12, 33), ...range(48, 49)]],
    ['only before a group', [23], [...range(0, 9), ...range(24, 49)]],
  ])('%s', async (name, marked, expected) => {
    const { result, same } = await deliver(makeTransport(file(`${name}.ts`), MPEG2), (frame) => marked.includes(frame));
    expect(same).toEqual(expect.arrayContaining(expected));
    for (const frame of marked) expect(same).not.toContain(frame);
    expect(result.copied).toBeGreaterThanOrEqual(expected.length);
    expect(result.copied).toBeLessThan(50);
    expect(result.whyNone).toBeUndefined();
  });

  it('with fields, and where groups are closed', async () => {
    for (const more of [
      ['-flags', '+ildct+ilme'],
      ['-flags', '+cgop', '-sc_threshold', '1000000000'],
    ]) {
      const { same } = await deliver(makeTransport(file('closed.ts'), [...MPEG2, ...more]), (frame) => frame === 30);
      expect(same).toEqual(expect.arrayContaining([...range(0, 20), ...range(42, 49)]));
      expect(same).not.toContain(30);
    }
  });

  it('but not where that is not possible, which is told', async () => {
    const other = await deliver(makeTransport(file('hevc.ts'), X265), (frame) => frame === 30);
    expect(other.result).toMatchObject({ copied: 0, whyNone: expect.stringContaining('hevc') as string });
    const all = await deliver(makeTransport(file('all.ts'), MPEG2), () => true);
    expect(all.result).toMatchObject({ copied: 0, whyNone: expect.stringContaining('only 0 of 50') as string });
  });
});
