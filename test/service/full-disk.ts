import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const BLOCKS = [4 << 20, 64 << 10, 4096].map((size) => Buffer.alloc(size, 7));

/** Fills the file system that a folder is on to its last page, until the returned function is called. Nobody else may need that file system. */
export function fillDisk(folder: string): () => void {
  const file = path.join(folder, 'ballast');
  for (const block of BLOCKS) {
    try {
      for (;;) appendFileSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  return () => rmSync(file);
}
