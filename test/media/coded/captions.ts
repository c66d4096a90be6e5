/*
 * Captions as an encoder of a station writes them, made from their standards (CTA-608, ATSC A/53 part 4, ETSI TS 101 154) and not by the
 * code that is tested.
 */

/** Seven bits with odd parity (CTA-608). */
const parity = (byte: number): number => {
  const ones = [...(byte & 127).toString(2)].filter((bit) => bit === '1').length;
  return ones % 2 === 0 ? (byte & 127) | 128 : byte & 127;
};

/** Pairs of bytes of line 21 that load a caption into memory (RCL, ENM), place it in the last row, write it and show it (EOC). */
export function popOn(text: string): [number, number][] {
  const control = (a: number, b: number): [number, number] => [parity(a), parity(b)];
  const twice = (a: number, b: number): [number, number][] => [control(a, b), control(a, b)];
  const letters = [...text.padEnd(text.length + (text.length % 2))].map((c) => parity(c.charCodeAt(0)));
  const pairs = Array.from({ length: letters.length / 2 }, (_, i): [number, number] => [letters[2 * i], letters[2 * i + 1]]);
  return [...twice(0x14, 0x20), ...twice(0x14, 0x2e), ...twice(0x14, 0x70), ...pairs, ...twice(0x14, 0x2f)];
}

/** One construct of `cc_data`: five marker bits, validity, type, two bytes. */
export const construct = (type: number, a: number, b: number, valid = true): number[] => [0xf8 | (valid ? 4 : 0) | type, a, b];

/** `user_data` of ATSC with these constructs. */
export function captionData(constructs: readonly number[][]): Buffer {
  return Buffer.from([...Buffer.from('GA94'), 3, 0x40 | constructs.length, 0xff, ...constructs.flat(), 0xff]);
}

/** What frame `at` of a programme carries: its pair of line 21, nothing in field 2, and bytes of its own in the packets of CTA-708. */
export function frameCaptions(at: number, pairs: readonly [number, number][], constructs = 20): Buffer {
  const [a, b] = pairs[at] ?? [0x80, 0x80];
  const packet = Array.from({ length: constructs - 2 }, (_, i) =>
    i < 3 ? construct(i === 0 ? 3 : 2, at & 255, i === 1 ? 0 : (at * 37 + i) & 255) : construct(2, 0, 0, false),
  );
  return captionData([construct(0, a, b), construct(1, 0x80, 0x80), ...packet]);
}

/** Active format `code` of a picture. */
export const activeFormat = (code: number): Buffer => Buffer.from([...Buffer.from('DTG1'), 0x41, 0xf0 | code]);

/** Bars at the left and right (A/53 part 4, 6.2.3.2): first and last sample of the picture between them. */
export const barData = (left: number, right: number): Buffer =>
  Buffer.from([...Buffer.from('GA94'), 6, 0x3f, 0xc0 | (left >> 8), left & 255, 0xc0 | (right >> 8), right & 255]);

/** A registered message of ATSC around user data. */
export const atscMessage = (data: Buffer): Buffer => Buffer.concat([Buffer.from([0xb5, 0x00, 0x31]), data]);
