import type { FileBytes } from '../file-bytes.js';
import { missing, type Ending } from './evidence.js';

/** SMPTE ST 377-1: first bytes of the keys of a partition and of the random index, without the version byte. */
const PARTITION = Buffer.from('060e2b34020501010d01020101', 'hex');
const KINDS = { header: 2, footer: 4, randomIndex: 0x11 };
/** How far from the end a footer is looked for when the header does not say where it is. */
const REACH = 1 << 20;

const isKey = (head: Buffer, kind: number): boolean =>
  head.length >= 16 &&
  head[13] === kind &&
  head.subarray(0, 7).equals(PARTITION.subarray(0, 7)) &&
  head.subarray(8, 13).equals(PARTITION.subarray(8));

/** Where the value of the packet at the start of `head` begins: behind its key and BER length. */
const valueOffset = (head: Buffer): number => 17 + (head[16] > 0x80 ? head[16] & 0x7f : 0);

/** Whether the random index, which is written last, is there: its last four bytes say how long it is. */
async function hasRandomIndex(bytes: FileBytes): Promise<boolean> {
  const tail = await bytes.read(bytes.size - 4, 4);
  if (tail.length < 4) return false;
  const length = tail.readUInt32BE(0);
  return length < bytes.size && isKey(await bytes.read(bytes.size - length, 16), KINDS.randomIndex);
}

async function hasFooterNearEnd(bytes: FileBytes): Promise<boolean> {
  const tail = await bytes.read(Math.max(0, bytes.size - REACH), REACH);
  for (let at = tail.indexOf(PARTITION.subarray(0, 7)); at >= 0; at = tail.indexOf(PARTITION.subarray(0, 7), at + 1)) {
    if (isKey(tail.subarray(at, at + 16), KINDS.footer)) return true;
  }
  return false;
}

/** A footer that the header announces: there, with the metadata and index that it announces itself. */
async function footerEnd(bytes: FileBytes, at: number): Promise<Ending> {
  if (at >= bytes.size) return missing(bytes, 'the body', at);
  const head = await bytes.read(at, 128);
  if (!isKey(head, KINDS.footer)) return { cut: `there is no footer at byte ${at}, where the header announces it` };
  const value = valueOffset(head);
  if (head.length < value + 56) return missing(bytes, 'the footer', at + value + 88);
  const end = at + value + Number(head.readBigUInt64BE(value + 32)) + Number(head.readBigUInt64BE(value + 40));
  return end > bytes.size ? missing(bytes, 'the footer', end) : 'whole';
}

/**
 * MXF: a random index at the end, or the footer partition where the header says; a header that was left open for later, as
 * it is while a file is written, needs a footer near the end.
 */
export async function mxfEnd(bytes: FileBytes): Promise<Ending> {
  if (await hasRandomIndex(bytes)) return 'whole';
  const head = await bytes.read(0, 128);
  if (!isKey(head, KINDS.header)) return 'open';
  const value = valueOffset(head);
  if (head.length < value + 32) return missing(bytes, 'the header', value + 88);
  const footer = Number(head.readBigUInt64BE(value + 24));
  if (footer > 0) return footerEnd(bytes, footer);
  const isOpen = head[14] === 1 || head[14] === 3;
  return !isOpen || (await hasFooterNearEnd(bytes)) ? 'open' : { cut: 'its header is still open and there is no footer' };
}
