import { open, type FileHandle } from 'node:fs/promises';
import { boxesAt, type Box } from './boxes.js';
import { FileBytes } from './file-bytes.js';

/*
 * The display matrix (ISO/IEC 14496-12, `tkhd`) says how a player turns the picture. ffmpeg loses it when frames come
 * through a pipe, so its 36 bytes are taken over from the source as they are.
 */

const MATRIX = 36;

/** The first box that a path leads to inside another. */
async function first(bytes: FileBytes, parent: Box, path: readonly string[]): Promise<Box | undefined> {
  for await (const box of boxesAt(bytes, path, parent.body, parent.end)) return box;
  return undefined;
}

/** Offset of the matrix of the first picture track, or undefined. */
async function matrixOffset(handle: FileHandle): Promise<number | undefined> {
  const bytes = await FileBytes.of(handle);
  for await (const trak of boxesAt(bytes, ['moov', 'trak'])) {
    const hdlr = await first(bytes, trak, ['mdia', 'hdlr']);
    if (!hdlr || (await bytes.read(hdlr.body + 8, 4)).toString('latin1') !== 'vide') continue;
    const tkhd = await first(bytes, trak, ['tkhd']);
    if (!tkhd) continue;
    const version = (await bytes.read(tkhd.body, 1))[0];
    return tkhd.body + (version === 1 ? 52 : 40);
  }
  return undefined;
}

/** Copies the display matrix of the first picture track from one MP4 or MOV file into another. */
export async function copyDisplayMatrix(source: string, target: string): Promise<void> {
  const [from, to] = await Promise.all([open(source, 'r'), open(target, 'r+')]);
  try {
    const [a, b] = [await matrixOffset(from), await matrixOffset(to)];
    if (a !== undefined && b !== undefined) await to.write(await (await FileBytes.of(from)).read(a, MATRIX), 0, MATRIX, b);
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}
