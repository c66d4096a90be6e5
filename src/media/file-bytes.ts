import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { TextlessError } from '../core/errors.js';

/** A file that is looked at in a few places. */
export class FileBytes {
  private constructor(
    private readonly handle: FileHandle,
    /** Bytes in the file when it was opened. */
    readonly size: number,
  ) {}

  /** Looks into a file that somebody else has opened, and will close. */
  static async of(handle: FileHandle): Promise<FileBytes> {
    return new FileBytes(handle, (await handle.stat()).size);
  }

  /**
   * Opens a file, lets `look` read it and closes it.
   * @throws TextlessError `TEXTLESS_NOT_FOUND` when it cannot be opened or read, and whatever `look` throws
   */
  static async with<T>(file: string, look: (bytes: FileBytes) => Promise<T>): Promise<T> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(file, 'r');
      return await look(await FileBytes.of(handle));
    } catch (cause) {
      if (!(cause as NodeJS.ErrnoException).syscall) throw cause;
      throw new TextlessError('TEXTLESS_NOT_FOUND', `${path.basename(file)} cannot be read.`, (cause as Error).message, { cause });
    } finally {
      await handle?.close();
    }
  }

  /** At most `length` bytes from `at`: fewer at the end of the file, none beyond it. */
  async read(at: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.size - at));
    const buffer = Buffer.alloc(wanted);
    const { bytesRead } = wanted > 0 ? await this.handle.read(buffer, 0, wanted, at) : { bytesRead: 0 };
    return buffer.subarray(0, bytesRead);
  }
}
