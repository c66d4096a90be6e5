import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TextlessError } from '../core/errors.js';
import { adopt } from '../media/children.js';
import type { FromWorker, ToWorker } from './messages.js';

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** How much of a worker's last words is kept. */
const LAST_WORDS = 4000;

/**
 * A child process that does tasks one after the other, because ONNX Runtime blocks the thread it computes on and cannot be stopped there.
 * Whatever ends it, nobody waits for it in vain. Its program calls `serve`.
 */
export class WorkerProcess<Setup, Task, Answer> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  readonly #gone: Promise<void>;
  #next = 0;
  #words = '';
  #over: Error | undefined;
  #opened: { resolve: () => void; reject: (error: Error) => void } | undefined;

  /**
   * @param program URL of the program without its ending: TypeScript in the source tree, JavaScript in the package
   * @param name what the process is, for messages: "restoring"
   */
  constructor(
    program: URL,
    readonly name: string,
  ) {
    this.#child = start(program);
    adopt(this.#child);
    this.#gone = new Promise((resolve) => void this.#child.once('close', () => resolve()));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#words = (this.#words + text).slice(-LAST_WORDS)));
    this.#child.on('message', (message: FromWorker<Answer>) => this.#hear(message));
    this.#child.once('error', (cause) => void this.end(this.#fault('cannot run', String(cause), cause)));
    this.#child.once('close', (status, signal) => {
      const detail = `${signal ? `signal ${signal}` : `status ${status}`}; ${this.#words.trim()}`;
      void this.end(this.#fault('ended unexpectedly', detail));
    });
  }

  /** Tasks given and not yet answered. */
  get pending(): number {
    return this.#waiting.size;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Loads what the tasks need. */
  open(setup: Setup): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opened = { resolve, reject };
      this.#tell({ kind: 'open', setup });
    });
  }

  do(task: Task): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#tell({ kind: 'task', id, task });
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

  #fault(what: string, detail: string, cause?: unknown): TextlessError {
    return new TextlessError('TEXTLESS_INFERENCE', `The ${this.name} process ${what}.`, detail, { cause });
  }

  #tell(message: ToWorker<Setup, Task>): void {
    if (this.#over) void this.end(this.#over);
    else this.#child.send(message, (error) => error && void this.end(this.#fault('does not listen', String(error))));
  }

  #hear(message: FromWorker<Answer>): void {
    if (message.kind === 'ready') return this.#opened?.resolve();
    const error = message.kind === 'failed' ? new TextlessError(message.code, message.message, message.detail) : undefined;
    if (message.id === undefined) return this.#opened?.reject(error ?? new Error('no task'));
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'failed') waiting?.reject(error!);
    else waiting?.resolve(message.answer);
  }
}

/** Starts a program that lies beside its caller, in the language that this file is in. */
function start(program: URL): ChildProcess {
  const source = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(program) + (source ? '.ts' : '.js');
  const execArgv = source ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return fork(file, [], { execArgv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}
