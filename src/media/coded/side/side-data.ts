import { SEI, type SeiMessage } from './sei.js';

/** What coded pictures carry besides the picture, by kind, as a person calls it. */
export const SIDE_KINDS = {
  captions: 'closed captions inside the picture (CEA-608/708)',
  format: 'the active format description',
  bars: 'bar data',
  hdr: 'HDR10+ dynamic metadata',
  registered: 'registered user data',
  unregistered: 'unregistered user data',
  sequence: 'metadata of the picture sequence',
  time: 'the time code inside the picture',
} as const;

export type SideKind = keyof typeof SIDE_KINDS;

/** One message of an H.264 or HEVC picture, or one user data unit of an MPEG-2 picture. */
export interface SidePayload {
  readonly kind: SideKind;
  /** The type of the SEI message; undefined in MPEG-2. */
  readonly sei?: number;
  /** Payload of the message, or user data behind its start code. */
  readonly bytes: Uint8Array;
}

const ascii = (bytes: Uint8Array, from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');

/** ATSC user data (ATSC A/53 part 4, 6.2.3; the active format as in ETSI TS 101 154, annex B). */
function atscKind(bytes: Uint8Array): SideKind | undefined {
  const name = ascii(bytes, 0, 4);
  if (name === 'DTG1') return 'format';
  if (name !== 'GA94') return undefined;
  return bytes[4] === 3 ? 'captions' : bytes[4] === 6 ? 'bars' : undefined;
}

/** User data of an MPEG-2 picture: ATSC's, captions as in SCTE 20 (their type, then seven reserved bits), and any other. */
export function userDataKind(bytes: Uint8Array): SideKind {
  if (bytes[0] === 3 && (bytes[1] & 0x7f) === 1) return 'captions';
  return atscKind(bytes) ?? 'unregistered';
}

/** Captions of a DVD, which stand once for a group of pictures: they fit no other grouping. */
export const isGroupCaption = (bytes: Uint8Array): boolean => ascii(bytes, 0, 4) === 'CC\x01\xf8';

/** Bytes of a registered message before the user data: country, and provider where the country is the United States. */
const T35_HEAD = 3;
const UNITED_STATES = 0xb5;

/** User data in a registered message of ATSC; undefined in any other. */
export function atscData(payload: Uint8Array): Uint8Array | undefined {
  const ours = payload[0] === UNITED_STATES && payload[1] === 0 && payload[2] === 0x31;
  return ours ? payload.subarray(T35_HEAD) : undefined;
}

/** ITU-T T.35: ATSC's, HDR10+ (SMPTE ST 2094-40: provider 003C, its code 1, application 4), captions of DirecTV, any other. */
function registeredKind(payload: Uint8Array): SideKind {
  const atsc = atscData(payload);
  if (atsc) return atscKind(atsc) ?? 'registered';
  const head = Buffer.from(payload.subarray(0, 6)).toString('hex');
  if (head === 'b5003c000104') return 'hdr';
  return head.startsWith('b5002f03') ? 'captions' : 'registered';
}

/** How x264 and x265 mark the message in which they name themselves and their settings. */
const ENCODERS = new Set(['dc45e9bde6d948b7962cd820d923eeef', '2ca2de09b51747dbbb55a4fe7fc2fc4e']);

/** What names the encoder of a picture says nothing of a picture encoded by another. */
function namesEncoder(payload: Uint8Array): boolean {
  return ENCODERS.has(Buffer.from(payload.subarray(0, 16)).toString('hex')) || /^(x26[45] |Lavc)/.test(ascii(payload, 16, 32));
}

/** Messages that hold for all pictures up to the next that can be entered at. */
const OF_SEQUENCE: ReadonlySet<number> = new Set([
  ...[SEI.framePacking, SEI.displayOrientation, SEI.masteringDisplay, SEI.contentLight],
  ...[SEI.alternativeTransfer, SEI.ambientViewing, SEI.colourVolume],
]);

/** The kind of a message; undefined where it belongs to the coding and not to the picture. */
export function messageKind({ type, payload }: SeiMessage): SideKind | undefined {
  if (type === SEI.registered) return registeredKind(payload);
  if (type === SEI.unregistered) return namesEncoder(payload) ? undefined : 'unregistered';
  if (type === SEI.timeCode) return 'time';
  return OF_SEQUENCE.has(type) ? 'sequence' : undefined;
}
