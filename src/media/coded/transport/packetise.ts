import {
  adaptationFlags,
  DISCONTINUITY,
  HAS_OPCR,
  HAS_PCR,
  HAS_PRIVATE,
  HAS_SPLICE,
  isBroken,
  NULL_PID,
  PACKET,
  PRIORITY,
  RANDOM_ACCESS,
  SYNC,
} from './packet.js';

/** What of an adaptation field is true of the place in the multiplex, whatever is sent there. */
export interface Carried {
  readonly flags: number;
  /** The fields that the flags announce. */
  readonly body: Uint8Array;
}

/** Private data that speaks of the coded pictures themselves: AU_information and PVR_assist_information (ETSI TS 101 154, annex D). */
const ABOUT_PICTURES = [2, 3];

/** Private data without what was said of pictures that are replaced. Unchanged when it is no list of tagged fields. */
function privateData(data: Uint8Array): Uint8Array {
  const kept: number[] = [];
  let at = 0;
  while (at + 2 <= data.length && at + 2 + data[at + 1] <= data.length) {
    const field = data.subarray(at, at + 2 + data[at + 1]);
    if (!ABOUT_PICTURES.includes(field[0])) kept.push(...field);
    at += field.length;
  }
  return at === data.length ? Uint8Array.from(kept) : data;
}

/**
 * What must stay where it was when a packet of the picture is replaced: clock references, signs of a discontinuity and private data.
 * Countdowns to a splice and the times of seamless ones count packets that are no more, and go.
 */
export function carriedBy(p: Uint8Array): Carried | undefined {
  const said = isBroken(p) ? 0 : adaptationFlags(p);
  let flags = said & (DISCONTINUITY | HAS_PCR | HAS_OPCR);
  const clocks = (said & HAS_PCR ? 6 : 0) + (said & HAS_OPCR ? 6 : 0);
  const end = Math.min(PACKET, 5 + p[4]);
  if (6 + clocks > end) return undefined;
  let body = p.subarray(6, 6 + clocks);
  const at = 6 + clocks + (said & HAS_SPLICE ? 1 : 0);
  if (said & HAS_PRIVATE && at < end && at + 1 + p[at] <= end) {
    const data = privateData(p.subarray(at + 1, at + 1 + p[at]));
    if (data.length > 0) {
      flags |= HAS_PRIVATE;
      body = Uint8Array.of(...body, data.length, ...data);
    }
  }
  return flags === 0 ? undefined : { flags, body };
}

/** How the source marks pictures at which decoding can begin: with or without elementary_stream_priority_indicator. */
export const marksOfKey = (p: Uint8Array): number | undefined => {
  const flags = adaptationFlags(p);
  return flags & RANDOM_ACCESS ? flags & (RANDOM_ACCESS | PRIORITY) : undefined;
};

/** Bytes of a packet behind its header. */
export const ROOM = PACKET - 4;

/** A PES packet that is sent in packets of one PID. */
export class OpenPes {
  #at = 0;

  /** @param marks flags of the adaptation field of its first packet; 0 for none */
  constructor(
    private readonly data: Uint8Array,
    private readonly marks: number,
  ) {}

  /** Packets that are still to be sent, if none of them carries anything else. */
  get left(): number {
    const marks = this.#at === 0 && this.marks ? 2 : 0;
    return Math.ceil((this.data.length - this.#at + marks) / ROOM);
  }

  /** The next packet, but for what its PID's header says (see {@link header}). */
  next(carried?: Carried): Uint8Array {
    const first = this.#at === 0;
    const flags = (carried?.flags ?? 0) | (first ? this.marks : 0);
    const body = carried?.body ?? new Uint8Array();
    const least = flags ? 2 + body.length : 0;
    const piece = this.data.subarray(this.#at, this.#at + ROOM - least);
    this.#at += piece.length;
    const p = packet(flags, body, ROOM - piece.length);
    p.set(piece, PACKET - piece.length);
    p[1] = first ? 0x40 : 0;
    p[3] |= 0x10;
    return p;
  }
}

/** A packet with an adaptation field of `bytes` bytes in all; stuffed. */
function packet(flags: number, body: Uint8Array, bytes: number): Uint8Array {
  const p = new Uint8Array(PACKET);
  p[0] = SYNC;
  if (bytes === 0) return p;
  p[3] = 0x20;
  p[4] = bytes - 1;
  if (bytes === 1) return p;
  p[5] = flags;
  p.set(body, 6);
  return p.fill(0xff, 6 + body.length, 4 + bytes);
}

/** A packet that carries no picture, only what must be at its place. */
export const bare = ({ flags, body }: Carried): Uint8Array => packet(flags, body, ROOM);

/** A null packet. */
export const nullPacket = (): Uint8Array => Uint8Array.of(SYNC, NULL_PID >> 8, NULL_PID & 0xff, 0x10, ...new Uint8Array(ROOM).fill(0xff));

/** Writes PID and continuity counter into a packet. */
export function header(p: Uint8Array, pid: number, counter: number): void {
  p[1] |= pid >> 8;
  p[2] = pid & 0xff;
  p[3] |= counter & 0x0f;
}
