import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TextlessError } from '../../core/errors.js';
import { folded } from '../intake/names.js';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

function placing(file: string, cause: unknown): TextlessError {
  const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(cause));
  const sentence = `${path.basename(file)} cannot be put into ${path.dirname(file)}.`;
  const code = full ? 'TEXTLESS_NO_SPACE' : 'TEXTLESS_OUTPUT';
  return new TextlessError(code, full ? `There is no space left. ${sentence}` : sentence, String(cause), { cause });
}

/** Writes what the system holds back of a file or folder; some systems refuse that for folders. */
async function synced(file: string, folder = false): Promise<void> {
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
      source = partial = hiddenName(to);
      await pipeline(createReadStream(from, { highWaterMark: 1 << 20 }), createWriteStream(partial, { flags: 'wx' }));
    }
    await synced(source);
    if (!(await named(source, to, replace))) return false;
    await synced(path.dirname(to), true);
    if (source !== from) await rm(from, { force: true });
    return true;
  } catch (error) {
    throw placing(to, error);
  } finally {
    if (partial) await rm(partial, { force: true });
  }
}

async function acrossDevices(file: string, folder: string): Promise<boolean> {
  return (await lstat(file)).dev !== (await lstat(folder)).dev;
}

/** Beside the target, and short enough for every file system. */
function hiddenName(to: string): string {
  let stem = path.basename(to);
  while (Buffer.byteLength(stem) > 200) stem = stem.slice(0, -1);
  return path.join(path.dirname(to), `.${stem}.${randomBytes(6).toString('hex')}.partial`);
}

async function named(from: string, to: string, replace: boolean): Promise<boolean> {
  if (replace) {
    await rename(from, to);
    return true;
  }
  try {
    await link(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error))) throw error;
    if (await lstat(to).catch(() => undefined)) return false;
    await rename(from, to); // a file system without hard links
    return true;
  }
  await rm(from);
  return true;
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
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
