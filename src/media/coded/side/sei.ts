import { escaped, unescaped } from '../bits.js';

/** Supplemental enhancement information (ITU-T H.264, annex D; H.265, annex D): one message of a NAL unit that carries such. */
export interface SeiMessage {
  /** `payloadType` of the standard. */
  readonly type: number;
  readonly payload: Uint8Array;
}

/** Kinds of message, the same in H.264 and HEVC but for what is said. */
export const SEI = {
  /** H.264: with clock time stamps. */
  pictureTiming: 1,
  /** `user_data_registered_itu_t_t35`. */
  registered: 4,
  /** `user_data_unregistered`. */
  unregistered: 5,
  framePacking: 45,
  displayOrientation: 47,
  /** HEVC: time code. */
  timeCode: 136,
  masteringDisplay: 137,
  contentLight: 144,
  /** The transfer characteristics that a display should take instead of those of the sequence: HLG's way in. */
  alternativeTransfer: 147,
  ambientViewing: 148,
  colourVolume: 149,
} as const;

/** A number in bytes of 255 and a last one below (`sei_message()`); undefined at the end of the bytes. */
function readNumber(bytes: Uint8Array, at: number): { value: number; next: number } | undefined {
  let value = 0;
  while (bytes[at] === 0xff) {
    value += 255;
    at++;
  }
  return at < bytes.length ? { value: value + bytes[at], next: at + 1 } : undefined;
}

/**
 * Messages of one SEI NAL unit.
 * @param nal the NAL unit with its header
 * @param headerBytes 1 in H.264, 2 in HEVC
 * @returns those that are whole; payloads are fresh
 */
export function seiMessages(nal: Uint8Array, headerBytes: number): SeiMessage[] {
  const bytes = unescaped(nal.subarray(headerBytes));
  const out: SeiMessage[] = [];
  let at = 0;
  // What follows the last message is one set bit (rbsp_trailing_bits).
  while (bytes.length - at > 1) {
    const type = readNumber(bytes, at);
    const size = type && readNumber(bytes, type.next);
    if (!size || size.next + size.value > bytes.length) break;
    at = size.next + size.value;
    out.push({ type: type.value, payload: bytes.subarray(size.next, at) });
  }
  return out;
}

const numberBytes = (value: number): number[] => [...Array<number>(Math.floor(value / 255)).fill(255), value % 255];

/**
 * An SEI NAL unit.
 * @param header of the NAL unit: 1 byte in H.264, 2 in HEVC
 */
export function seiNal(header: Uint8Array, messages: readonly SeiMessage[]): Buffer {
  const parts = messages.flatMap(({ type, payload }) => [
    Buffer.from([...numberBytes(type), ...numberBytes(payload.length)]),
    Buffer.from(payload),
  ]);
  return Buffer.concat([header, escaped(Buffer.concat([...parts, Buffer.from([0x80])]))]);
}
