import { open, type FileHandle } from 'node:fs/promises';
import { TextlessError } from '../../../core/errors.js';
import type { Frame } from '../../../core/frame.js';
import type { CodedPicture } from '../picture.js';
import { bufferOf } from '../side/units.js';
import type { CopiedUnit, Part } from './groups.js';
import type { Seams } from './seams.js';
import type { Survey } from './survey.js';
import { unitData } from './unit-data.js';

/** Encodes frames that are shown at some times on their own; the pictures come in decoding order. */
export type Encode = (frames: AsyncIterable<Frame>, shown: readonly number[]) => AsyncGenerator<CodedPicture, void, undefined>;

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

/** What a stream is put together of. */
export interface Mixture {
  readonly parts: readonly Part[];
  readonly seams: Seams;
}

/** What new parts are made of. */
export interface Making {
  /** Of the whole programme; those of copied parts are let go. */
  readonly frames: AsyncIterable<Frame>;
  /** Times of all frames. */
  readonly shown: readonly number[];
  readonly encode: Encode;
}

async function* copied(
  handle: FileHandle,
  survey: Survey,
  units: readonly CopiedUnit[],
  { opened }: Seams,
): AsyncGenerator<CodedPicture, void, undefined> {
  for (const unit of units) {
    const data = await unitData(handle, survey, unit);
    yield { pts: unit.pts, dts: unit.dts, key: unit.key, data: unit.dropped > 0 ? opened(data, unit.dropped) : data, kept: true };
  }
}

async function* joined(
  handle: FileHandle,
  survey: Survey,
  { parts, seams }: Mixture,
  { shown, encode }: Making,
  supply: Supply,
): AsyncGenerator<CodedPicture, void, undefined> {
  for (const part of parts) {
    const isCopied = part.kind === 'copied';
    const count = isCopied ? part.units.length : part.count;
    const pictures = isCopied
      ? copied(handle, survey, part.units, seams)
      : encode(supply.take(part.first, count), shown.slice(part.first, part.first + count));
    let n = 0;
    for await (const picture of pictures) {
      const isLast = ++n === count && part !== parts.at(-1);
      yield isLast ? { ...picture, data: seams.closed(bufferOf(picture.data)) } : picture;
    }
    if (n !== count) throw new TextlessError('TEXTLESS_ENCODE', `${count} frames were to be encoded, but ${n} pictures came.`);
  }
}

/** A stream put together of pictures of the source and new ones, in decoding order. Each new part is encoded on its own. */
export async function* mixed(
  file: string,
  survey: Survey,
  mixture: Mixture,
  making: Making,
): AsyncGenerator<CodedPicture, void, undefined> {
  const handle = await open(file, 'r');
  const supply = new Supply(making.frames);
  const { shown } = making;
  try {
    yield* mixture.seams.settled(joined(handle, survey, mixture, making, supply));
    for await (const frame of supply.take(shown.length, 1)) {
      const sentence = `The programme has ${shown.length} frames, but more were to be delivered.`;
      throw new TextlessError('TEXTLESS_VERIFY', sentence, String(frame.index));
    }
  } finally {
    await supply.close();
    await handle.close();
  }
}
