/*
 * What is changed in coded pictures of MPEG-2 where a stream is cut and joined (ISO/IEC 13818-2, 6.2.2.6, 6.2.3). Pictures
 * themselves are not touched.
 */

const PREFIX = Buffer.from([0, 0, 1]);
const PICTURE = 0x00;
const SEQUENCE = 0xb3;
const GROUP = 0xb8;
const CLOSED = 0x40;
/** sequence_end_code: what follows may have another bit rate and buffer. */
export const SEQUENCE_END = Buffer.from([0, 0, 1, 0xb7]);

/** Where start codes of a kind begin. */
function* codes(data: Buffer, kind: number): Generator<number> {
  const code = Buffer.concat([PREFIX, Buffer.from([kind])]);
  for (let at = data.indexOf(code); at >= 0 && at + 8 <= data.length; at = data.indexOf(code, at + 4)) yield at;
}

/** How a group of pictures begins with a picture: on its own or open to the one before; undefined when none begins. Needs the headers only. */
export function entryOf(data: Buffer): 'closed' | 'open' | undefined {
  const [sequence] = codes(data, SEQUENCE);
  const [group] = codes(data, GROUP);
  const [picture] = codes(data, PICTURE);
  if (sequence === undefined || group === undefined || picture === undefined || group > picture) return undefined;
  const isIntra = ((data[picture + 5] >> 3) & 7) === 1;
  return isIntra ? (data[group + 7] & CLOSED ? 'closed' : 'open') : undefined;
}

/** A picture of a group whose first `dropped` shown pictures are no more: counted from the new first one. The group is closed then. */
export function withoutLeading(data: Buffer, dropped: number): Buffer {
  const out = Buffer.from(data);
  for (const at of codes(out, GROUP)) out[at + 7] |= CLOSED;
  for (const at of codes(out, PICTURE)) {
    const number = ((out[at + 4] << 2) | (out[at + 5] >> 6)) - dropped;
    out[at + 4] = (number >> 2) & 0xff;
    out[at + 5] = ((number & 3) << 6) | (out[at + 5] & 0x3f);
  }
  return out;
}
