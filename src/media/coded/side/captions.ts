import { atscData, type SidePayload } from './side-data.js';

/** Where the caption bytes of ATSC user data lie: `GA94`, type 3, flags with the count, one more byte, then three bytes each. */
const FLAGS = 5;
const CONSTRUCTS = 7;
/** Most constructs that five bits can count. */
const MOST = 31;

const atscOf = ({ sei, bytes }: SidePayload): Uint8Array | undefined => (sei === undefined ? bytes : atscData(bytes));

/**
 * The caption bytes of user data in ATSC's form (ATSC A/53 part 4, 6.2.3.1; CTA-708, 4.3): for each construct a byte of marker,
 * validity and type, then two of data.
 * @returns undefined where it is no such user data, or cut
 */
export function captionConstructs(payload: SidePayload): Uint8Array | undefined {
  const data = atscOf(payload);
  if (payload.kind !== 'captions' || !data || Buffer.from(data.subarray(0, 5)).toString('latin1') !== 'GA94\x03') return undefined;
  const end = CONSTRUCTS + 3 * (data[FLAGS] & MOST);
  return data.length >= end ? data.subarray(CONSTRUCTS, end) : undefined;
}

/** Both captions in one, in their order: what two coded fields carry, a coded frame carries together. Undefined where that is not possible. */
function joined(a: SidePayload, b: SidePayload): SidePayload | undefined {
  const [x, y] = [captionConstructs(a), captionConstructs(b)];
  if (!x || !y || x.length + y.length > 3 * MOST) return undefined;
  const head = Buffer.from(a.bytes.subarray(0, x.byteOffset - a.bytes.byteOffset));
  const flags = head.length - 2;
  head[flags] = (head[flags] & ~MOST) | ((x.length + y.length) / 3);
  const tail = a.bytes.subarray(head.length + x.length);
  return { ...a, bytes: Buffer.concat([head, x, y, tail]) };
}

const same = (a: SidePayload, b: SidePayload): boolean => a.kind === b.kind && a.sei === b.sei && Buffer.compare(a.bytes, b.bytes) === 0;

/**
 * What two coded fields carry, as one coded frame carries it: captions follow one another, what both fields say alike is said once.
 */
export function fieldsTogether(first: readonly SidePayload[], second: readonly SidePayload[]): SidePayload[] {
  const out = [...first];
  for (const payload of second) {
    const at = out.findIndex((p) => captionConstructs(p) !== undefined);
    const both = payload.kind === 'captions' && at >= 0 ? joined(out[at], payload) : undefined;
    if (both) out[at] = both;
    else if (payload.kind === 'captions' || !first.some((p) => same(p, payload))) out.push(payload);
  }
  return out;
}
