import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TextlessError, cancelled, throwIfCancelled } from '../core/errors.js';
import type { OnProgress } from '../core/progress.js';
import { adopt } from '../media/children.js';
import type { Answer, Job, Results } from './messages.js';

/**
 * Does one job in a process of its own: several cores are used, and nothing of a programme stays in memory.
 * @throws TextlessError what the job failed of, or `TEXTLESS_CANCELLED` once the process is gone
 */
export async function inWorker<K extends Job['kind']>(
  job: Extract<Job, { kind: K }>,
  signal: AbortSignal | undefined,
  onProgress?: OnProgress,
): Promise<Results[K]> {
  throwIfCancelled(signal);
  const child = startWorker();
  adopt(child);
  const stop = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-4000)));
  try {
    const answer = await new Promise<Exclude<Answer, { kind: 'progress' }> | undefined>((resolve, reject) => {
      let last: Exclude<Answer, { kind: 'progress' }> | undefined;
      child.on('message', (message: Answer) => {
        if (message.kind === 'progress') onProgress?.(message.progress);
        else last = message;
      });
      child.once('error', reject);
      child.once('close', () => resolve(last));
      child.send(job, (error) => error && reject(error));
    });
    throwIfCancelled(signal);
    if (answer?.kind === 'done') return answer.result as Results[K];
    if (answer) throw new TextlessError(answer.code, answer.message, answer.detail);
    throw new TextlessError('TEXTLESS_OUTPUT', 'A process of the benchmark ended unexpectedly.', words.trim());
  } catch (error) {
    if (signal?.aborted) throw cancelled(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}

/** Starts the worker as it lies beside this file: TypeScript in the source tree, JavaScript in the package. */
function startWorker(): ChildProcess {
  const source = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(source ? './worker.ts' : './worker.js', import.meta.url));
  const execArgv = source ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return fork(file, [], { execArgv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}
