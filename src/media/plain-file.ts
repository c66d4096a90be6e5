import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Stats } from 'node:fs';
import { TextlessError } from '../core/errors.js';

const KINDS: readonly [is: (found: Stats) => boolean, what: string][] = [
  [(found) => found.isSymbolicLink(), 'a symbolic link'],
  [(found) => found.isDirectory(), 'a folder'],
  [(found) => found.isFIFO(), 'a pipe'],
  [(found) => found.isSocket(), 'a socket'],
  [(found) => found.isBlockDevice() || found.isCharacterDevice(), 'a device'],
];

/**
 * Refuses everything that is not a regular file under its own name, without opening it: opening a pipe waits, opening a device
 * does something, and a link leads out of the folder that somebody was allowed to put files into. Hard links are files.
 * {@link probe} follows links; a folder that others write to asks here first.
 *
 * @throws TextlessError `TEXTLESS_NOT_MEDIA`, saying what it is; `TEXTLESS_NOT_FOUND`
 */
export async function assertPlainFile(file: string): Promise<void> {
  const name = path.basename(file);
  let found: Stats;
  try {
    found = await lstat(file);
  } catch (error) {
    throw new TextlessError('TEXTLESS_NOT_FOUND', `${name} does not exist or cannot be read.`, (error as Error).message, { cause: error });
  }
  if (found.isFile()) return;
  const what = KINDS.find(([is]) => is(found))?.[1] ?? 'something else';
  throw new TextlessError('TEXTLESS_NOT_MEDIA', `${name} is not a file but ${what}.`, file);
}
