import { cancelled, TextlessError, throwIfCancelled } from '../../core/errors.js';
import { WorkerProcess } from '../../inference/worker-process.js';
import type { KeyFrame } from '../survey/key-frames.js';
import type { MovingCandidate } from './candidates.js';
import type { Answer, Setup, Task } from './travel/messages.js';

/** Looks for marks that travel, in a process of its own: it costs as much as the rest of the survey. Dispose of it, or the process stays until this one ends. */
export interface Travel extends AsyncDisposable {
  /** Hands a key frame over, when few wait. @throws TextlessError TEXTLESS_INFERENCE when the process is gone, TEXTLESS_CANCELLED */
  take(key: KeyFrame): Promise<void>;
  /** What may be a mark in all that was handed over, the likeliest first. Throws as {@link take}. */
  finish(): Promise<readonly MovingCandidate[]>;
}

const PROGRAM = new URL('./travel/worker', import.meta.url);
/** Key frames that may wait for the process. */
const WAITING = 8;

/**
 * Starts the process. `setup`: size of the key frames, and the programme's frames a second.
 * @throws TextlessError TEXTLESS_INFERENCE, TEXTLESS_CANCELLED
 */
export async function openTravel(setup: Setup, signal?: AbortSignal): Promise<Travel> {
  throwIfCancelled(signal);
  const worker = new WorkerProcess<Setup, Task, Answer>(PROGRAM, 'travelling marks');
  const abort = (): void => void worker.end(cancelled(signal));
  signal?.addEventListener('abort', abort, { once: true });
  const close = async (): Promise<void> => {
    signal?.removeEventListener('abort', abort);
    await worker.end(new TextlessError('TEXTLESS_INFERENCE', 'The search for travelling marks has been closed.'));
  };
  try {
    await worker.open(setup);
  } catch (error) {
    await close();
    throw error;
  }
  const given: Promise<Answer>[] = [];
  return {
    async take(key) {
      const answer = worker.do(key);
      answer.catch(() => undefined); // the next call reports it
      given.push(answer);
      if (given.length > WAITING) await given.shift();
    },
    async finish() {
      await Promise.all(given);
      return worker.do('end');
    },
    [Symbol.asyncDispose]: close,
  };
}
