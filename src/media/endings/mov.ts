import { boxes, type Box } from '../boxes.js';
import type { FileBytes } from '../file-bytes.js';
import { missing, type Ending } from './evidence.js';

/** Where the pieces end that a segment index (`sidx`, 8.16.3) lists; they follow it. */
async function indexedEnd(bytes: FileBytes, { body, end }: Box): Promise<number> {
  const index = await bytes.read(body, Math.min(end - body, 1 << 20));
  if (index.length < 32) return end;
  const wide = index[0] > 0;
  const [first, list] = wide ? [Number(index.readBigUInt64BE(20)), 28] : [index.readUInt32BE(16), 20];
  let at = end + first;
  const count = index.readUInt16BE(list + 2);
  for (let i = 0, from = list + 4; i < count && from + 12 <= index.length; i++, from += 12) at += index.readUInt32BE(from) & 0x7fffffff;
  return at;
}

/** Zeros that some cameras leave behind the last box. */
const PADDING = 4096;

/** MP4 and MOV: every box ends within the file, and so does what a segment index lists. */
export async function movEnd(bytes: FileBytes): Promise<Ending> {
  let last: Box | undefined;
  let data = false;
  let at = 0;
  for await (const box of boxes(bytes, 0, bytes.size)) {
    if (box.type === '\0\0\0\0' && bytes.size - at > PADDING) return { cut: `nothing has been written from byte ${at} on` };
    if (!/^[\x20-\x7e\xa9]{4}$/.test(box.type)) return 'open'; // junk behind the last box is no matter
    if (box.end > bytes.size) return missing(bytes, `box ${box.type}`, box.end);
    if (box.type === 'sidx') {
      const end = await indexedEnd(bytes, box);
      if (end > bytes.size) return missing(bytes, 'what the segment index lists', end);
    }
    data ||= box.type === 'mdat' && box.end > box.body;
    last = box;
    at = box.end;
  }
  if (!data) return { cut: 'it holds nothing but a header' };
  if (last?.type === 'moof') return { cut: 'the last fragment has no data' };
  const rest = bytes.size - at;
  return rest > 0 && rest < 8 && last?.type === 'mdat' ? { cut: 'a box begins and does not end' } : 'open';
}
