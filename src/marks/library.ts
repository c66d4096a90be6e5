import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { TextlessError } from '../core/errors.js';
import { issuesOf, pathText } from '../plan/issues.js';
import { writeWhole } from '../plan/mask-file.js';
import { withLock } from './lock.js';
import { markSchema, type Mark, type MarkRecord } from './mark.js';
import { readMatte, removeOtherMattes, writeMatte } from './matte-file.js';

const RECORD = 'mark.json';

/** An entry of the library that is no mark, or a damaged one. */
export interface Damaged {
  /** Name in the library's folder. */
  readonly entry: string;
  readonly why: string;
}

/** What a library holds. */
export interface Holdings {
  /** By channel, the latest first. */
  readonly marks: readonly Mark[];
  readonly damaged: readonly Damaged[];
}

/** Reads all marks of a library; a folder that does not exist is an empty one. What cannot be read is named and left out. @throws TEXTLESS_LIBRARY */
export async function listMarks(folder: string): Promise<Holdings> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new TextlessError('TEXTLESS_LIBRARY', `The mark library ${folder} cannot be read.`, cause.message, { cause });
  });
  const marks: Mark[] = [];
  const damaged: Damaged[] = [];
  for (const entry of entries.filter((name) => !name.startsWith('.')).sort()) {
    try {
      marks.push(await readMark(folder, entry));
    } catch (error) {
      if (!(error instanceof TextlessError)) throw error;
      damaged.push({ entry, why: error.detail });
    }
  }
  marks.sort((a, b) => a.channel.localeCompare(b.channel) || b.dates.last.localeCompare(a.dates.last) || a.id.localeCompare(b.id));
  return { marks, damaged };
}

/** @throws TEXTLESS_NOT_FOUND where there is no such mark; TEXTLESS_LIBRARY where it is damaged */
export async function readMark(folder: string, id: string): Promise<Mark> {
  try {
    return await readOnce(path.join(folder, id), id);
  } catch (first) {
    if (first instanceof TextlessError) throw first;
    // Somebody may have written it anew between its record and its pictures.
    return readOnce(path.join(folder, id), id).catch((cause: unknown) => {
      throw cause instanceof TextlessError ? cause : damage(id, cause instanceof Error ? cause.message : String(cause));
    });
  }
}

async function readOnce(folder: string, id: string): Promise<Mark> {
  const record = recordOf(
    id,
    await readFile(path.join(folder, RECORD), 'utf8').catch((cause: NodeJS.ErrnoException) => missing(folder, id, cause)),
  );
  return { ...record, ...(await readMatte(folder, record)) };
}

async function missing(folder: string, id: string, cause: NodeJS.ErrnoException): Promise<never> {
  const there = cause.code !== 'ENOENT' || (await readdir(folder).catch(() => undefined)) !== undefined;
  if (there) throw damage(id, `it has no ${RECORD} that can be read (${cause.code ?? cause.message})`);
  throw new TextlessError('TEXTLESS_NOT_FOUND', `There is no mark ${id} in the library.`, folder);
}

function recordOf(id: string, text: string): MarkRecord {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw damage(id, `${RECORD} is not valid JSON: ${(cause as Error).message}`);
  }
  const result = markSchema.safeParse(content, { reportInput: true });
  if (!result.success)
    throw damage(id, issuesOf(result.error).map((i) => `${RECORD}: ${pathText(i.path) || 'the mark'} ${i.key ? 'has the ' : ''}${i.message}`).join('; ')); // prettier-ignore
  if (result.data.id !== id) throw damage(id, `${RECORD} belongs to the mark ${result.data.id}`);
  return result.data;
}

const damage = (id: string, detail: string): TextlessError =>
  new TextlessError('TEXTLESS_LIBRARY', `The entry ${id} of the mark library is damaged, or no mark: ${detail}.`, detail);

/** Lets `change` read and write a library while no other process does. Makes the folder. @throws TEXTLESS_LIBRARY */
export async function changeLibrary<T>(folder: string, change: () => Promise<T>): Promise<T> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new TextlessError('TEXTLESS_LIBRARY', `The mark library ${folder} cannot be made.`, (cause as Error).message, { cause });
  }
  return withLock(path.join(folder, '.lock'), change);
}

/** Writes a mark, new or known, within {@link changeLibrary}: its pictures first, so that a record never lacks them. */
export async function writeMark(folder: string, { alpha, seen, ...record }: Mark): Promise<void> {
  const own = path.join(folder, record.id);
  await mkdir(own, { recursive: true });
  const matte = await writeMatte(own, record.box, { alpha, seen });
  await writeWhole(path.join(own, RECORD), `${JSON.stringify(markSchema.parse({ ...record, matte }), null, 2)}\n`);
  await removeOtherMattes(own, matte);
}

/** Removes a mark, or a damaged entry. @throws TEXTLESS_NOT_FOUND, TEXTLESS_LIBRARY */
export async function forgetMark(folder: string, id: string): Promise<void> {
  const unknown = (detail: string): TextlessError =>
    new TextlessError('TEXTLESS_NOT_FOUND', `There is no mark ${id} in the library.`, detail);
  if (!(await readdir(folder).catch(() => [] as string[])).includes(id) || id.startsWith('.')) throw unknown(folder);
  await changeLibrary(folder, async () => {
    // Renamed first: what is half removed must not look like a damaged mark.
    const away = path.join(folder, `.${id.slice(0, 80)}.${randomBytes(6).toString('hex')}.forgotten`);
    await rename(path.join(folder, id), away).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' ? unknown(cause.message) : damage(id, `it cannot be removed (${cause.message})`);
    });
    await rm(away, { recursive: true, force: true });
  });
}
