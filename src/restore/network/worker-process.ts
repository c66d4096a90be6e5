import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TextlessError } from '../../core/errors.js';
import { adopt } from '../../media/children.js';
import type { FromWorker, RestoreWindow, ToWorker } from './messages.js';

interface Waiting {
  readonly resolve: (rgb: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** How much of a worker's last words is kept. */
const LAST_WORDS = 4000;

/** A child process that restores windows one after the other. Whatever ends it, nobody waits for it in vain. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #gone: Promise<void>;
  #next = 0;
  #words = '';
  #over: Error | undefined;
  #opened: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor() {
    this.#child = startWorker();
    adopt(this.#child);
    this.#gone = new Promise((resolve) => void this.#child.once('close', () => resolve()));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#words = (this.#words + text).slice(-LAST_WORDS)));
    this.#child.on('message', (message: FromWorker) => this.#hear(message));
    this.#child.once('error', (cause) => {
      void this.end(new TextlessError('TEXTLESS_INFERENCE', 'The restoring process cannot run.', String(cause), { cause }));
    });
    this.#child.once('close', (status, signal) => {
      const detail = `${signal ? `signal ${signal}` : `status ${status}`}; ${this.#words.trim()}`;
      void this.end(new TextlessError('TEXTLESS_INFERENCE', 'The restoring process ended unexpectedly.', detail));
    });
  }

  /** Windows given and not yet answered. */
  get pending(): number {
    return this.#waiting.size;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Loads the network, if one is given. */
  open(message: Extract<ToWorker, { kind: 'open' }>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opened = { resolve, reject };
      this.#tell(message);
    });
  }

  restore(window: RestoreWindow): Promise<Uint8Array> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#tell({ kind: 'restore', id, window });
    });
  }

  /** Kills the process and fails what waits for it with `error`; the first error counts. Resolves when the process is gone. */
  end(error: Error): Promise<void> {
    this.#over ??= error;
    this.#child.kill('SIGKILL');
    this.#opened?.reject(this.#over);
    for (const { reject } of this.#waiting.values()) reject(this.#over);
    this.#waiting.clear();
    return this.#gone;
  }

  #tell(message: ToWorker): void {
    if (this.#over) void this.end(this.#over);
    else
      this.#child.send(
        message,
        (error) => error && void this.end(new TextlessError('TEXTLESS_INFERENCE', 'The restoring process does not listen.', String(error))),
      );
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'ready') return this.#opened?.resolve();
    const error = message.kind === 'failed' ? new TextlessError(message.code, message.message, message.detail) : undefined;
    if (message.id === undefined) return this.#opened?.reject(error ?? new Error('no window'));
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'failed') waiting?.reject(error!);
    else waiting?.resolve(message.rgb);
  }
}

/** Starts the worker as it lies beside this file: TypeScript in the source tree, JavaScript in the package. */
function startWorker(): ChildProcess {
  const source = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(source ? './worker.ts' : './worker.js', import.meta.url));
  const execArgv = source ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return fork(file, [], { execArgv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}
