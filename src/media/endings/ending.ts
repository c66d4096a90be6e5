import { FileBytes } from '../file-bytes.js';
import { asfEnd, flvEnd, riffEnd } from './chunks.js';
import { ebmlEnd } from './ebml.js';
import type { Ending } from './evidence.js';
import { movEnd } from './mov.js';
import { mxfEnd } from './mxf.js';

interface Kind {
  readonly begins: (head: Buffer) => boolean;
  readonly end?: (bytes: FileBytes) => Promise<Ending>;
}

const startsWith = (hex: string) => (head: Buffer) => head.toString('hex').startsWith(hex);

/** Containers by their first bytes. Those without an end of their own are streams that may stop anywhere. */
const KINDS: readonly Kind[] = [
  { begins: (head) => /^(ftyp|moov|mdat|moof|styp|sidx|free|skip|wide|pnot)$/.test(head.toString('latin1', 4, 8)), end: movEnd },
  { begins: startsWith('1a45dfa3'), end: ebmlEnd },
  { begins: startsWith('060e2b3402050101'), end: mxfEnd },
  { begins: (head) => /^RIFF....AVI /s.test(head.toString('latin1')), end: riffEnd },
  { begins: startsWith('464c5601'), end: flvEnd },
  { begins: startsWith('3026b2758e66cf11a6d900aa0062ce6c'), end: asfEnd },
  { begins: startsWith('000001ba') },
  { begins: (head) => head[0] === 0x47 && head[188] === 0x47 },
  { begins: (head) => head[4] === 0x47 && head[196] === 0x47 },
  { begins: (head) => head.toString('latin1', 0, 14) === 'nut/multimedia' },
];

/** Bytes at the end that are not there at all in a file whose space was set aside before it was written. */
const TAIL = 16_384;

/** Whether the end of the file, 16 KiB or a part of it where it is small, is nothing but zeros. */
export async function zeroTail(bytes: FileBytes): Promise<boolean> {
  const length = Math.max(1, Math.min(TAIL, Math.floor(bytes.size / 32)));
  return (await bytes.read(bytes.size - length, length)).every((byte) => byte === 0);
}

/** Looks at first bytes and structure: undefined when the file does not begin like a programme. */
export async function endingOf(bytes: FileBytes): Promise<Ending | undefined> {
  const head = await bytes.read(0, 256);
  const kind = KINDS.find(({ begins }) => begins(head));
  return kind && (kind.end ? kind.end(bytes) : 'stream');
}

/** A stream smaller than this of which nothing can be read has nothing but a header. */
const HEADER = 65_536;

/**
 * Why a file that cannot be read was perhaps not written to its end; undefined when it does not look like that.
 * @param symptom what is known to be missing of a programme, if it is one
 */
export function whyUnfinished(file: string, symptom?: string): Promise<string | undefined> {
  return FileBytes.with(file, async (bytes) => {
    const ending = await endingOf(bytes);
    const zeros = await zeroTail(bytes);
    if (ending === undefined)
      return zeros && (await bytes.read(0, 256)).every((byte) => byte === 0) ? 'it is nothing but zeros' : undefined;
    if (typeof ending === 'object') return ending.cut;
    if (ending === 'whole') return symptom;
    if (zeros) return 'it ends in nothing but zeros';
    return symptom ?? (ending === 'stream' && bytes.size < HEADER ? 'it holds nothing but a header' : undefined);
  });
}
