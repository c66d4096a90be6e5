import { foundPackets } from '../packets.js';
import type { Programme } from '../programme.js';

/** A coded picture that was taken over: when it is shown, and the hash of its bytes in the source. */
export interface CopiedPicture {
  /** Ticks of the source's picture time base. */
  readonly pts: number;
  /** Hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Whether copied pictures are in a finished file at their times, to the last byte. The file is read whole, nothing is decoded.
 * @returns a sentence for a person where one is not
 * @throws TextlessError `TEXTLESS_DECODE` when the file cannot be read, `TEXTLESS_CANCELLED`
 */
export async function copyDifference(
  source: Programme,
  delivered: Programme,
  copied: readonly CopiedPicture[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!copied.length) return undefined;
  const [a, b] = [source.video.timeBase, delivered.video.timeBase];
  if (a.num * b.den !== b.num * a.den) return 'pictures that were to be copied are timed in another unit';
  const found = new Map((await foundPackets(delivered.path, delivered.video.index, signal)).map((p) => [p.pts, p.sha256]));
  const lost = copied.filter(({ pts, sha256 }) => found.get(pts) !== sha256);
  if (!lost.length) return undefined;
  return `${lost.length} of ${copied.length} copied pictures are not those of the source, the first at ${(lost[0].pts * a.num) / a.den} s`;
}
