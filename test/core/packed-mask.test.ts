import { describe, expect, it } from 'vitest';
import { Packed, packedMask } from '../../src/core/packed-mask.js';

describe('packedMask', () => {
  it('gives the same mask again, as a new copy each time', () => {
    const data = Uint8Array.from({ length: 300 * 40 }, (_, i) => (i % 7 < 2 ? 255 : 0));
    const box = { x: 10, y: 20, width: 300, height: 40 };
    const mask = packedMask({ box, data });
    expect(mask.box).toEqual(box);
    expect(Buffer.compare(mask.data, data)).toBe(0);
    mask.data.fill(1);
    data.fill(2);
    expect([mask.data[0], mask.data[2]]).toEqual([255, 0]);
  });

  it('takes no bytes as they come', () => {
    expect(new Packed(new Uint8Array(0)).unpacked()).toHaveLength(0);
  });
});
