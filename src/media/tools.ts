import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TextlessError, cancelled, throwIfCancelled } from '../core/errors.js';
import { adopt } from './children.js';

/** Where the two programs lie; a bare name is looked up on PATH. */
export interface ToolPaths {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** One program as `doctor` shows it. */
export interface ToolDescription {
  readonly name: 'ffmpeg' | 'ffprobe';
  readonly path: string;
  /** Version as the program states it, such as `5.1.9-0+deb12u1`; undefined when it could not be run. */
  readonly version?: string;
  /** Why it cannot be used, when it cannot. */
  readonly problem?: string;
}

/** What a tool printed. */
export interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Thrown by {@link runTool} when the program ran and said no. */
export class ToolFailure extends Error {
  constructor(
    readonly stderr: string,
    options?: ErrorOptions,
  ) {
    super(stderr.trim().split('\n').at(-1) ?? '', options);
  }
}

const OLDEST = [5, 1] as const;
let paths: ToolPaths = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
let checked: Promise<ToolPaths> | undefined;

/** Sets where ffmpeg and ffprobe lie, once, before anything is probed; what is not given is looked up on PATH. */
export function useTools(given: { readonly ffmpeg?: string | undefined; readonly ffprobe?: string | undefined }): void {
  paths = { ffmpeg: given.ffmpeg || 'ffmpeg', ffprobe: given.ffprobe || 'ffprobe' };
  checked = undefined;
}

/** The version in the first line of `ffmpeg -version`, and whether it is new enough; builds from git (`N-…`) count as new. */
export function readVersion(firstLine: string): { version: string; usable: boolean } | undefined {
  const version = /^ff(?:mpeg|probe) version (\S+)/.exec(firstLine)?.[1];
  if (!version) return undefined;
  const number = /^n?(\d+)\.(\d+)/.exec(version);
  if (!number) return { version, usable: /^(N-|git)/.test(version) };
  const [major, minor] = [Number(number[1]), Number(number[2])];
  return { version, usable: major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]) };
}

async function describeTool(name: 'ffmpeg' | 'ffprobe'): Promise<ToolDescription> {
  const path = paths[name];
  try {
    const { stdout } = await promisify(execFile)(path, ['-version'], { timeout: 20_000, windowsHide: true });
    const found = readVersion(stdout);
    if (!found) return { name, path, problem: 'does not state a version' };
    if (found.usable) return { name, path, version: found.version };
    return { name, path, version: found.version, problem: `is older than ${OLDEST.join('.')}` };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { name, path, problem: code === 'ENOENT' ? 'was not found' : `cannot be run (${code ?? (error as Error).message})` };
  }
}

/** Both programs with their versions, or what is wrong with them. Never throws. */
export function describeTools(): Promise<ToolDescription[]> {
  return Promise.all([describeTool('ffmpeg'), describeTool('ffprobe')]);
}

async function check(): Promise<ToolPaths> {
  const wrong = (await describeTools()).filter((tool) => tool.problem !== undefined);
  if (wrong.length === 0) return paths;
  const what = wrong.map((tool) => [tool.path, tool.version, tool.problem].filter(Boolean).join(' ')).join(', ');
  throw new TextlessError('TEXTLESS_FFMPEG_MISSING', `ffmpeg and ffprobe ${OLDEST.join('.')} or newer are needed: ${what}.`);
}

/** The checked paths. @throws TextlessError `TEXTLESS_FFMPEG_MISSING` */
export function tools(): Promise<ToolPaths> {
  return (checked ??= check());
}

/** Limits of one run of {@link runTool}. */
export interface RunLimits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the program is killed. */
  readonly limit?: number;
  /** Most bytes it may print. */
  readonly maxBuffer?: number;
}

/**
 * Runs a program to its end and collects what it prints; for short runs only.
 * @throws ToolFailure when it exits with an error, TextlessError when cancelled or out of time.
 */
export function runTool(file: string, args: readonly string[], limits: RunLimits = {}): Promise<ToolOutput> {
  const { signal, limit = 60_000, maxBuffer = 64 << 20 } = limits;
  throwIfCancelled(signal);
  return new Promise((resolve, reject) => {
    const options = { timeout: limit, maxBuffer, killSignal: 'SIGKILL' as const, windowsHide: true, encoding: 'utf8' as const };
    const child = execFile(file, args, { ...options, ...(signal ? { signal } : {}) }, (error, stdout, stderr) => {
      if (!error) resolve({ stdout, stderr });
      else if (signal?.aborted) reject(cancelled(signal));
      else if (error.killed) reject(new TextlessError('TEXTLESS_STALLED', `${file} did not answer in time.`, [file, ...args].join(' ')));
      else reject(new ToolFailure(stderr || error.message, { cause: error }));
    });
    adopt(child);
    child.stdin?.end();
  });
}
