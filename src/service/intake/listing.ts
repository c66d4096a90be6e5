import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import path from 'node:path';

/** How deep folders are looked into, so that no link or loop leads on for ever. */
const DEEPEST = 16;

/** An entry of a folder. `unspeakable`: its name is not UTF-8, so that no path leads to it; `file` shows the bytes as %XX. */
export interface Entry {
  readonly file: string;
  readonly kind: 'file' | 'folder' | 'other' | 'unspeakable';
}

/**
 * All entries of a folder and, where wanted, of the folders in it. Links are not followed. Nothing is opened but folders.
 * @param into whether a folder inside is looked into
 * @throws the file system's error when the folder itself cannot be read; one inside that cannot is passed over
 */
export async function* listFolder(folder: string, into: (folder: string) => boolean, depth = 0): AsyncGenerator<Entry, void, undefined> {
  const inner: string[] = [];
  try {
    const entries = await opendir(folder, { bufferSize: 512, encoding: 'buffer' as BufferEncoding });
    for await (const entry of entries) {
      const bytes = (entry as unknown as Dirent<Buffer>).name;
      if (!isUtf8(bytes)) yield { file: path.join(folder, escaped(bytes)), kind: 'unspeakable' };
      else {
        const file = path.join(folder, bytes.toString());
        const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
        yield { file, kind };
        if (kind === 'folder' && depth < DEEPEST && into(file)) inner.push(file);
      }
    }
  } catch (error) {
    if (depth === 0) throw error;
    return;
  }
  for (const file of inner) yield* listFolder(file, into, depth + 1);
}

const escaped = (name: Buffer): string =>
  [...name]
    .map((b) => (b > 32 && b < 127 && b !== 37 ? String.fromCharCode(b) : `%${b.toString(16).toUpperCase().padStart(2, '0')}`))
    .join('');
