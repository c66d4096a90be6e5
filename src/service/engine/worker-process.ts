import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TextlessError, type ErrorCode } from '../../core/errors.js';
import type { WipeReport } from '../../job/outcome.js';
import type { FromWorker, Task, ToWorker } from './messages.js';
import { cpuOfGroup } from './process-group.js';

/** Characters of what a process says last that are kept. */
const LAST_WORDS = 4000;
/** A process that uses the processor but says nothing is given so many times the patience. */
const BUSY = 8;

/** How the work on a programme ended. `killed`: the process was ended from outside, or broke down. */
export type Ending =
  | { readonly kind: 'finished'; readonly report: WipeReport }
  | { readonly kind: 'failed'; readonly code: ErrorCode | null; readonly message: string; readonly detail: string }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals | null; readonly detail: string };

export interface Supervision {
  /** Seconds without any sign of progress after which the process is ended. */
  readonly stall: number;
  readonly onProgress: (progress: Extract<FromWorker, { kind: 'progress' }>['progress']) => void;
  readonly onLosses: (losses: readonly string[]) => void;
  readonly onChunk: (chunk: Extract<FromWorker, { kind: 'chunk' }>['chunk']) => void;
}

/** A process, and all that it starts, at work on one programme. */
export class WorkerProcess {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  #ending: Ending | undefined;
  #words = '';
  #heard = performance.now();
  #silentCpu: number | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(
    task: Task,
    private readonly supervision: Supervision,
  ) {
    this.#child = start();
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#words = (this.#words + text).slice(-LAST_WORDS)));
    this.#child.on('message', (message: FromWorker) => this.#hear(message));
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(this.#ending ?? { kind: 'killed', signal: null, detail: String(error) }));
      this.#child.once('close', (status, signal) => {
        this.#killGroup(); // whatever it started and left behind
        const detail = `${signal ? `signal ${signal}` : `status ${status}`}; ${this.#words.trim()}`;
        resolve(this.#ending ?? { kind: 'killed', signal, detail });
      });
    });
    void this.ended.then(() => clearInterval(this.#timer));
    const patience = Math.max(200, Math.min(10_000, (1000 * supervision.stall) / 4));
    this.#timer = setInterval(() => this.#watch(), patience);
    this.#tell({ kind: 'task', task });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks it to stop; after `grace` seconds it is killed. What is kept stays kept. */
  async stop(grace: number): Promise<void> {
    this.#tell({ kind: 'stop' });
    const timer = setTimeout(() => this.kill(), 1000 * grace);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends it and all that it started, at once. */
  kill(reason?: TextlessError): void {
    if (reason) this.#ending ??= { kind: 'failed', code: reason.code, message: reason.message, detail: reason.detail };
    this.#killGroup();
    this.#child.kill('SIGKILL');
  }

  #hear(message: FromWorker): void {
    this.#heard = performance.now();
    this.#silentCpu = undefined;
    if (message.kind === 'progress') this.supervision.onProgress(message.progress);
    else if (message.kind === 'chunk') this.supervision.onChunk(message.chunk);
    else if (message.kind === 'losses') this.supervision.onLosses(message.losses);
    else this.#ending ??= message;
  }

  /** Some steps say nothing for long, such as learning or comparing; they use the processor, a hung one does not. */
  #watch(): void {
    const silent = (performance.now() - this.#heard) / 1000;
    const { stall } = this.supervision;
    if (silent < stall / 2) return;
    const cpu = this.pid === undefined ? 0 : cpuOfGroup(this.pid);
    this.#silentCpu ??= cpu;
    const busy = cpu - this.#silentCpu > 0.02 * (silent - stall / 2);
    if (silent < stall * (busy ? BUSY : 1)) return;
    this.kill(new TextlessError('TEXTLESS_STALLED', `Nothing came forward for ${Math.round(silent)} seconds; the work was ended.`));
  }

  #killGroup(): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // nobody is left
    }
  }

  #tell(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

/** In a group of its own, so that whatever it starts can be ended with it. */
function start(): ChildProcess {
  const source = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL('./worker', import.meta.url)) + (source ? '.ts' : '.js');
  const execArgv = source ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return fork(file, [], { execArgv, serialization: 'advanced', detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}
