import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { writeWhole } from '../plan/mask-file.js';
import type { Mark, MarkRecord } from './mark.js';

type Matte = Pick<Mark, 'alpha' | 'seen'>;
type Words = Record<keyof Matte, Uint16Array>;

const PARTS = ['alpha', 'seen'] as const;
const WHOLE = 65_535;

const wordsOf = ({ alpha, seen }: Matte): Words => {
  const words = (map: Float32Array): Uint16Array => Uint16Array.from(map, (v) => Math.round(WHOLE * Math.max(0, Math.min(1, v))));
  return { alpha: words(alpha), seen: words(seen) };
};

/** The content is part of the names, so that a reader finds the pictures that belong to the record it read. */
const fileOf = (part: keyof Matte, matte: string): string => `${part}-${matte}.png`;

function hashOf(words: Words): string {
  const hash = createHash('sha256');
  for (const part of PARTS) hash.update(words[part]);
  return hash.digest('hex').slice(0, 16);
}

/** Writes a matte as two 16-bit gray PNGs. @returns the name of the matte. @throws TEXTLESS_OUTPUT, TEXTLESS_NO_SPACE */
export async function writeMatte(folder: string, { width, height }: MarkRecord['box'], matte: Matte): Promise<string> {
  const words = wordsOf(matte);
  const name = hashOf(words);
  for (const part of PARTS) {
    const image = sharp(words[part], { raw: { width, height, channels: 1 } }).toColourspace('grey16').png({ compressionLevel: 9 }); // prettier-ignore
    await writeWhole(path.join(folder, fileOf(part, name)), await image.toBuffer());
  }
  return name;
}

/** Removes the pictures of other mattes than this one. */
export async function removeOtherMattes(folder: string, name: string): Promise<void> {
  const old = (await readdir(folder)).filter((file) => /^(alpha|seen)-[0-9a-f]{16}\.png$/.test(file) && !file.includes(name));
  for (const file of old) await rm(path.join(folder, file), { force: true });
}

/** @throws Error when a picture is missing, damaged, or not the one that was written */
export async function readMatte(folder: string, { matte, box }: Pick<MarkRecord, 'matte' | 'box'>): Promise<Matte> {
  const [alpha, seen] = await Promise.all(PARTS.map((part) => readWords(path.join(folder, fileOf(part, matte)), box)));
  if (hashOf({ alpha, seen }) !== matte) throw new Error('its pictures are not those that were written');
  const shares = (words: Uint16Array): Float32Array => Float32Array.from(words, (v) => v / WHOLE);
  return { alpha: shares(alpha), seen: shares(seen) };
}

async function readWords(file: string, { width, height }: MarkRecord['box']): Promise<Uint16Array> {
  const image = sharp(file, { limitInputPixels: width * height })
    .toColourspace('grey16')
    .raw({ depth: 'ushort' });
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  if (info.width !== width || info.height !== height || info.channels !== 1)
    throw new Error(`${path.basename(file)} is ${info.width} x ${info.height} with ${info.channels} channels`);
  return new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
}
