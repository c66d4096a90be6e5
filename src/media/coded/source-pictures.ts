import { createHash } from 'node:crypto';
import { throwIfCancelled } from '../../core/errors.js';
import { FileBytes } from '../file-bytes.js';
import { foundPackets, type PacketPlace } from '../packets.js';
import type { Programme } from '../programme.js';
import type { PlannedPicture } from './gops.js';
import { avcStanding } from './avc-standing.js';
import { Unfit } from './unfit.js';

/** A coded picture of the source: when it is shown, where it lies, and what is in it. */
export interface SourcePicture extends PlannedPicture, PacketPlace {
  /** Whether the file offers it as a place to begin at. */
  readonly key: boolean;
  /** Of its bytes, as ffprobe reads them, in hexadecimal digits. */
  readonly sha256: string;
}

/** Bytes that are read at once. */
const WINDOW = 4 << 20;

/** Reads places of a file, mostly one after the other, in large pieces. */
export class PlaceReader {
  #from = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(private readonly bytes: FileBytes) {}

  /** Fewer bytes at the end of the file. The buffer is valid until the next call. */
  async read(at: number, length: number): Promise<Buffer> {
    if (at < this.#from || at + length > this.#from + this.#window.length) {
      this.#window = await this.bytes.read(at, Math.max(WINDOW, length));
      this.#from = at;
    }
    return this.#window.subarray(at - this.#from, at - this.#from + length);
  }
}

/** Bytes between where a demuxer says a packet lies and its first: in Matroska, track number, time and flags of a block. */
const AHEAD: readonly number[] = [0, 4, 5];

export const sha256Of = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** What a picture is to those around it. */
export type Standing = Pick<PlannedPicture, 'idr' | 'open' | 'leads'>;

/** Looks into a picture. @param sets the NAL units of all parameter sets of the container, as Latin-1 @throws Unfit */
export type Look = (data: Uint8Array, sets: ReadonlySet<string>) => Standing;

/**
 * Lists the coded pictures of a stream in MP4, MOV or Matroska in decoding order, each looked at. The file is read twice: where ffprobe
 * says that a packet lies must be exactly what it reads there.
 *
 * @param sets the NAL units of all parameter sets of the container
 * @throws Unfit when something is not as it must be for copying; TextlessError `TEXTLESS_DECODE`, `TEXTLESS_NOT_FOUND`, `TEXTLESS_CANCELLED`
 */
export async function sourcePictures(
  programme: Programme,
  sets: readonly Uint8Array[],
  look: Look = avcStanding,
  signal?: AbortSignal,
): Promise<SourcePicture[]> {
  const found = await foundPackets(programme.path, programme.video.index, signal);
  const known = new Set(sets.map((set) => Buffer.from(set).toString('latin1')));
  return FileBytes.with(programme.path, async (file) => {
    const reader = new PlaceReader(file);
    const out: SourcePicture[] = [];
    let likely = AHEAD[0];
    for (const { pts, bytes, near, key, hidden, sha256: hash } of found) {
      throwIfCancelled(signal);
      if (pts === undefined || near === undefined) throw new Unfit('its packets do not say when they are shown, or where they lie');
      for (const ahead of new Set([likely, ...AHEAD])) {
        const data = await reader.read(near + ahead, bytes);
        if (sha256Of(data) !== hash) continue;
        likely = ahead;
        out.push({ pts, at: near + ahead, bytes, shown: !hidden, key, ...look(data, known), sha256: hash });
        break;
      }
      if (out.at(-1)?.sha256 !== hash) throw new Unfit('its packets are not stored as they are read');
    }
    return out;
  });
}
