import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import readline from 'node:readline';
import type { Readable } from 'node:stream';
import { TextlessError, cancelled, throwIfCancelled } from '../core/errors.js';
import { adopt } from './children.js';
import { PROBE_MEMORY, couldNotStart, limited } from './limits.js';

/** What a tool printed. */
export interface ToolOutput {
  readonly stdout: string;
  /** Of long messages only the beginning and the end. */
  readonly stderr: string;
}

/** Thrown by {@link runTool} when the program ran and said no, or printed without end. */
export class ToolFailure extends Error {
  constructor(
    readonly stderr: string,
    options?: ErrorOptions,
  ) {
    super(stderr.trim().split('\n').at(-1) ?? '', options);
  }
}

/** Limits of one run of {@link runTool}. */
export interface RunLimits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the program is killed. */
  readonly limit?: number;
  /** Most bytes it may print. */
  readonly maxBuffer?: number;
  /** Takes what it prints line by line; then nothing is collected. */
  readonly onLine?: (line: string) => void;
}

/** Bytes of messages that are kept from the beginning, and as many from the end. */
const KEPT = 32_768;
/** Bytes of messages after which a program is taken for mad. */
const FLOOD = 64 << 20;

/** Beginning and end of what a program says, however much it is. */
class Messages {
  bytes = 0;
  #head = '';
  #tail = '';

  take(chunk: string): void {
    this.bytes += chunk.length;
    const room = Math.max(0, KEPT - this.#head.length);
    this.#head += chunk.slice(0, room);
    this.#tail = (this.#tail + chunk.slice(room)).slice(-KEPT);
  }

  get text(): string {
    return this.#head + this.#tail;
  }
}

/** What ended a run before its time. */
type Cut = 'cancelled' | 'late' | 'flood';

function failureOf(cut: Cut | undefined, child: ChildProcess, command: readonly string[], messages: string, limits: RunLimits): Error {
  const [file] = command;
  const late = new TextlessError('TEXTLESS_STALLED', `${file} did not answer in time.`, command.join(' '));
  if (cut === 'cancelled') return cancelled(limits.signal);
  if (cut === 'late' || child.signalCode === 'SIGXCPU') return late;
  if (cut === 'flood') return new ToolFailure(`${messages}\n${file} printed without end`);
  if (couldNotStart(child.exitCode)) return new TextlessError('TEXTLESS_FFMPEG_MISSING', `${file} cannot be started.`, messages);
  return new ToolFailure(messages || `${file} ended with ${child.signalCode ?? child.exitCode}`);
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Collects what a child prints, and says when it is too much. */
function collect(
  child: Child,
  { maxBuffer: most = 64 << 20, onLine }: RunLimits,
  onFlood: () => void,
): { readonly messages: Messages; readonly output: () => string } {
  const printed: Buffer[] = [];
  const messages = new Messages();
  let bytes = 0;
  if (onLine) readline.createInterface({ input: child.stdout }).on('line', onLine);
  else
    child.stdout.on('data', (chunk: Buffer) => {
      printed.push(chunk);
      bytes += chunk.length;
      if (bytes > most) onFlood();
    });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    messages.take(chunk);
    if (messages.bytes > FLOOD) onFlood();
  });
  return { messages, output: () => Buffer.concat(printed).toString('utf8') };
}

/**
 * Runs a program to its end, under limits of memory and processor time, and collects what it prints; for short runs only.
 * @throws ToolFailure when it exits with an error or prints too much; TextlessError `TEXTLESS_STALLED` when out of time,
 * `TEXTLESS_FFMPEG_MISSING` when it cannot be started, `TEXTLESS_CANCELLED`
 */
export function runTool(file: string, args: readonly string[], limits: RunLimits = {}): Promise<ToolOutput> {
  const { signal, limit = 60_000 } = limits;
  throwIfCancelled(signal);
  const [program, argv] = limited(file, args, { addressSpace: PROBE_MEMORY, cpuSeconds: limit / 1000 });
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let cut: Cut | undefined;
    const end = (why: Cut): void => {
      cut ??= why;
      child.kill('SIGKILL');
      for (const pipe of [child.stdout, child.stderr]) pipe.destroy(); // a grandchild may hold them open
    };
    const { messages, output } = collect(child, limits, () => end('flood'));
    const timer = setTimeout(() => end('late'), limit);
    const onAbort = (): void => end('cancelled');
    signal?.addEventListener('abort', onAbort, { once: true });
    const leave = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (cause) => {
      leave();
      reject(new TextlessError('TEXTLESS_FFMPEG_MISSING', `${file} cannot be started.`, cause.message, { cause }));
    });
    child.once('close', (code) => {
      leave();
      if (code === 0 && cut === undefined) resolve({ stdout: output(), stderr: messages.text });
      else reject(failureOf(cut, child, [file, ...args], messages.text, limits));
    });
    adopt(child);
  });
}
