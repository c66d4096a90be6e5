import { randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, opendir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Watch, WatchFolder } from '../../service/configuration/watch.js';
import { diskOf, gib } from '../../service/disk.js';
import { Advice } from './check.js';
import { fileSystemAt } from './file-system.js';

/** Entries up to which the service asks for events of a folder. */
const EVENTS = 2000;

/** What is wrong with a place, or its file system where nothing is. Places beside the configuration are made by the service. */
async function place(at: string, watch: Pick<Watch, 'file'>, needs: 'read' | 'write'): Promise<string | undefined> {
  if (!existsSync(at)) {
    const above = path.dirname(at);
    if (!at.startsWith(path.dirname(watch.file) + path.sep)) throw new Error(`${at} is not there: is the share mounted?`);
    if (existsSync(above)) await writeInto(above);
    return undefined;
  }
  if (!(await stat(at)).isDirectory()) throw new Error(`${at} is not a folder.`);
  try {
    await access(at, constants.R_OK | constants.X_OK);
  } catch {
    throw new Error(`${at} cannot be read by this account.`);
  }
  if (needs === 'write') await writeInto(at);
  return (await fileSystemAt(at))?.name ?? 'a file system of unknown kind';
}

/** Permissions alone do not tell: a share may be read-only, or its server may refuse. The name is one that no folder takes in. */
async function writeInto(folder: string): Promise<void> {
  const file = path.join(folder, `.textless-doctor.${randomBytes(6).toString('hex')}.partial`);
  try {
    await writeFile(file, '', { flag: 'wx' });
  } catch (error) {
    throw new Error(`${folder} cannot be written by this account (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  } finally {
    await rm(file, { force: true });
  }
}

/** Whether all places of a watched folder can be used, and how its changes are seen. */
export async function lookAtFolder(folder: WatchFolder, watch: Watch): Promise<string | Advice> {
  const kinds = [`in: ${(await place(folder.in, watch, folder.source === 'keep' ? 'read' : 'write')) ?? 'will be made'}`];
  for (const name of ['out', 'hold', 'failed', 'archive'] as const)
    kinds.push(`${name}: ${(await place(folder[name], watch, 'write')) ?? 'will be made'}`);
  const says = kinds.join(', ');
  const network = existsSync(folder.in) && (await fileSystemAt(folder.in))?.network;
  if (network && folder.polling === 'auto')
    return new Advice(`${says}; in lies on a network share, of which events tell little: polling: always spares the attempt`);
  return says;
}

/** Whether the work folder can be used: the ledger's locks need a disk of this machine. */
export async function lookAtWork(watch: Watch): Promise<string | Advice> {
  const kind = await place(watch.work, watch, 'write');
  if (kind === undefined) return 'will be made';
  const system = await fileSystemAt(watch.work);
  if (system?.network) throw new Error(`${watch.work} lies on ${system.name}: the ledger needs a disk of this machine.`);
  if (system?.fleeting) return new Advice(`${watch.work} lies on ${system.name}: the ledger is gone when the machine starts anew`);
  return `${watch.work} on ${kind}`;
}

/** Whether work could begin now, as far as room is needed for that. */
export async function lookAtRoom(watch: Watch): Promise<string> {
  const { reserve } = watch.disk;
  const says: string[] = [];
  for (const at of new Set([watch.work, ...watch.folders.map((f) => f.out)])) {
    const { free, total } = await diskOf(at);
    if (free < reserve * total)
      throw new Error(`${at}: ${gib(free)} of ${gib(total)} free, less than the reserve of ${gib(reserve * total)}; no work begins.`);
    says.push(`${path.basename(at)}: ${gib(free)} free`);
  }
  return `${says.join(', ')}; ${gib((await diskOf(watch.work)).total * reserve)} of work's disk stay free`;
}

/** Whether the system has watches enough for events of the folders; without them they are looked at at intervals. */
export async function lookAtEvents(watch: Watch, limits = '/proc/sys/fs/inotify'): Promise<string | Advice> {
  const figure = async (name: string): Promise<number> => Number(await readFile(path.join(limits, name), 'utf8').catch(() => NaN));
  const [watches, instances] = [await figure('max_user_watches'), await figure('max_user_instances')];
  if (Number.isNaN(watches)) return 'this system has no limit of inotify';
  let wanted = 0;
  for (const folder of watch.folders) if (folder.polling === 'auto') wanted += await entries(folder.in);
  const says = `${watches} watches and ${instances} instances of inotify, about ${wanted} wanted`;
  if (watches < 2 * wanted + 100 || instances < watch.folders.length + 16)
    return new Advice(`${says}: raise fs.inotify.max_user_watches and max_user_instances, or set polling: always`);
  return says;
}

/** Entries of a folder for which events would be asked. */
async function entries(folder: string): Promise<number> {
  let count = 1;
  try {
    const names = await opendir(folder);
    while (count <= EVENTS && (await names.read())) count++;
    await names.close();
    if (count > EVENTS) return 0; // too many: it is looked at at intervals
  } catch {
    return 0;
  }
  return count;
}

/** Ledgers that were damaged and put aside. */
export const damagedLedgers = async (watch: Pick<Watch, 'work'>): Promise<string[]> =>
  (await readdir(watch.work).catch(() => [])).filter((name) => /^ledger\.sqlite\.damaged-\d+$/.test(name));
