import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import ffmpeg, { type FfmpegCommand } from 'fluent-ffmpeg';
import { TextlessError, cancelled, type ErrorCode } from '../core/errors.js';
import { adopt } from './children.js';
import { WORK_MEMORY, limitChild } from './limits.js';
import { tools } from './tools.js';

/*
 * fluent-ffmpeg builds the arguments and starts the process; this file is the only one that imports it. It is no longer
 * maintained, and its faults are known (2.1.3). The guards, by number:
 *  1 a process that cannot be started makes its own error handler throw    8 'error' is emitted before the process is gone
 *  2 an input stream that is destroyed leaves ffmpeg waiting (encode.ts)   9 a `progress` listener starts an extra ffprobe: none here
 *  3 kill() before the process exists is lost                             10 its error text drops the lines that tell something
 *  4 closing the output stream turns good runs into errors (decode.ts)    11 a single option string with one space is split in two
 *  5 `file:` targets get no -y: only absolute paths are passed            12 filters are not escaped: no foreign text is put into one
 *  6 lavfi is unknown to it with ffmpeg 7: not used                       14 a command must not be run twice: one command, one run
 *  7 a source is not closed when ffmpeg ends first (encode.ts)            15 its ffprobe parses text: ffprobe.ts asks for JSON itself
 * 16 what comes without a line break is collected without end: the process is ended
 * Its path takes no arguments before ffmpeg's own, so limits are set on the process right after its start and not by starting
 * it through `prlimit`. ffprobe, which sees a file first, is under limits from its first instruction (run-tool.ts).
 * 13, paths and capabilities are kept per process, is why `useTools` is called once.
 */

/** An input or output of a run. Options are separate arguments, never joined with spaces. */
export interface End<Stream> {
  /** An absolute path, a stream (at most one on each side) or `pipe:2`. */
  readonly at: string | Stream;
  readonly options: readonly string[];
}

/** One run of ffmpeg. */
export interface FfmpegJob {
  readonly inputs: readonly End<Readable>[];
  readonly outputs: readonly End<Writable>[];
  /** Code and sentence of the error when ffmpeg fails. */
  readonly failure: { readonly code: ErrorCode; readonly sentence: string };
  readonly signal?: AbortSignal | undefined;
  /** Sees each line of stderr first; returns true for lines that are not messages. */
  readonly onLine?: (line: string) => boolean;
}

/** A run that has been started. */
export interface FfmpegRun {
  /** Settles only when the process is gone; rejects with a {@link TextlessError}. Never unhandled. */
  readonly settled: Promise<void>;
  /** The last messages of ffmpeg, at most {@link TAIL}. */
  readonly messages: readonly string[];
  /** Ends the process at once; `settled` then rejects with `reason`, or with the failure of the job. */
  readonly kill: (reason?: TextlessError) => void;
}

const TAIL = 50;
/** Characters of a message that are kept. */
const LONGEST = 2000;
/** Characters without a line break, and of messages in all, after which ffmpeg is taken for mad. A day of broken pictures is less. */
const UNBROKEN = 1 << 20;
const FLOOD = 1 << 28;
const QUIET = ['-hide_banner', '-nostats', '-v', 'error'];

function build(ffmpegPath: string, job: FfmpegJob): FfmpegCommand {
  // An own working folder that surely exists: a child that cannot be started crashes this process (fault 1).
  const command = ffmpeg({ cwd: path.parse(process.execPath).root, stdoutLines: TAIL }).setFfmpegPath(ffmpegPath);
  const stdin = job.inputs.some((input) => typeof input.at !== 'string') ? [] : ['-nostdin'];
  job.inputs.forEach((input, at) => {
    // Several arguments at once: a single string with one space would be split in two (fault 11).
    command.input(input.at).inputOptions(...((at === 0 ? [...QUIET, ...stdin, ...input.options] : [...input.options]) as [string]));
  });
  for (const output of job.outputs) command.output(output.at).outputOptions(...([...output.options] as [string]));
  return command;
}

/** What went wrong, for a person; a full disk is told apart because the person can do something about it. */
function failureOf(job: FfmpegJob, messages: readonly string[], cause: Error): TextlessError {
  const detail = [...messages, cause.message].join('\n');
  if (/No space left on device|Disk quota exceeded|File too large|SIGXFSZ/.test(detail)) {
    return new TextlessError('TEXTLESS_NO_SPACE', `There is no space left. ${job.failure.sentence}`, detail, { cause });
  }
  return new TextlessError(job.failure.code, job.failure.sentence, detail, { cause });
}

/** A process from the wish to have it to its end. */
class Supervised implements FfmpegRun {
  readonly messages: string[] = [];
  readonly settled: Promise<void>;
  #child: ChildProcess | undefined;
  #unwanted: TextlessError | true | undefined;
  #said = 0;
  readonly #onAbort = (): void => this.kill(cancelled(this.job.signal));

  constructor(
    private readonly job: FfmpegJob,
    command: FfmpegCommand,
  ) {
    const ended = new Promise<void>((resolve, reject) => {
      command.on('start', () => this.#started(command, reject));
      command.on('stderr', (line: string) => this.#heard(line));
      command.on('end', () => resolve());
      command.on('error', reject);
    });
    this.settled = this.#settle(ended);
    this.settled.catch(() => {});
    job.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly kill = (reason?: TextlessError): void => {
    this.#unwanted ??= reason ?? true;
    this.#child?.kill('SIGKILL');
    this.#child?.stdout?.destroy(); // what nobody reads any more would keep the pipe open
  };

  #started(command: FfmpegCommand, reject: (cause: Error) => void): void {
    const child = (command as { ffmpegProc?: ChildProcess }).ffmpegProc;
    if (!child) return;
    this.#child = child;
    // fluent's own handler throws when a process cannot be started (fault 1).
    child.removeAllListeners('error').on('error', (cause: Error) => {
      this.#child = undefined;
      reject(cause);
    });
    adopt(child);
    if (child.pid !== undefined) limitChild(child.pid, { addressSpace: WORK_MEMORY });
    this.#meter(child.stderr);
    // Pictures on stdout are ours; else fluent collects what is printed there.
    if (this.job.outputs.every((output) => typeof output.at === 'string')) this.#meter(child.stdout);
    if (this.#unwanted) this.kill(); // a wish to end it that came before it existed (fault 3)
  }

  /** Ends a process that prints without a line break (fault 16). */
  #meter(pipe: Readable | null): void {
    let unbroken = 0;
    pipe?.on('data', (chunk: string | Buffer) => {
      const end = Math.max(chunk.lastIndexOf('\n'), chunk.lastIndexOf('\r'));
      unbroken = end < 0 ? unbroken + chunk.length : chunk.length - end - 1;
      if (unbroken > UNBROKEN) this.#flooded();
    });
  }

  #flooded(): void {
    const { code, sentence } = this.job.failure;
    this.kill(new TextlessError(code, sentence, [...this.messages, 'ffmpeg printed messages without end'].join('\n')));
    this.#child?.stderr?.destroy();
  }

  #heard(line: string): void {
    if (this.job.onLine?.(line)) return;
    this.#said += line.length + 1;
    if (this.#said > FLOOD) this.#flooded();
    if (!line.trim()) return;
    this.messages.push(line.slice(0, LONGEST)); // all of them: fluent keeps only those that tell nothing (fault 10)
    if (this.messages.length > TAIL) this.messages.shift();
  }

  async #settle(ended: Promise<void>): Promise<void> {
    try {
      await ended;
    } catch (cause) {
      this.kill();
      throw this.#unwanted instanceof TextlessError ? this.#unwanted : failureOf(this.job, this.messages, cause as Error);
    } finally {
      this.job.signal?.removeEventListener('abort', this.#onAbort);
      const child = this.#child;
      // 'error' may come before the process is gone (fault 8).
      if (child && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    }
  }
}

/**
 * Starts one ffmpeg process.
 * @throws TextlessError `TEXTLESS_FFMPEG_MISSING`; when the signal is aborted already, `TEXTLESS_CANCELLED`
 */
export async function startFfmpeg(job: FfmpegJob): Promise<FfmpegRun> {
  const { ffmpeg: ffmpegPath } = await tools();
  if (job.signal?.aborted) throw cancelled(job.signal);
  const command = build(ffmpegPath, job);
  const run = new Supervised(job, command);
  command.run();
  return run;
}
