import { elementsIn, trackEntries } from './ebml.js';
import { FileBytes } from './file-bytes.js';
import type { Programme } from './programme.js';

const CODEC_DELAY = 0x56aa;

/** Nanoseconds that a track's coder runs ahead (RFC 9559, 5.1.4.1.25), 0 where it says nothing. */
async function delayOf(bytes: FileBytes, at: number, end: number): Promise<number> {
  for await (const { id, body, end: after } of elementsIn(bytes, at, end)) {
    if (id === CODEC_DELAY && after - body <= 8) return Number(`0x${(await bytes.read(body, after - body)).toString('hex') || '0'}`);
  }
  return 0;
}

/**
 * Ticks by which ffmpeg shows the packets of each stream of a Matroska file too early, by stream: it takes the codec's delay off their
 * times when it reads them and does not put it back when it copies them.
 */
export async function codecDelays({ container, path, streams }: Programme): Promise<ReadonlyMap<number, number>> {
  const delays = new Map<number, number>();
  if (container !== 'matroska,webm') return delays;
  await FileBytes.with(path, async (bytes) => {
    let index = 0;
    for await (const { body, end } of trackEntries(bytes)) {
      const { timeBase } = streams[index] ?? {};
      const nanoseconds = await delayOf(bytes, body, end);
      if (nanoseconds > 0 && timeBase) delays.set(index, Math.round((nanoseconds * timeBase.den) / (1e9 * timeBase.num)));
      index++;
    }
  });
  return delays;
}
