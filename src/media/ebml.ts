import type { FileBytes } from './file-bytes.js';

/** Identities of elements of Matroska (RFC 9559). */
export const SEGMENT = 0x18538067;
export const CLUSTER = 0x1f43b675;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;

/** One element of an EBML file (RFC 8794, 4 to 6). */
export interface Element {
  readonly id: number;
  readonly body: number;
  /** Undefined where the size was not known when it was written. */
  readonly end: number | undefined;
}

/** The element at `at`; undefined where none can begin. */
export async function elementAt(bytes: FileBytes, at: number): Promise<Element | undefined> {
  const head = await bytes.read(at, 12);
  const idLength = head.length > 0 ? Math.clz32(head[0]) - 23 : 0;
  if (idLength < 1 || idLength > 4 || head.length <= idLength) return undefined;
  const sizeLength = Math.clz32(head[idLength]) - 23;
  if (sizeLength > 8 || head.length < idLength + sizeLength) return undefined;
  let size = BigInt(head[idLength] & (0xff >> sizeLength));
  for (let i = 1; i < sizeLength; i++) size = (size << 8n) | BigInt(head[idLength + i]);
  const unknown = size === (1n << BigInt(7 * sizeLength)) - 1n;
  const body = at + idLength + sizeLength;
  return { id: head.readUIntBE(0, idLength), body, end: unknown ? undefined : body + Number(size) };
}

/** The elements that begin between two places, in order, as far as they say how long they are. */
export async function* elementsIn(bytes: FileBytes, at: number, end: number): AsyncGenerator<Element & { readonly end: number }> {
  while (at < end) {
    const element = await elementAt(bytes, at);
    if (element?.end === undefined) return;
    yield { ...element, end: element.end };
    at = element.end;
  }
}

/** Elements that may stand before the tracks. */
const BEFORE = 1000;

/** The entries of the tracks of a Matroska file, in order; none of any other file. */
export async function* trackEntries(bytes: FileBytes): AsyncGenerator<Element & { readonly end: number }> {
  const header = await elementAt(bytes, 0);
  const segment = header?.end === undefined ? undefined : await elementAt(bytes, header.end);
  if (segment?.id !== SEGMENT) return;
  let before = 0;
  for await (const { id, body, end } of elementsIn(bytes, segment.body, segment.end ?? bytes.size)) {
    if (id === TRACKS) {
      for await (const entry of elementsIn(bytes, body, end)) if (entry.id === TRACK_ENTRY) yield entry;
      return;
    }
    if (++before >= BEFORE) return;
  }
}
