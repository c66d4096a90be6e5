import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { TextlessError } from '../core/errors.js';

/** Milliseconds between two attempts, until giving up, and after which a lock whose owner cannot be asked is taken for forgotten. */
const PAUSE = 40;
const PATIENCE = 60_000;
const FORGOTTEN = 600_000;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Does some work while a lock file is held: one process at a time, on all hosts that see the folder. A lock whose process on this host
 * has died is taken over.
 * @throws TEXTLESS_LIBRARY when the file cannot be made, or is held for a minute
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const owner = `${process.pid} ${hostname()} ${randomBytes(6).toString('hex')}`;
  const since = Date.now();
  while (!(await taken(file, owner))) {
    if (Date.now() - since > PATIENCE)
      throw new TextlessError('TEXTLESS_LIBRARY', `The mark library is held by another process; if none is running, remove ${file}.`);
    await removeForgotten(file);
    await sleep(PAUSE);
  }
  try {
    return await work();
  } finally {
    if ((await readFile(file, 'utf8').catch(() => '')) === owner) await rm(file, { force: true });
  }
}

async function taken(file: string, owner: string): Promise<boolean> {
  try {
    await writeFile(file, owner, { flag: 'wx' });
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw new TextlessError('TEXTLESS_LIBRARY', 'The mark library cannot be written to.', (cause as Error).message, { cause });
  }
}

/** Removes a lock that nobody holds any more; put back if another process has just taken it. */
async function removeForgotten(file: string): Promise<void> {
  const owner = await readFile(file, 'utf8').catch(() => undefined);
  if (owner === undefined || !(await forgotten(file, owner))) return;
  const away = `${file}.${randomBytes(6).toString('hex')}`;
  if (!(await rename(file, away).then(() => true, () => false))) return; // prettier-ignore
  if ((await readFile(away, 'utf8').catch(() => owner)) !== owner) await link(away, file).catch(() => undefined);
  await rm(away, { force: true });
}

async function forgotten(file: string, owner: string): Promise<boolean> {
  const [pid, host] = owner.split(' ');
  if (host === hostname() && /^\d+$/.test(pid)) {
    try {
      process.kill(Number(pid), 0);
      return false;
    } catch (error) {
      return codeOf(error) === 'ESRCH';
    }
  }
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > FORGOTTEN;
}
