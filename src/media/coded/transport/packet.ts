/*
 * Packets of a transport stream and heads of PES packets, ISO/IEC 13818-1, 2.4.3. All functions take the 188 bytes from the sync byte on.
 */

/** Bytes of a packet from its sync byte on. */
export const PACKET = 188;
export const SYNC = 0x47;
/** The PID of null packets. */
export const NULL_PID = 0x1fff;
/** Ticks of 90 kHz after which time stamps begin again. */
export const WRAP = 2 ** 33;

/** Bits of the adaptation field's second byte. */
export const DISCONTINUITY = 0x80;
export const RANDOM_ACCESS = 0x40;
export const PRIORITY = 0x20;
export const HAS_PCR = 0x10;
export const HAS_OPCR = 0x08;
export const HAS_SPLICE = 0x04;
export const HAS_PRIVATE = 0x02;

export const pidOf = (p: Uint8Array): number => ((p[1] & 0x1f) << 8) | p[2];
export const isBroken = (p: Uint8Array): boolean => (p[1] & 0x80) !== 0;
/** Whether a PES packet or section begins in it. */
export const beginsUnit = (p: Uint8Array): boolean => (p[1] & 0x40) !== 0;
export const hasPayload = (p: Uint8Array): boolean => (p[3] & 0x10) !== 0;
export const counterOf = (p: Uint8Array): number => p[3] & 0x0f;

/** Flags of the adaptation field; 0 where there is none. */
export const adaptationFlags = (p: Uint8Array): number => ((p[3] & 0x20) !== 0 && p[4] > 0 ? p[5] : 0);

/** Where the payload begins: at most 188, where there is none. */
export function payloadAt(p: Uint8Array): number {
  if (!hasPayload(p)) return PACKET;
  return Math.min(PACKET, (p[3] & 0x20) !== 0 ? 5 + p[4] : 4);
}

/** The program clock reference in ticks of 27 MHz; undefined where the packet carries none. */
export function pcrOf(p: Uint8Array): number | undefined {
  if ((adaptationFlags(p) & HAS_PCR) === 0 || p[4] < 7) return undefined;
  const base = p[6] * 2 ** 25 + ((p[7] << 17) | (p[8] << 9) | (p[9] << 1) | (p[10] >> 7));
  return base * 300 + (((p[10] & 1) << 8) | p[11]);
}

/** The time nearest to `around` that a stamp of 33 bits can mean. */
export function unwrapped(stamp: number, around: number): number {
  return stamp + Math.round((around - stamp) / WRAP) * WRAP;
}

/** A time as a stamp of 33 bits. */
export const wrapped = (time: number): number => ((time % WRAP) + WRAP) % WRAP;

const stampAt = (p: Uint8Array, at: number): number =>
  ((p[at] >> 1) & 7) * 2 ** 30 + ((p[at + 1] << 22) | ((p[at + 2] >> 1) << 15) | (p[at + 3] << 7) | (p[at + 4] >> 1));

/** What the head of a PES packet of pictures says. */
export interface PesHead {
  readonly streamId: number;
  /** PES_priority, data_alignment_indicator, copyright and original_or_copy, in their places. */
  readonly flags: number;
  /** Stamps of 33 bits. */
  readonly pts?: number;
  readonly dts?: number;
  /** Where the elementary stream goes on in the packet. */
  readonly end: number;
}

/** Reads the head of the PES packet that begins at `at`; undefined when that is none of pictures or is cut by the packet's end. */
export function pesHead(p: Uint8Array, at: number): PesHead | undefined {
  if (at + 9 > PACKET || p[at] !== 0 || p[at + 1] !== 0 || p[at + 2] !== 1) return undefined;
  if ((p[at + 6] & 0xc0) !== 0x80) return undefined;
  const head = { streamId: p[at + 3], flags: p[at + 6] & 0x0f, end: at + 9 + p[at + 8] };
  const stamps = p[at + 7] >> 6;
  if (head.end > PACKET || p[at + 8] < [0, 0, 5, 10][stamps]) return undefined;
  if (stamps < 2) return head;
  const pts = stampAt(p, at + 9);
  return { ...head, pts, dts: stamps === 3 ? stampAt(p, at + 14) : pts };
}

function putStamp(out: Uint8Array, at: number, mark: number, stamp: number): void {
  const high = Math.floor(stamp / 2 ** 30);
  out[at] = (mark << 4) | (high << 1) | 1;
  out[at + 1] = (stamp / 2 ** 22) & 0xff;
  out[at + 2] = ((stamp >>> 14) & 0xfe) | 1;
  out[at + 3] = (stamp >>> 7) & 0xff;
  out[at + 4] = ((stamp << 1) & 0xfe) | 1;
}

/** The head of a PES packet of unbounded length, as pictures may have. Times are wrapped to 33 bits. */
export function makePesHead({ streamId, flags }: Pick<PesHead, 'streamId' | 'flags'>, pts: number, dts: number): Uint8Array {
  const both = pts !== dts;
  const out = new Uint8Array(both ? 19 : 14);
  out.set([0, 0, 1, streamId, 0, 0, 0x80 | flags, both ? 0xc0 : 0x80, both ? 10 : 5]);
  putStamp(out, 9, both ? 3 : 2, wrapped(pts));
  if (both) putStamp(out, 14, 1, wrapped(dts));
  return out;
}
