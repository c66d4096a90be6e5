import { TextlessError } from '../core/errors.js';
import type { FromWorker, ToWorker } from './messages.js';

/** What a worker does. */
export interface Work<Setup, Task, Answer> {
  /** Loads what the tasks need. */
  open(setup: Setup): Promise<void>;
  answer(task: Task): Promise<Answer>;
  /** One sentence for a person: a task has failed. */
  readonly failure: string;
}

/**
 * The worker's side of {@link WorkerProcess}: answers this process's messages one after the other, in their order, and ends with its parent.
 * Errors go to the parent; only TEXTLESS_MODEL and TEXTLESS_DEVICE keep their own messages.
 */
export function serve<Setup, Task, Answer>(work: Work<Setup, Task, Answer>): void {
  const say = (message: FromWorker<Answer>): void => void process.send?.(message);
  const act = async (message: ToWorker<Setup, Task>): Promise<void> => {
    if (message.kind === 'task') return say({ kind: 'answer', id: message.id, answer: await work.answer(message.task) });
    await work.open(message.setup);
    say({ kind: 'ready' });
  };
  let queue = Promise.resolve();
  process.on('message', (message: ToWorker<Setup, Task>) => {
    queue = queue
      .then(() => act(message))
      .catch((error: unknown) => {
        say({ kind: 'failed', ...(message.kind === 'task' ? { id: message.id } : {}), ...reasonOf(error, work.failure) });
      });
  });
  process.on('disconnect', () => process.exit(0));
  // An interrupt from the terminal reaches the whole process group; the parent decides when this process ends.
  process.on('SIGINT', () => undefined);
}

type Reason = Omit<Extract<FromWorker<never>, { kind: 'failed' }>, 'kind' | 'id'>;

function reasonOf(error: unknown, failure: string): Reason {
  if (error instanceof TextlessError && (error.code === 'TEXTLESS_MODEL' || error.code === 'TEXTLESS_DEVICE'))
    return { code: error.code, message: error.message, detail: error.detail };
  return { code: 'TEXTLESS_INFERENCE', message: failure, detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
