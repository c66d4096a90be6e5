import { open } from 'node:fs/promises';
import type { Box } from '../../core/area.js';
import type { Frame, Samples } from '../../core/frame.js';
import type { VideoStream } from '../../media/programme.js';
import { cropToRgb } from '../../restore/colour.js';

/** Pictures of one size after each other in a file: a method's results wait there for the judge, who takes part of the time otherwise. */
export class CropFile {
  #pictures = 0;

  constructor(
    private readonly path: string,
    private readonly bytes: number,
  ) {}

  get pictures(): number {
    return this.#pictures;
  }

  /** Replaces what the file holds. */
  async write(pictures: AsyncIterable<Uint8Array>): Promise<void> {
    const file = await open(this.path, 'w');
    this.#pictures = 0;
    try {
      for await (const picture of pictures) {
        if (picture.length !== this.bytes) throw new RangeError(`a picture of ${picture.length} bytes instead of ${this.bytes}`);
        await file.write(picture);
        this.#pictures++;
      }
    } finally {
      await file.close();
    }
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    const file = await open(this.path, 'r');
    try {
      for (let i = 0; i < this.#pictures; i++) {
        const picture = new Uint8Array(this.bytes);
        await file.read(picture, 0, this.bytes, i * this.bytes);
        yield picture;
      }
    } finally {
      await file.close();
    }
  }
}

/** A box of each frame as packed RGB. */
export async function* rgbOf(
  frames: AsyncIterable<Frame>,
  { geometry, colour }: VideoStream,
  box: Box,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const frame of frames) yield cropToRgb(frame, geometry, colour, box);
}

/** A box of each mask of a picture `width` wide: 1 where a mark shows, 0 elsewhere. */
export async function* cropped(masks: AsyncIterable<Samples>, width: number, box: Box): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const mask of masks) {
    const out = new Uint8Array(box.width * box.height);
    for (let y = 0, i = 0; y < box.height; y++)
      for (let x = 0, p = (box.y + y) * width + box.x; x < box.width; x++, i++, p++) out[i] = mask[p] > 127 ? 1 : 0;
    yield out;
  }
}

/** Several streams in step; ends with the shortest. */
export async function* inStep(...streams: readonly AsyncIterable<Uint8Array>[]): AsyncGenerator<Uint8Array[], void, undefined> {
  const all = streams.map((s) => s[Symbol.asyncIterator]());
  try {
    for (;;) {
      const next = await Promise.all(all.map((s) => s.next()));
      if (next.some((n) => n.done)) return;
      yield next.map((n) => n.value as Uint8Array);
    }
  } finally {
    for (const s of all) await s.return?.();
  }
}
