import { frameBytes, planeLayouts, type Frame, type Geometry } from '../core/frame.js';
import type { Box } from '../core/area.js';
import type { Track } from '../plan/plan.js';
import { restoreFrames, type RestoreOptions } from './restore.js';

/*
 * The lines of an interlaced frame belong to two moments. Motion between them has no place in one picture: what is searched for in a woven one is found
 * nowhere, and what is copied is combed. So the fields of each parity are a programme of their own, of half the height, in which lines keep their places.
 */

/** Even lines, odd lines. Which of them is shown first makes no difference here. */
type Parity = 0 | 1;
const PARITIES: readonly Parity[] = [0, 1];

/** {@link restoreFrames}, field by field where the frames are interlaced and their lines can be told apart. @param options whose tracks stand still */
export const restorePictures = (
  frames: AsyncIterable<Frame>,
  { interlaced, ...options }: RestoreOptions & { readonly interlaced: boolean },
): AsyncGenerator<Frame, void, undefined> =>
  interlaced && hasFields(options.geometry) ? restoreFields(frames, options) : restoreFrames(frames, options);

/** Whether both fields have the same number of lines in every plane. */
export const hasFields = (geometry: Geometry): boolean => planeLayouts(geometry).every(({ height }) => height % 2 === 0);

export const fieldGeometry = (geometry: Geometry): Geometry => ({ ...geometry, height: geometry.height / 2 });

/** Lines of a frame that a box of a field lies on: all between its first and its last. */
export const frameBox = ({ x, y, width, height }: Box): Box => ({ x, y: 2 * y, width, height: 2 * height });

/** The lines of one parity of standing tracks; those that have none are left out. */
export function fieldTracks(tracks: readonly Track[], parity: Parity): Track[] {
  return tracks.flatMap((track) => {
    const { box, data } = track.mask;
    const first = Math.ceil((box.y - parity) / 2);
    const height = Math.floor((box.y + box.height - 1 - parity) / 2) - first + 1;
    if (height < 1) return [];
    const lines = new Uint8Array(height * box.width);
    for (let y = 0; y < height; y++) {
      const from = (2 * (first + y) + parity - box.y) * box.width;
      lines.set(data.subarray(from, from + box.width), y * box.width);
    }
    return [{ ...track, mask: { box: { ...box, y: first, height }, data: lines } }];
  });
}

/** Calls `line` for each line of each plane: where it lies in the frame, its parity, where it lies in its field. All in bytes. */
function eachLine(geometry: Geometry, line: (frame: number, parity: number, field: number, bytes: number) => void): void {
  const bytes = geometry.format.depth > 8 ? 2 : 1;
  let at = 0;
  for (const { width, height } of planeLayouts(geometry)) {
    const row = width * bytes;
    for (let y = 0; y < height; y++) line(at + y * row, y & 1, at / 2 + (y >> 1) * row, row);
    at += height * row;
  }
}

/** The two fields of a frame, copied. */
export function splitFields(frame: Uint8Array, geometry: Geometry): [Uint8Array, Uint8Array] {
  const fields: [Uint8Array, Uint8Array] = [new Uint8Array(frame.length / 2), new Uint8Array(frame.length / 2)];
  eachLine(geometry, (at, parity, to, bytes) => fields[parity].set(frame.subarray(at, at + bytes), to));
  return fields;
}

/** The frame of two fields. */
export function weaveFields(fields: readonly Uint8Array[], geometry: Geometry): Uint8Array {
  const frame = new Uint8Array(frameBytes(geometry));
  eachLine(geometry, (at, parity, from, bytes) => frame.set(fields[parity].subarray(from, from + bytes), at));
  return frame;
}

/** Gives the fields of frames to two readers, one a parity, which may be a little apart. */
class Fields {
  readonly #waiting: [Frame[], Frame[]] = [[], []];
  readonly #source: AsyncIterator<Frame>;
  #pull: Promise<void> | undefined;
  #ended = false;
  #readers = 2;

  constructor(
    frames: AsyncIterable<Frame>,
    private readonly geometry: Geometry,
  ) {
    this.#source = frames[Symbol.asyncIterator]();
  }

  async *of(parity: Parity): AsyncGenerator<Frame, void, undefined> {
    try {
      for (;;) {
        while (!this.#waiting[parity].length && !this.#ended) await (this.#pull ??= this.#next().finally(() => (this.#pull = undefined)));
        const field = this.#waiting[parity].shift();
        if (!field) return;
        yield field;
      }
    } finally {
      if (--this.#readers === 0) await this.#source.return?.();
    }
  }

  async #next(): Promise<void> {
    const result = await this.#source.next();
    if (result.done) {
      this.#ended = true;
      return;
    }
    const fields = splitFields(result.value.data, this.geometry);
    for (const parity of PARITIES) this.#waiting[parity].push({ index: result.value.index, data: fields[parity] });
  }
}

/**
 * {@link restoreFrames} for interlaced pictures: each field is restored from fields of its own parity.
 * @param options whose tracks stand still
 */
export async function* restoreFields(frames: AsyncIterable<Frame>, options: RestoreOptions): AsyncGenerator<Frame, void, undefined> {
  const { geometry, plan, onProgress, ...rest } = options;
  const fields = new Fields(frames, geometry);
  const runs = PARITIES.map((parity) =>
    restoreFrames(fields.of(parity), {
      ...{ ...rest, geometry: fieldGeometry(geometry), plan: { ...plan, tracks: fieldTracks(plan.tracks, parity) } },
      ...(parity ? { onProgress } : {}),
    }),
  );
  try {
    for (;;) {
      const [even, odd] = await Promise.all(runs.map((run) => run.next()));
      if (even.done || odd.done) return;
      yield { index: even.value.index, data: weaveFields([even.value.data, odd.value.data], geometry) };
    }
  } finally {
    await Promise.allSettled(runs.map((run) => run.return()));
  }
}
