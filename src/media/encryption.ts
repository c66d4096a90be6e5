import { TextlessError } from '../core/errors.js';
import { boxes, boxesAt } from './boxes.js';
import { FileBytes } from './file-bytes.js';

/** Sample entries of common encryption (ISO/IEC 23001-7, ISO/IEC 14496-12 8.12) and of FairPlay. */
const ENCRYPTED_ENTRIES = ['encv', 'enca', 'encs', 'enct', 'encm', 'encf', 'drmi', 'drms'];
const STSD = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'];

/** Bytes that are looked at in each of three places: hundreds of the picture's packets even in a large multiplex. */
const LOOK = 1 << 20;

const PACKET_SIZES = [188, 192, 204];
const SYNC = 0x47;

async function encryptedEntry(bytes: FileBytes): Promise<string | undefined> {
  for await (const stsd of boxesAt(bytes, STSD)) {
    for await (const entry of boxes(bytes, stsd.body + 8, stsd.end)) if (ENCRYPTED_ENTRIES.includes(entry.type)) return entry.type;
  }
  return undefined;
}

/** Shares of scrambled packets count from here on; single ones are errors of transmission. */
const mostly = (scrambled: number, all: number): boolean => all >= 4 && scrambled > all / 2;

/** Whether most packets of a PID have transport_scrambling_control set (ISO/IEC 13818-1, 2.4.3.3). */
function scrambledTransport(piece: Buffer, pid: number): boolean {
  const isSync = (at: number, size: number): boolean => [0, 1, 2, 3, 4].every((n) => piece[at + n * size] === SYNC);
  for (const size of PACKET_SIZES) {
    let start = 0;
    while (start < size && !isSync(start, size)) start++;
    if (start === size) continue;
    let [all, scrambled] = [0, 0];
    for (let at = start; at + 4 <= piece.length; at += size) {
      const hasPayload = (piece[at + 3] & 0x10) !== 0;
      if (piece[at] !== SYNC || (piece.readUInt16BE(at + 1) & 0x1fff) !== pid || !hasPayload) continue;
      all++;
      if (piece[at + 3] & 0xc0) scrambled++;
    }
    return mostly(scrambled, all);
  }
  return false;
}

/** Whether most PES packets of pictures have PES_scrambling_control set (2.4.3.7), as DVDs have. */
function scrambledProgram(piece: Buffer): boolean {
  const START = Buffer.from([0, 0, 1]);
  let [all, scrambled] = [0, 0];
  for (let at = piece.indexOf(START); at >= 0 && at + 7 <= piece.length; at = piece.indexOf(START, at + 3)) {
    const isPicture = (piece[at + 3] & 0xf0) === 0xe0;
    if (!isPicture || (piece[at + 6] & 0xc0) !== 0x80) continue;
    all++;
    if (piece[at + 6] & 0x30) scrambled++;
  }
  return mostly(scrambled, all);
}

async function scrambledSomewhere(bytes: FileBytes, isScrambled: (piece: Buffer) => boolean): Promise<boolean> {
  for (const at of [0, bytes.size / 2, bytes.size - LOOK]) {
    if (isScrambled(await bytes.read(Math.max(0, Math.floor(at)), LOOK))) return true;
  }
  return false;
}

/**
 * Refuses what nobody can decode without a key: MP4 and MOV with an encrypted track, and multiplexes whose pictures are
 * scrambled at their start, in the middle or at the end.
 *
 * @param container ffmpeg's demuxer
 * @param pid of the picture in a transport stream
 * @throws TextlessError `TEXTLESS_ENCRYPTED`
 */
export async function assertClear(file: string, name: string, container: string, pid: number | undefined): Promise<void> {
  const refuse = (sentence: string, detail: string): never => {
    throw new TextlessError('TEXTLESS_ENCRYPTED', `${name} is encrypted: ${sentence}.`, detail);
  };
  await FileBytes.with(file, async (bytes) => {
    if (container.startsWith('mov')) {
      const entry = await encryptedEntry(bytes);
      if (entry !== undefined) refuse('it cannot be decoded without its key', `sample entry ${entry}`);
    } else if (container === 'mpegts' && pid !== undefined) {
      if (await scrambledSomewhere(bytes, (piece) => scrambledTransport(piece, pid))) refuse('its pictures are scrambled', `PID ${pid}`);
    } else if (container === 'mpeg' && (await scrambledSomewhere(bytes, scrambledProgram))) {
      refuse('its pictures are scrambled', 'PES_scrambling_control');
    }
  });
}
