import path from 'node:path';
import { TextlessError, cancelled, throwIfCancelled } from '../../core/errors.js';
import { WorkerProcess } from '../../inference/worker-process.js';
import { CLASSES, FRAMES, readPerceptionManifest, type PerceptionClass, type PerceptionManifest } from './manifest.js';
import type { PerceptionWindow, RawMaps, Setup } from './messages.js';

export type { PerceptionClass, PerceptionManifest } from './manifest.js';

/** What the network sees in a window: for each class a map of `height` x `width` samples, 0 … 255 for 0 … 1, row-major. */
export interface PerceptionMaps {
  /** Half of the frames' width and height, rounded up: sample (x, y) stands for the frames' samples (2x … 2x + 1, 2y … 2y + 1). */
  readonly width: number;
  readonly height: number;
  readonly maps: Readonly<Record<PerceptionClass, Uint8Array>>;
}

export interface PerceiverOptions {
  /** Kills the process. */
  readonly signal?: AbortSignal | undefined;
  /** Of the network; one by default, as the decoder works at the same time. */
  readonly threads?: number | undefined;
  /** Windows that may wait for the network before {@link Perceiver.room} makes its caller wait. */
  readonly waiting?: number | undefined;
}

/** Looks at windows of a shot, in a process of its own. Dispose of it, or the process stays until this one ends. */
export interface Perceiver extends AsyncDisposable {
  readonly manifest: PerceptionManifest;
  readonly pid: number | undefined;
  /** Resolves when another window may be handed over; at once when few wait. Await it before each {@link look} to bound memory. */
  room(): Promise<void>;
  /**
   * What burnt-in marks five frames of one shot carry. Returns before the network has seen them; the frames are copied and may be reused.
   * A promise that nobody awaits fails silently.
   * @param frames [height, width] 8-bit luma each, in order of time, 4 … 15 frames apart, as the programme has it (studio or full range);
   *   about 270 lines
   * @throws TextlessError TEXTLESS_INFERENCE when the process is gone, TEXTLESS_CANCELLED
   */
  look(frames: readonly Uint8Array[], width: number, height: number): Promise<PerceptionMaps>;
  close(): Promise<void>;
}

const PROGRAM = new URL('./worker', import.meta.url);
const WAITING = 4;

/**
 * Checks the model folder and starts the process.
 * @throws TextlessError TEXTLESS_MODEL, TEXTLESS_INFERENCE, TEXTLESS_CANCELLED
 */
export async function openPerceiver(folder: string, options: PerceiverOptions = {}): Promise<Perceiver> {
  const { signal, threads = 1, waiting = WAITING } = options;
  throwIfCancelled(signal);
  const manifest = await readPerceptionManifest(folder);
  throwIfCancelled(signal);
  const worker = new WorkerProcess<Setup, PerceptionWindow, RawMaps>(PROGRAM, 'perceiving');
  const abort = (): void => void worker.end(cancelled(signal));
  signal?.addEventListener('abort', abort, { once: true });
  const close = async (): Promise<void> => {
    signal?.removeEventListener('abort', abort);
    await worker.end(new TextlessError('TEXTLESS_INFERENCE', 'The perception network has been closed.'));
  };
  try {
    await worker.open({ file: path.join(folder, manifest.file), manifest, threads });
  } catch (error) {
    await close();
    throw error;
  }
  const looks: Promise<unknown>[] = [];
  return {
    manifest,
    pid: worker.pid,
    async room() {
      while (looks.length >= waiting) await looks[0];
    },
    look(frames, width, height) {
      const look = worker.do({ luma: joined(frames, width, height), width, height }).then(separate);
      const settled: Promise<unknown> = look.catch(() => undefined).finally(() => looks.splice(looks.indexOf(settled), 1));
      looks.push(settled);
      return look;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function joined(frames: readonly Uint8Array[], width: number, height: number): Uint8Array {
  const size = width * height;
  if (frames.length !== FRAMES || frames.some((f) => f.length !== size))
    throw new RangeError(`a window is ${FRAMES} frames of ${width} x ${height} samples`);
  const luma = new Uint8Array(FRAMES * size);
  frames.forEach((frame, t) => luma.set(frame, t * size));
  return luma;
}

function separate({ values, width, height }: RawMaps): PerceptionMaps {
  const size = width * height;
  const maps = Object.fromEntries(CLASSES.map((name, c) => [name, values.subarray(c * size, (c + 1) * size)]));
  return { width, height, maps: maps as Record<PerceptionClass, Uint8Array> };
}
