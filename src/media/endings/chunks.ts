import type { FileBytes } from '../file-bytes.js';
import { MOST_STEPS, missing, type Ending } from './evidence.js';

/** A size that the writer meant to fill in when it knew it. */
const UNKNOWN = [0, 0xffff_ffff];
/** Writers that count the head of a chunk among its bytes say 8 too many. */
const SLACK = 8;

/** AVI: one chunk `RIFF` after the other, each with its size, which is filled in when the file is closed. */
export async function riffEnd(bytes: FileBytes): Promise<Ending> {
  let at = 0;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const head = await bytes.read(at, 8);
    if (head.length < 8 || head.toString('latin1', 0, 4) !== 'RIFF') return 'open';
    const size = head.readUInt32LE(4);
    if (UNKNOWN.includes(size)) return { cut: 'its header has not been completed' };
    const end = at + 8 + size;
    if (end > bytes.size + SLACK) return missing(bytes, 'its data', end);
    at = end + (size & 1);
  }
  return 'open';
}

/** FLV: behind each tag stands its length, so behind the last one too. */
export async function flvEnd(bytes: FileBytes): Promise<Ending> {
  const tail = await bytes.read(bytes.size - 4, 4);
  const length = tail.length === 4 ? tail.readUInt32BE(0) : 0;
  if (bytes.size <= 13 || length === 0) return { cut: 'there is no tag at its end' };
  const tag = await bytes.read(bytes.size - 4 - length, 4);
  const fits = tag.length === 4 && [8, 9, 18].includes(tag[0] & 0x1f) && tag.readUIntBE(1, 3) + 11 === length;
  return fits ? 'open' : { cut: 'its last tag is cut' };
}

/** ASF objects: 16 bytes of identity, 8 of size (ASF specification 1.20, 2.1, 3.2). */
const FILE_PROPERTIES = Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex');

/** ASF and WMV: the header says how long the file is, unless it was sent live. */
export async function asfEnd(bytes: FileBytes): Promise<Ending> {
  const header = await bytes.read(0, 1 << 20);
  const at = header.indexOf(FILE_PROPERTIES);
  if (at < 0 || at + 92 > header.length) return 'open';
  const live = (header[at + 88] & 1) === 1;
  const size = Number(header.readBigUInt64LE(at + 40));
  if (live) return 'open';
  if (size === 0) return { cut: 'its header has not been completed' };
  return size > bytes.size ? missing(bytes, 'its data', size) : 'open';
}
