import { TextlessError } from '../core/errors.js';
import { endingOf, zeroTail } from './endings/ending.js';
import { FileBytes } from './file-bytes.js';
import { lastPackets, type PacketPlace } from './packets.js';
import type { Programme } from './programme.js';
import { incomplete } from './refusal.js';

const MOV = 'mov,mp4,m4a,3gp,3g2,mj2';

/** What speaks against the pictures that the index places last: beyond the end of the file, or never written. */
async function pictureEnd(programme: Programme, bytes: FileBytes, places: readonly PacketPlace[]): Promise<string | undefined> {
  if (places.length === 0) return 'no picture can be read near its end';
  const last = places.reduce((a, b) => (b.at + b.bytes > a.at + a.bytes ? b : a));
  if (last.at + last.bytes > bytes.size) return `its last picture reaches to byte ${last.at + last.bytes}, the file to ${bytes.size}`;
  if (programme.video.codec === 'rawvideo') return undefined; // black may be zeros
  const sample = await bytes.read(last.at, Math.min(last.bytes, 65_536));
  return sample.every((byte) => byte === 0) ? 'its last picture has not been written' : undefined;
}

/** The pictures at the end; none as well when looking for them takes too long, as it does where they have not been written. */
async function lookAtEnd(programme: Programme, signal?: AbortSignal): Promise<PacketPlace[]> {
  const { durationSeconds = 0, startSeconds, video } = programme;
  try {
    return await lastPackets(programme.path, video.index, startSeconds + durationSeconds - 1, signal);
  } catch (error) {
    if (error instanceof TextlessError && ['TEXTLESS_DECODE', 'TEXTLESS_STALLED'].includes(error.code)) return [];
    throw error;
  }
}

async function whyIncomplete(programme: Programme, bytes: FileBytes, signal?: AbortSignal): Promise<string | undefined> {
  const ending = await endingOf(bytes);
  if (ending === 'whole') return undefined;
  if (typeof ending === 'object') return ending.cut;
  const zeros = await zeroTail(bytes);
  if (programme.container === MOV && programme.durationSeconds !== undefined) {
    return pictureEnd(programme, bytes, await lookAtEnd(programme, signal));
  }
  return zeros ? 'it ends in nothing but zeros' : undefined;
}

/**
 * Refuses a file that has not been written to its end, be it cut off or growing. A few reads, however large the file is: of
 * the structure that says how long it must be (boxes of MP4 and MOV, segment and clusters of Matroska, footer of MXF, chunks of AVI, header
 * of ASF, last tag of FLV), of the pictures that the index of MP4 and MOV places last, and of the tail, which is zero in a file whose space
 * was set aside beforehand.
 *
 * What has no end of its own passes wherever it stops, as long as it does not stop in zeros: MPEG-TS, MPEG-PS, NUT, raw
 * streams, fragmented MP4 cut between fragments, and Matroska that was written without going back, cut between elements. Nobody
 * can tell a short recording from half of one there. AVI that was written without going back never got its size and is refused. Holes in the middle of a file are not looked for.
 *
 * @throws TextlessError `TEXTLESS_INCOMPLETE`; `TEXTLESS_NOT_FOUND` when the file is gone; `TEXTLESS_CANCELLED`
 */
export async function assertComplete(programme: Programme, signal?: AbortSignal): Promise<void> {
  const why = await FileBytes.with(programme.path, (bytes) => whyIncomplete(programme, bytes, signal));
  if (why !== undefined) throw incomplete(programme.name, why);
}
