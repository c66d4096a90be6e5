import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TextlessError } from '../core/errors.js';
import { ENCODERS } from './codec.js';
import { runTool } from './run-tool.js';

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
  /** What will go wrong with some programmes, as sentences for a person; absent when nothing will. */
  readonly warnings?: readonly string[];
}

const OLDEST = [5, 1] as const;
let paths: ToolPaths = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
let checked: Promise<ToolPaths> | undefined;
let listed: Promise<ReadonlySet<string> | undefined> | undefined;

/** Sets where ffmpeg and ffprobe lie, once, before anything is probed; what is not given is looked up on PATH. */
export function useTools(given: { readonly ffmpeg?: string | undefined; readonly ffprobe?: string | undefined }): void {
  paths = { ffmpeg: given.ffmpeg || 'ffmpeg', ffprobe: given.ffprobe || 'ffprobe' };
  checked = undefined;
  listed = undefined;
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

const describeVersions = (): Promise<[ToolDescription, ToolDescription]> => Promise.all([describeTool('ffmpeg'), describeTool('ffprobe')]);

/** Names in what `ffmpeg -encoders` prints: a line of flags and name for each, below a line of dashes. */
async function listEncoders(): Promise<ReadonlySet<string> | undefined> {
  try {
    const { stdout } = await runTool(paths.ffmpeg, ['-v', 'error', '-hide_banner', '-encoders'], { limit: 20_000 });
    const names = stdout.split('\n').flatMap((line) => /^ [VAS][A-Z.]{5} (\S+)/.exec(line)?.[1] ?? []);
    return names.length > 0 ? new Set(names) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether this ffmpeg has an encoder; true when it does not say what it has. */
export async function hasEncoder(encoder: string): Promise<boolean> {
  return (await (listed ??= listEncoders()))?.has(encoder) ?? true;
}

async function lackingEncoders(): Promise<string[]> {
  const held = await Promise.all(ENCODERS.map(({ encoder }) => hasEncoder(encoder)));
  const lacking = ENCODERS.filter((_, at) => !held[at]);
  return lacking.map(({ codec, encoder }) => `was built without ${encoder}: programmes in ${codec} cannot be delivered`);
}

const warned = (tool: ToolDescription, warnings: readonly string[]): ToolDescription => (warnings.length ? { ...tool, warnings } : tool);

/** Both programs with their versions, what is wrong with them and what they lack. Never throws. */
export async function describeTools(): Promise<ToolDescription[]> {
  const [ffmpeg, ffprobe] = await describeVersions();
  if (ffmpeg.problem !== undefined) return [ffmpeg, ffprobe];
  const differs = ffprobe.problem === undefined && ffprobe.version !== ffmpeg.version;
  const sentence = `is version ${ffprobe.version ?? 'unknown'}, but ffmpeg is ${ffmpeg.version ?? 'unknown'}: they may not agree on what is in a file`;
  return [warned(ffmpeg, await lackingEncoders()), warned(ffprobe, differs ? [sentence] : [])];
}

async function check(): Promise<ToolPaths> {
  const wrong = (await describeVersions()).filter((tool) => tool.problem !== undefined);
  if (wrong.length === 0) return paths;
  const what = wrong.map((tool) => [tool.path, tool.version, tool.problem].filter(Boolean).join(' ')).join(', ');
  throw new TextlessError('TEXTLESS_FFMPEG_MISSING', `ffmpeg and ffprobe ${OLDEST.join('.')} or newer are needed: ${what}.`);
}

/** The checked paths. @throws TextlessError `TEXTLESS_FFMPEG_MISSING` */
export function tools(): Promise<ToolPaths> {
  return (checked ??= check());
}
