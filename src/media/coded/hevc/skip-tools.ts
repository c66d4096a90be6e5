import type { BitReader } from '../bits.js';

/*
 * What stands in a sequence parameter set of HEVC between the decoder's buffer and the description (ITU-T H.265, 7.3.2.2.1): the tools that are used.
 * It is passed over; its length depends on what it says.
 */

/** 7.3.4 */
function skipScalingLists(bits: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!bits.flag()) {
        bits.ue();
        continue;
      }
      if (size > 1) bits.se();
      for (let left = Math.min(64, 1 << (4 + 2 * size)); left > 0; left--) bits.se();
    }
  }
}

/** 7.3.7. @param before pictures in the set before; undefined in the first @returns pictures in this set */
function skipReferences(bits: BitReader, before: number | undefined): number {
  if (before !== undefined && bits.flag()) {
    bits.bits(1);
    bits.ue();
    let count = 0;
    for (let i = 0; i <= before; i++) if (bits.flag() || bits.flag()) count++;
    return count;
  }
  const count = bits.ue() + bits.ue();
  for (let i = 0; i < count; i++) {
    bits.ue();
    bits.flag();
  }
  return count;
}

function skipUncompressed(bits: BitReader): void {
  bits.bits(8);
  bits.ue();
  bits.ue();
  bits.flag();
}

/**
 * Reads up to the flag that says whether there is a description.
 * @param orderBits of the picture order count in slices
 * @throws RangeError when it is cut or makes no sense
 */
export function skipTools(bits: BitReader, orderBits: number): void {
  for (let i = 0; i < 6; i++) bits.ue(); // sizes and depths of blocks
  if (bits.flag() && bits.flag()) skipScalingLists(bits);
  bits.bits(2); // unequal partitions, sample adaptive offset
  if (bits.flag()) skipUncompressed(bits);
  const sets = bits.ue();
  let before: number | undefined;
  for (let i = 0; i < sets; i++) before = skipReferences(bits, before);
  if (bits.flag()) for (let left = bits.ue(); left > 0; left--) bits.bits(orderBits + 1); // long-term ones
  bits.bits(2); // motion of other pictures, smoothing
}
