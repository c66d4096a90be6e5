import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { constants, copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { TextlessError, throwIfCancelled } from '../core/errors.js';
import type { Programme } from './programme.js';

const unfinished = new Set<string>();
let watching = false;

/** Removes what is half written when this process ends early. */
function removeUnfinished(): void {
  for (const file of unfinished) {
    try {
      unlinkSync(file);
    } catch {
      // gone already
    }
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** What a failed call of the file system means to a person; a full disk is told apart. */
export function outputError(sentence: string, cause: unknown): TextlessError {
  const detail = cause instanceof Error ? cause.message : '';
  const noSpace = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(cause));
  return new TextlessError(
    noSpace ? 'TEXTLESS_NO_SPACE' : 'TEXTLESS_OUTPUT',
    noSpace ? `There is no space left. ${sentence}` : sentence,
    detail,
    { cause },
  );
}

/** `.NAME.RANDOM.partial` next to the target; the name is cut so that no file system refuses it. */
export function partialName(target: string): string {
  let stem = path.basename(target);
  while (Buffer.byteLength(stem) > 200) stem = stem.slice(0, -1);
  return path.join(path.dirname(target), `.${stem}.${randomBytes(6).toString('hex')}.partial`);
}

/** Writes what the system still holds back of a file or folder; folders are not synced where the system refuses that. */
export async function sync(file: string, folder = false): Promise<void> {
  try {
    const handle = await open(file, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!folder) throw error;
  }
}

/**
 * Refuses a target that cannot or must not be written, before any work is done.
 * @throws TextlessError `TEXTLESS_OUTPUT` when the folder is missing, or the target exists without `overwrite`, is the source or not a file
 */
export async function assertTargetFree(source: Pick<Programme, 'path'>, target: string, overwrite = false): Promise<void> {
  const absolute = path.resolve(target);
  const name = path.basename(absolute);
  const refuse = (sentence: string): never => {
    throw new TextlessError('TEXTLESS_OUTPUT', sentence, absolute);
  };
  const absent = (): undefined => undefined;
  const [from, to, folder] = await Promise.all([source.path, absolute, path.dirname(absolute)].map((file) => stat(file).catch(absent)));
  if (!folder?.isDirectory()) refuse(`The folder ${path.dirname(absolute)} does not exist.`);
  if (!to) return;
  if (from && from.dev === to.dev && from.ino === to.ino) refuse(`${name} is the source itself, which is never written.`);
  if (!to.isFile()) refuse(`${name} is not a file.`);
  if (!overwrite) throw existsAlready(absolute);
}

const existsAlready = (target: string): TextlessError =>
  new TextlessError('TEXTLESS_OUTPUT', `${path.basename(target)} exists already and is not overwritten.`, target);

/** Gives a finished file its name. Without `overwrite`, a file that appeared meanwhile is not replaced: false then. */
export async function giveName(partial: string, target: string, overwrite: boolean): Promise<boolean> {
  if (overwrite) {
    await rename(partial, target);
    return true;
  }
  try {
    await link(partial, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || (await stat(target).catch(() => undefined))) return false;
    await rename(partial, target); // a file system without hard links
    return true;
  }
  await rm(partial);
  return true;
}

/** Where a file is published, and whether one that is there may be replaced. */
export interface PublishOptions {
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lets `write` fill a hidden file next to the target and gives it the target's name only when it is whole and on disk:
 * the target is either absent (or as it was), or complete. On failure and cancellation the hidden file is removed.
 *
 * @throws TextlessError `TEXTLESS_OUTPUT` (no such folder, not writable, target exists or is the source), `TEXTLESS_NO_SPACE`,
 * and whatever `write` throws
 */
export async function publish<T>(
  source: Pick<Programme, 'path'>,
  target: string,
  options: PublishOptions,
  write: (partial: string) => Promise<T>,
): Promise<T> {
  const { overwrite = false, signal } = options;
  const absolute = path.resolve(target);
  await assertTargetFree(source, absolute, overwrite);
  throwIfCancelled(signal);
  const partial = partialName(absolute);
  try {
    await (await open(partial, 'wx')).close();
  } catch (error) {
    throw outputError(`${path.dirname(absolute)} cannot be written to.`, error);
  }
  if (!watching) process.on('exit', removeUnfinished);
  watching = true;
  unfinished.add(partial);
  try {
    const result = await write(partial);
    throwIfCancelled(signal);
    await sync(partial);
    if (!(await giveName(partial, absolute, overwrite))) throw existsAlready(absolute);
    await sync(path.dirname(absolute), true);
    return result;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall ? outputError(`${path.basename(absolute)} could not be written.`, error) : error;
  } finally {
    await rm(partial, { force: true });
    unfinished.delete(partial);
  }
}

/** Copies bytes, sharing them with the source where the file system can. Cancellable. */
async function copyBytes(source: string, partial: string, signal?: AbortSignal): Promise<void> {
  try {
    return await copyFile(source, partial, constants.COPYFILE_FICLONE_FORCE);
  } catch {
    // most file systems cannot share; copy then
  }
  const [from, to] = await Promise.all([open(source, 'r'), open(partial, 'w')]);
  try {
    const buffer = Buffer.allocUnsafe(4 << 20);
    for (;;) {
      throwIfCancelled(signal);
      const { bytesRead } = await from.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      let written = 0;
      while (written < bytesRead) written += (await to.write(buffer, written, bytesRead - written)).bytesWritten;
    }
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

/** Delivers a programme in which nothing is to be changed: byte for byte the same file. Errors as in {@link publish}. */
export async function copyProgramme(programme: Programme, target: string, options: PublishOptions = {}): Promise<void> {
  await publish(programme, target, options, (partial) => copyBytes(programme.path, partial, options.signal));
}
