/**
 * Candidates for a program in another language (the training): requests on stdin, answers on stdout, until stdin ends.
 * Request: three uint32, little-endian: frames, height, width; then rgb [frames, height, width, 3] and mask [frames, height, width], uint8.
 * Answer: fill and candidate [frames, height, width, 3], then confidence [frames, height, width], uint8.
 */
import { once } from 'node:events';
import { makeCandidates } from './candidates.js';

const input = process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
let chunk: Uint8Array = new Uint8Array(0);

/** The next `length` bytes of stdin; undefined when it ends before the first of them. */
async function read(length: number): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    if (!chunk.length) {
      const next = await input.next();
      if (next.done) {
        if (at === 0) return undefined;
        throw new Error(`stdin ended after ${at} of ${length} bytes`);
      }
      chunk = next.value;
    }
    const part = chunk.subarray(0, length - at);
    bytes.set(part, at);
    at += part.length;
    chunk = chunk.subarray(part.length);
  }
  return bytes;
}

async function write(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

for (let head = await read(12); head; head = await read(12)) {
  const view = new DataView(head.buffer);
  const [frames, height, width] = [0, 4, 8].map((at) => view.getUint32(at, true));
  const n = frames * height * width;
  if (!(n > 0 && n < 2 ** 29)) throw new Error(`no such window: ${frames} frames of ${width}×${height}`);
  const rgb = await read(3 * n);
  const mask = await read(n);
  if (!rgb || !mask) throw new Error('stdin ended within a request');
  const { fill, candidate, confidence } = makeCandidates({ frames, height, width, rgb, mask });
  for (const part of [fill, candidate, confidence]) await write(part);
}
