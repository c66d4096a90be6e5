import os from 'node:os';
import path from 'node:path';
import type { Device } from '../../core/device.js';
import { TextlessError, cancelled, throwIfCancelled } from '../../core/errors.js';
import { WorkerProcess } from '../../inference/worker-process.js';
import { readManifest, type Manifest } from './manifest.js';
import type { SteadyWindow } from '../candidates/steady.js';
import type { Texture } from '../texture/texture.js';
import type { Answer, RestoreWindow, Setup, Task } from './messages.js';

export type { RestoreWindow } from './messages.js';

export interface NetworkOptions {
  /** The model folder, with `manifest.json`. */
  readonly folder: string;
  /** Whether the network is used at all; without it windows are restored by copying in time and push-pull alone. */
  readonly network?: boolean | undefined;
  /** Kills the workers. */
  readonly signal?: AbortSignal | undefined;
  /** Worker processes; by default one a core, four at most. The result does not depend on it. */
  readonly workers?: number | undefined;
  /** Threads of each worker's network; by default the cores shared out. */
  readonly threads?: number | undefined;
  /** Where the network computes; the CPU by default. */
  readonly device?: Device | undefined;
  /** Whether opening fails where the device cannot be had; otherwise the CPU takes its place, and {@link Network.insteadOf} says so. */
  readonly requireDevice?: boolean | undefined;
}

/** Something that restores windows. */
export interface Restorer {
  /** How many windows are restored side by side. */
  readonly workers: number;
  /**
   * Restored targets, [targets, height, width, 3] R'G'B'; outside the mask they are what went in.
   * @throws TextlessError TEXTLESS_INFERENCE when the process that was at it is gone, TEXTLESS_CANCELLED
   */
  restore(window: RestoreWindow): Promise<Uint8Array>;
  /**
   * Frames that were restored one by one made to agree with their neighbours, see `candidates/steady.ts`.
   * @throws as {@link restore}
   */
  steady(window: SteadyWindow): Promise<Uint8Array>;
  /**
   * From where what no frame of a shot shows can take its texture, see `texture/texture.ts`; undefined where nothing fits.
   * @throws as {@link restore}
   */
  texture(window: RestoreWindow): Promise<Texture | undefined>;
}

/** A restorer in processes of its own. Dispose of it, or the processes stay until this one ends. */
export interface Network extends Restorer, AsyncDisposable {
  /** Undefined when no network is used. */
  readonly manifest: Manifest | undefined;
  /** Where the network computes. */
  readonly device: Device;
  /** The device that was asked for and could not be had, with the reason. */
  readonly insteadOf: { readonly device: Device; readonly reason: string } | undefined;
  readonly pids: readonly number[];
}

const MOST_WORKERS = 4;
const PROGRAM = new URL('./worker', import.meta.url);

type Worker = WorkerProcess<Setup, Task, Answer>;

/**
 * Checks the model and starts the workers. ONNX Runtime blocks the event loop while it computes and cannot be stopped,
 * so that it runs in child processes, which can be killed.
 * @throws TextlessError TEXTLESS_MODEL, TEXTLESS_DEVICE, TEXTLESS_INFERENCE, TEXTLESS_CANCELLED
 */
export async function openNetwork(options: NetworkOptions): Promise<Network> {
  const { folder, signal, device = 'cpu' } = options;
  throwIfCancelled(signal);
  const manifest = options.network === false ? undefined : await readManifest(folder);
  if (!manifest || device === 'cpu') return start(manifest, 'cpu', options);
  try {
    return await start(manifest, device, options);
  } catch (error) {
    // A driver may also take the process with it.
    const missing = error instanceof TextlessError && (error.code === 'TEXTLESS_DEVICE' || error.code === 'TEXTLESS_INFERENCE');
    if (!missing || options.requireDevice) throw error;
    // All workers anew: windows restored on different devices differ.
    return { ...(await start(manifest, 'cpu', options)), insteadOf: { device, reason: (error.detail || error.message).split('\n')[0] } };
  }
}

async function start(manifest: Manifest | undefined, device: Device, options: NetworkOptions): Promise<Network> {
  const { folder, signal } = options;
  const cores = os.availableParallelism();
  const count = options.workers ?? Math.max(1, Math.min(MOST_WORKERS, cores));
  const threads = options.threads ?? Math.max(1, Math.floor(cores / count));
  const workers = Array.from({ length: count }, (): Worker => new WorkerProcess(PROGRAM, 'restoring'));
  const end = (error: Error): Promise<unknown> => Promise.all(workers.map((w) => w.end(error)));
  const abort = (): void => void end(cancelled(signal));
  signal?.addEventListener('abort', abort, { once: true });
  const close = async (): Promise<void> => {
    signal?.removeEventListener('abort', abort);
    await end(new TextlessError('TEXTLESS_INFERENCE', 'The network has been closed.'));
  };
  try {
    throwIfCancelled(signal);
    const network = manifest && { file: path.join(folder, manifest.file), manifest };
    await Promise.all(workers.map((w) => w.open({ network, threads, device })));
  } catch (error) {
    await close();
    throw error;
  }
  const ask = <T extends Answer>(task: Task): Promise<T> =>
    workers.reduce((best, w) => (w.pending < best.pending ? w : best)).do(task) as Promise<T>;
  return {
    ...{ manifest, device, insteadOf: undefined, workers: count, pids: workers.flatMap((w) => w.pid ?? []) },
    restore: (window) => ask({ kind: 'restore', window }),
    steady: (window) => ask({ kind: 'steady', window }),
    texture: (window) => ask({ kind: 'texture', window }),
    [Symbol.asyncDispose]: close,
  };
}
