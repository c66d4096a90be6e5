import { open, type FileHandle } from 'node:fs/promises';
import { TextlessError } from '../../../core/errors.js';
import type { Frame } from '../../../core/frame.js';
import type { CodedPicture } from '../picture.js';
import type { CopiedUnit, Entries, Part } from './groups.js';
import { SEQUENCE_END, entryOf, withoutLeading } from './mpeg2.js';
import { beginsUnit, isBroken, PACKET, payloadAt, pesHead, pidOf } from './packet.js';
import type { SourceUnit, Survey } from './survey.js';
import { packetsIn } from './walk.js';

/** Encodes frames that are shown at some times on their own; the pictures come in decoding order. */
export type Encode = (frames: AsyncIterable<Frame>, shown: readonly number[]) => AsyncGenerator<CodedPicture, void, undefined>;

/** The coded picture of the source that begins with a PES packet, as its packets carry it. */
async function read(handle: FileHandle, { layout, pid }: Survey, unit: SourceUnit): Promise<Buffer> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(Math.min(unit.end, size) - unit.byte);
  await handle.read(buffer, 0, buffer.length, unit.byte);
  const pieces: Uint8Array[] = [];
  for (const p of packetsIn(buffer, layout)) {
    if (pidOf(p) !== pid || isBroken(p)) continue;
    const at = payloadAt(p);
    pieces.push(p.subarray(Math.min(PACKET, beginsUnit(p) ? (pesHead(p, at)?.end ?? at) : at)));
  }
  return Buffer.concat(pieces);
}

/** Frames one after the other, a few at a time. */
class Supply {
  readonly #frames: AsyncIterator<Frame>;
  #at = 0;

  constructor(frames: AsyncIterable<Frame>) {
    this.#frames = frames[Symbol.asyncIterator]();
  }

  /** Frames from `first` on, `count` of them; those before are let go. Missing ones are noticed by who counts. */
  async *take(first: number, count: number): AsyncGenerator<Frame> {
    while (this.#at < first + count) {
      const { done, value } = (await this.#frames.next()) as { done?: boolean; value: Frame };
      if (done) return;
      if (this.#at++ >= first) yield value;
    }
  }

  async close(): Promise<void> {
    await this.#frames.return?.();
  }
}

async function* copied(handle: FileHandle, survey: Survey, units: readonly CopiedUnit[]): AsyncGenerator<CodedPicture> {
  for (const unit of units) {
    const data = await read(handle, survey, unit);
    yield { pts: unit.pts, dts: unit.dts, key: unit.key, data: unit.dropped > 0 ? withoutLeading(data, unit.dropped) : data, kept: true };
  }
}

/** How the groups of pictures of an MPEG-2 stream begin. */
export async function entriesOf(file: string, survey: Survey): Promise<Entries> {
  const handle = await open(file, 'r');
  try {
    const entries = new Map<number, 'closed' | 'open'>();
    for (const unit of survey.units.filter((u) => u.sequence)) {
      const entry = entryOf(await read(handle, survey, unit));
      if (entry !== undefined) entries.set(unit.index, entry);
    }
    return entries;
  } finally {
    await handle.close();
  }
}

/**
 * A stream put together of pictures of the source and new ones, in decoding order. Each part is a sequence of its own.
 * @param frames of the whole programme; those of copied parts are let go
 * @param shown times of all frames
 */
export async function* mixed(
  file: string,
  survey: Survey,
  {
    parts,
    shown,
    frames,
    encode,
  }: { readonly parts: readonly Part[]; readonly shown: readonly number[]; readonly frames: AsyncIterable<Frame>; readonly encode: Encode },
): AsyncGenerator<CodedPicture, void, undefined> {
  const handle = await open(file, 'r');
  const supply = new Supply(frames);
  try {
    for (const part of parts) {
      const isCopied = part.kind === 'copied';
      const count = isCopied ? part.units.length : part.count;
      const pictures = isCopied
        ? copied(handle, survey, part.units)
        : encode(supply.take(part.first, count), shown.slice(part.first, part.first + count));
      let n = 0;
      for await (const picture of pictures) {
        const isLast = ++n === count && part !== parts.at(-1);
        yield isLast ? { ...picture, data: Buffer.concat([picture.data, SEQUENCE_END]) } : picture;
      }
      if (n !== count) throw new TextlessError('TEXTLESS_ENCODE', `${count} frames were to be encoded, but ${n} pictures came.`);
    }
    for await (const frame of supply.take(shown.length, 1)) {
      throw new TextlessError(
        'TEXTLESS_VERIFY',
        `The programme has ${shown.length} frames, but more were to be delivered.`,
        String(frame.index),
      );
    }
  } finally {
    await supply.close();
    await handle.close();
  }
}
