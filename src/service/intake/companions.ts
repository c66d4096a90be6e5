import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What a companion says of its file: nothing is asked of it, it is not there yet, it agrees, or the file is not what was sent. */
export type CompanionSays = 'none' | 'missing' | 'agrees' | 'differs';

const MAX_BYTES = 65_536;

/** `news.ts.done` or `news.done`. */
export function companionNames(file: string, ending: string): string[] {
  const { dir, name, base } = path.parse(file);
  return [path.join(dir, `${base}.${ending}`), path.join(dir, `${name}.${ending}`)];
}

async function found(file: string, ending: string): Promise<string | undefined> {
  for (const name of companionNames(file, ending)) if ((await lstat(name).catch(() => undefined))?.isFile()) return name;
  return undefined;
}

/** Asks a file's companion. An MD5 sum reads the whole file: it is what the sender wants. */
export async function askCompanion(file: string, kind: 'none' | 'done' | 'md5', signal?: AbortSignal): Promise<CompanionSays> {
  if (kind === 'none') return 'none';
  const companion = await found(file, kind);
  if (!companion) return 'missing';
  if (kind === 'done') return 'agrees';
  if ((await lstat(companion)).size > MAX_BYTES) return 'missing';
  const wanted = /\b[0-9a-f]{32}\b/i.exec(await readFile(companion, 'utf8'))?.[0].toLowerCase();
  if (!wanted) return 'missing'; // it is still being written
  const hash = createHash('md5');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, signal ? { signal } : {});
  return hash.digest('hex') === wanted ? 'agrees' : 'differs';
}
