import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import ffmpeg, { type FfmpegCommand } from 'fluent-ffmpeg';
import { TextlessError, cancelled, type ErrorCode } from '../core/errors.js';
import { adopt } from './children.js';
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
    return new TextlessError('TEXTLESS_NO_SPACE', `There is no space left: ${job.failure.sentence}`, detail, { cause });
  }
  return new TextlessError(job.failure.code, job.failure.sentence, detail, { cause });
}

/**
 * Starts one ffmpeg process.
 * @throws TextlessError `TEXTLESS_FFMPEG_MISSING`; when the signal is aborted already, `TEXTLESS_CANCELLED`
 */
export async function startFfmpeg(job: FfmpegJob): Promise<FfmpegRun> {
  const { ffmpeg: ffmpegPath } = await tools();
  const { signal } = job;
  if (signal?.aborted) throw cancelled(signal);
  const command = build(ffmpegPath, job);
  const messages: string[] = [];
  let child: ChildProcess | undefined;
  let unwanted: TextlessError | true | undefined;
  const kill = (reason?: TextlessError): void => {
    unwanted ??= reason ?? true;
    child?.kill('SIGKILL');
    child?.stdout?.destroy(); // what nobody reads any more would keep the pipe open
  };
  const onAbort = (): void => kill(cancelled(signal));

  const ended = new Promise<void>((resolve, reject) => {
    command.on('start', () => {
      child = (command as { ffmpegProc?: ChildProcess }).ffmpegProc;
      if (!child) return;
      // fluent's own handler throws when a process cannot be started (fault 1).
      child.removeAllListeners('error').on('error', (cause: Error) => {
        child = undefined;
        reject(cause);
      });
      adopt(child);
      if (unwanted) kill(); // a wish to end it that came before it existed (fault 3)
    });
    command.on('stderr', (line: string) => {
      if (job.onLine?.(line) || !line.trim()) return;
      messages.push(line); // all of them: fluent keeps only those that tell nothing (fault 10)
      if (messages.length > TAIL) messages.shift();
    });
    command.on('end', () => resolve());
    command.on('error', reject);
  });

  const settle = async (): Promise<void> => {
    try {
      await ended;
    } catch (cause) {
      kill();
      throw unwanted instanceof TextlessError ? unwanted : failureOf(job, messages, cause as Error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      // 'error' may come before the process is gone (fault 8).
      if (child && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    }
  };
  const settled = settle();
  settled.catch(() => {});
  signal?.addEventListener('abort', onAbort, { once: true });
  command.run();
  return { settled, messages, kill };
}
