import type { FileBytes } from './file-bytes.js';

/** Boxes that are stepped over at most; a file with more is not followed to its end. */
const MOST_STEPS = 200_000;

/** One box of a QuickTime or ISO base media file (ISO/IEC 14496-12, 4.2). */
export interface Box {
  readonly type: string;
  /** First byte after its head. */
  readonly body: number;
  /** First byte after the box; beyond the file's end when the file is cut. */
  readonly end: number;
}

/** The box at `at`; undefined where none can begin. A size of 0 means up to `limit`. */
async function boxAt(bytes: FileBytes, at: number, limit: number): Promise<Box | undefined> {
  const head = await bytes.read(at, 16);
  if (head.length < 8) return undefined;
  const type = head.toString('latin1', 4, 8);
  const size = head.readUInt32BE(0);
  if (size === 0) return { type, body: at + 8, end: limit };
  if (size > 1) return { type, body: at + 8, end: at + size };
  return head.length < 16 ? undefined : { type, body: at + 16, end: at + Number(head.readBigUInt64BE(8)) };
}

/** Boxes side by side from `at` to `limit`, the last one perhaps cut. Only heads are read. */
export async function* boxes(bytes: FileBytes, at: number, limit: number): AsyncGenerator<Box> {
  for (let steps = 0; at < limit && steps < MOST_STEPS; steps++) {
    const box = await boxAt(bytes, at, limit);
    if (!box || box.end < box.body) return;
    yield box;
    at = box.end;
  }
}

/** The boxes that a path of types leads to, such as `moov/trak/tkhd`, below the top of the file; all of them. */
export async function* boxesAt(bytes: FileBytes, path: readonly string[], at = 0, limit = bytes.size): AsyncGenerator<Box> {
  const [type, ...rest] = path;
  for await (const box of boxes(bytes, at, limit)) {
    if (box.type !== type) continue;
    if (rest.length === 0) yield box;
    else yield* boxesAt(bytes, rest, box.body, Math.min(box.end, limit));
  }
}
