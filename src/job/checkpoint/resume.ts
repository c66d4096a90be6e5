import type { Box, Span } from '../../core/area.js';
import type { Frame, Geometry } from '../../core/frame.js';
import { chunkIsWhole, ChunkWriter, readChunk } from './chunk-file.js';
import type { Chunk } from './chunks.js';
import { applyPatch, copyBoxes, patchOf } from './patch.js';
import type { Touched } from './touched.js';

/** A chunk that has been restored and kept. */
export interface KeptChunk extends Span {
  readonly bytes: number;
  readonly sha256: string;
}

export interface ResumeOptions {
  readonly folder: string;
  /** Says of what programme, plan, mattes, network and version the patches are; patches of another key do not count. */
  readonly key: string;
  readonly chunks: readonly Chunk[];
  readonly touched: Touched;
  readonly geometry: Geometry;
  /** Restores the frames of one chunk, in place. */
  readonly restore: (frames: AsyncIterable<Frame>, chunk: Chunk) => AsyncIterable<Frame>;
  readonly onChunk?: ((chunk: KeptChunk) => void) | undefined;
  /** Told of frames that were restored before. */
  readonly onResumed?: ((frames: number) => void) | undefined;
}

/**
 * Restores a programme chunk by chunk and keeps what that changed, so that a run which was ended at any moment restores nothing twice: chunks that
 * are kept are put into the decoded frames. The frames are the same either way.
 * @throws TextlessError TEXTLESS_NO_SPACE or TEXTLESS_OUTPUT when nothing can be kept, and whatever `restore` throws
 */
export async function* resumeFrames(frames: AsyncIterable<Frame>, options: ResumeOptions): AsyncGenerator<Frame, void, undefined> {
  const source = frames[Symbol.asyncIterator]();
  try {
    for (const chunk of options.chunks) {
      const part = until(source, chunk.last);
      const kept = await chunkIsWhole(options.folder, chunk, options.key);
      yield* kept ? replayed(part, chunk, options) : restoredAnew(part, chunk, options);
    }
    yield* until(source, Infinity); // frames beyond the plan's last shot, if the file has any
  } finally {
    await source.return?.();
  }
}

async function* until(source: AsyncIterator<Frame>, last: number): AsyncGenerator<Frame, void, undefined> {
  for (;;) {
    const next = await source.next();
    if (next.done) return;
    yield next.value;
    if (next.value.index >= last) return;
  }
}

async function* replayed(
  frames: AsyncIterable<Frame>,
  chunk: Chunk,
  { folder, geometry, onResumed }: ResumeOptions,
): AsyncGenerator<Frame, void, undefined> {
  const patches = readChunk(folder, chunk);
  try {
    let next = await patches.next();
    for await (const frame of frames) {
      if (!next.done && next.value.frame === frame.index) {
        applyPatch(frame, next.value, geometry);
        next = await patches.next();
      }
      onResumed?.(frame.index + 1);
      yield frame;
    }
  } finally {
    await patches.return();
  }
}

async function* restoredAnew(
  frames: AsyncIterable<Frame>,
  chunk: Chunk,
  { folder, key, touched, geometry, restore, onChunk }: ResumeOptions,
): AsyncGenerator<Frame, void, undefined> {
  const before = new Map<number, { boxes: readonly Box[]; bytes: Uint8Array }>();
  async function* remembered(): AsyncGenerator<Frame, void, undefined> {
    for await (const frame of frames) {
      const boxes = touched.in(frame.index);
      if (boxes.length) before.set(frame.index, { boxes, bytes: copyBoxes(frame, boxes, geometry) });
      yield frame;
    }
  }
  const writer = await ChunkWriter.create(folder, chunk, key);
  let last = -1;
  try {
    for await (const frame of restore(remembered(), chunk)) {
      const old = before.get(frame.index);
      before.delete(frame.index);
      if (old) await writer.add(patchOf(frame, old.boxes, old.bytes, geometry));
      last = frame.index;
      yield frame;
    }
    if (last < chunk.last) return; // cut short: not the whole chunk
    const { bytes, sha256 } = await writer.finish();
    onChunk?.({ first: chunk.first, last: chunk.last, bytes, sha256 });
  } finally {
    await writer.discard();
  }
}
