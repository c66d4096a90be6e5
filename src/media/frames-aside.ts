import { open } from 'node:fs/promises';
import { frameBytes, type Frame } from '../core/frame.js';
import type { Aside } from './decode.js';
import type { Programme } from './programme.js';

/** The frames that a pass has laid aside, in order: as many as were written to their end, of those that are wanted. None, where there is no such file. */
export async function* framesAside(
  programme: Programme,
  { indices, file }: Aside,
  wanted: ReadonlySet<number> = new Set(indices),
): AsyncGenerator<Frame, void, undefined> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return;
  try {
    const bytes = frameBytes(programme.video.geometry);
    for (const [i, index] of indices.entries()) {
      if (!wanted.has(index)) continue;
      const data = new Uint8Array(bytes);
      const { bytesRead } = await handle.read(data, 0, bytes, i * bytes);
      if (bytesRead < bytes) return;
      yield { index, data };
    }
  } finally {
    await handle.close();
  }
}
