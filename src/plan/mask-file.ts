import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import sharp from 'sharp';
import type { Box, Mask } from '../core/area.js';
import { TextlessError } from '../core/errors.js';
import { packedMask } from '../core/packed-mask.js';

/** Masks that are packed, written or read at the same time: a film has a thousand, each with its own wait for the disk. */
export const MASKS_AT_ONCE = 8;

/** A mask as an 8-bit gray PNG of the size of its box, 255 = hidden. */
export async function maskPng(mask: Mask): Promise<Buffer> {
  const { data } = mask;
  const { width, height } = mask.box;
  if (data.length !== width * height)
    throw new TextlessError('TEXTLESS_PLAN', 'A mask does not fill its box.', `${data.length} bytes for ${width} x ${height}`);
  return sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** `logo-1-3fa2b1c0.png`: the content is part of the name, so a new mask never overwrites one that an older plan still needs. */
export function maskName(id: string, png: Uint8Array): string {
  return `${id}-${createHash('sha256').update(png).digest('hex').slice(0, 8)}.png`;
}

/**
 * Reads a mask. What is not black is hidden: a paint programme's soft edge still counts. Colours are taken as gray, alpha is dropped.
 * @throws TEXTLESS_PLAN when it is missing, no PNG, or of another size than its box; `where` is the place in the plan.
 */
export async function readMask(file: string, box: Box, where: string): Promise<Mask> {
  try {
    const image = sharp(file, { limitInputPixels: box.width * box.height });
    const { format, width, height } = await image.metadata();
    if (format !== 'png') throw new Error(`the file is ${format}`);
    if (width !== box.width || height !== box.height) throw new Error(`the file is ${width} x ${height}`);
    const { data, info } = await image.removeAlpha().toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== 1 || data.length !== width * height) throw new Error(`the file has ${info.channels} channels`);
    return packedMask({ box, data: Uint8Array.from(data, (value) => (value ? 255 : 0)) });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new TextlessError('TEXTLESS_PLAN', `${where} must be a gray PNG of ${box.width} x ${box.height} (${file}).`, detail, { cause });
  }
}

/** Writes a file as a whole or not at all: beside its place, to the disk, then renamed. */
export async function writeWhole(file: string, data: string | Uint8Array): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  let handle: FileHandle | undefined;
  try {
    handle = await open(partial, 'w');
    await handle.writeFile(data);
    await handle.sync();
    await handle.close();
    await rename(partial, file);
  } catch (cause) {
    await handle?.close().catch(() => undefined);
    await rm(partial, { force: true });
    const detail = cause instanceof Error ? cause.message : String(cause);
    const code = detail.startsWith('ENOSPC') ? 'TEXTLESS_NO_SPACE' : 'TEXTLESS_OUTPUT';
    throw new TextlessError(code, `${file} cannot be written.`, detail, { cause });
  }
}
