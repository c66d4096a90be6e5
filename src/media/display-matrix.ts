import { open, type FileHandle } from 'node:fs/promises';

/*
 * The display matrix (ISO/IEC 14496-12, `tkhd`) says how a player turns the picture. ffmpeg loses it when frames come
 * through a pipe, so its 36 bytes are taken over from the source as they are.
 */

interface Atom {
  readonly type: string;
  /** First byte of the content. */
  readonly start: number;
  readonly end: number;
}

async function read(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, at);
  return buffer.subarray(0, bytesRead);
}

async function* atoms(file: FileHandle, start: number, end: number): AsyncGenerator<Atom> {
  for (let at = start; at + 8 <= end;) {
    const head = await read(file, at, 16);
    if (head.length < 8) return;
    let size = head.readUInt32BE(0);
    const wide = size === 1;
    if (wide) size = Number(head.readBigUInt64BE(8));
    else if (size === 0) size = end - at;
    if (size < 8) return;
    yield { type: head.toString('latin1', 4, 8), start: at + (wide ? 16 : 8), end: Math.min(end, at + size) };
    at += size;
  }
}

async function child(file: FileHandle, parent: Atom, type: string): Promise<Atom | undefined> {
  for await (const atom of atoms(file, parent.start, parent.end)) if (atom.type === type) return atom;
  return undefined;
}

/** Offset of the matrix of the first picture track, or undefined. */
async function matrixOffset(file: FileHandle): Promise<number | undefined> {
  const { size } = await file.stat();
  const moov = await child(file, { type: '', start: 0, end: size }, 'moov');
  if (!moov) return undefined;
  for await (const trak of atoms(file, moov.start, moov.end)) {
    if (trak.type !== 'trak') continue;
    const mdia = await child(file, trak, 'mdia');
    const hdlr = mdia && (await child(file, mdia, 'hdlr'));
    if (!hdlr || (await read(file, hdlr.start + 8, 4)).toString('latin1') !== 'vide') continue;
    const tkhd = await child(file, trak, 'tkhd');
    if (!tkhd) continue;
    const version = (await read(file, tkhd.start, 1))[0];
    return tkhd.start + (version === 1 ? 52 : 40);
  }
  return undefined;
}

/** Copies the display matrix of the first picture track from one MP4 or MOV file into another. */
export async function copyDisplayMatrix(source: string, target: string): Promise<void> {
  const [from, to] = await Promise.all([open(source, 'r'), open(target, 'r+')]);
  try {
    const [a, b] = [await matrixOffset(from), await matrixOffset(to)];
    if (a !== undefined && b !== undefined) await to.write(await read(from, a, 36), 0, 36, b);
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}
