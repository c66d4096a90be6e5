import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, mkdir, readdir, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { giveName, outputError, partialName, sync } from '../../media/publish.js';
import { hashFile } from '../../plan/subject.js';
import { folded } from '../intake/names.js';

/**
 * Gives a whole file a name in another folder, so that a reader sees all of it or nothing; across file systems by a hidden copy beside the target.
 * @param replace whether what has the name may be replaced
 * @returns false where the name is taken
 * @throws TEXTLESS_OUTPUT, TEXTLESS_NO_SPACE
 */
export async function placeFile(from: string, to: string, { replace = false }: { readonly replace?: boolean } = {}): Promise<boolean> {
  let partial: string | undefined;
  try {
    await mkdir(path.dirname(to), { recursive: true });
    let source = from;
    if (await acrossDevices(from, path.dirname(to))) {
      source = partial = partialName(to);
      await pipeline(createReadStream(from, { highWaterMark: 1 << 20 }), createWriteStream(partial, { flags: 'wx' }));
      const { atime, mtime } = await lstat(from);
      await utimes(partial, atime, mtime);
    }
    await sync(source);
    if (!(await giveName(source, to, replace))) return false;
    await sync(path.dirname(to), true);
    if (source !== from) await rm(from, { force: true });
    return true;
  } catch (error) {
    throw outputError(`${path.basename(to)} cannot be put into ${path.dirname(to)}.`, error);
  } finally {
    if (partial) await rm(partial, { force: true });
  }
}

async function acrossDevices(file: string, folder: string): Promise<boolean> {
  return (await lstat(file)).dev !== (await lstat(folder)).dev;
}

/** `news.ts`, `news-2.ts`, `news-3.ts`: the first name of these that nothing has, whatever the case or the Unicode form of its letters. */
export async function freeName(wanted: string, taken: (file: string) => boolean): Promise<string> {
  const { dir, name, ext } = path.parse(wanted);
  const there = new Set((await readdir(dir).catch(() => [])).map(folded));
  for (let n = 1; ; n++) {
    const base = n === 1 ? `${name}${ext}` : `${name}-${n}${ext}`;
    if (!there.has(folded(base)) && !taken(path.join(dir, base))) return path.join(dir, base);
  }
}

/** Whether a name is taken, whatever the case or the Unicode form of its letters. */
export async function nameIsTaken(file: string): Promise<boolean> {
  const there = (await readdir(path.dirname(file)).catch(() => [])).map(folded);
  return there.includes(folded(path.basename(file)));
}

/** SHA-256 of a file, or undefined where there is none. */
export async function hashOrNone(file: string): Promise<string | undefined> {
  if (!(await lstat(file).catch(() => undefined))?.isFile()) return undefined;
  return hashFile(file);
}
