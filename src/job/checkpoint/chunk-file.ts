import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Span } from '../../core/area.js';
import { TextlessError } from '../../core/errors.js';
import type { Patch } from './patch.js';

/*
 * A chunk's patches in a file: a line of JSON that says whose they are; for each patch its length as 32 bits, a line of JSON and its bytes; a
 * length of 0; SHA-256 of all that. A file without the right end is none: a process may die at any byte.
 */
const VERSION = 1;
const END = Buffer.alloc(4);

const headOf = ({ first, last }: Span, key: string): string => `${JSON.stringify({ version: VERSION, key, first, last })}\n`;
const fileOf = (folder: string, { first, last }: Span): string => path.join(folder, `frames-${first}-${last}.chunk`);

/** Writes patches one after the other; the file gets its name when it is whole and on disk. */
export class ChunkWriter {
  #bytes = 0;
  readonly #hash: Hash = createHash('sha256');

  private constructor(
    private readonly handle: FileHandle,
    private readonly partial: string,
    private readonly file: string,
  ) {}

  static async create(folder: string, span: Span, key: string): Promise<ChunkWriter> {
    const file = fileOf(folder, span);
    const partial = `${file}.${process.pid}.partial`;
    try {
      const writer = new ChunkWriter(await open(partial, 'w'), partial, file);
      await writer.#write(Buffer.from(headOf(span, key)));
      return writer;
    } catch (error) {
      throw failure(file, error);
    }
  }

  async add({ frame, boxes, packed }: Patch): Promise<void> {
    const head = Buffer.from(`${JSON.stringify({ frame, boxes })}\n`);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(head.length + packed.length);
    await this.#write(Buffer.concat([length, head, packed]));
  }

  /** @returns bytes and hash of the finished file */
  async finish(): Promise<{ bytes: number; sha256: string }> {
    await this.#write(END);
    const sha256 = this.#hash.copy().digest();
    await this.#write(sha256);
    try {
      await this.handle.sync();
      await this.handle.close();
      await rename(this.partial, this.file);
    } catch (error) {
      throw failure(this.file, error);
    }
    return { bytes: this.#bytes, sha256: sha256.toString('hex') };
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.partial, { force: true });
  }

  async #write(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    this.#bytes += piece.length;
    try {
      await this.handle.appendFile(piece);
    } catch (error) {
      throw failure(this.file, error);
    }
  }
}

function failure(file: string, cause: unknown): TextlessError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const sentence = `What has been restored so far cannot be kept in ${path.dirname(file)}.`;
  return new TextlessError(full ? 'TEXTLESS_NO_SPACE' : 'TEXTLESS_OUTPUT', full ? `There is no space left. ${sentence}` : sentence, message, { cause }); // prettier-ignore
}

/** Whether a chunk is there, whole and of this key. Reads all of it. */
export async function chunkIsWhole(folder: string, span: Span, key: string): Promise<boolean> {
  const hash = createHash('sha256');
  let head: Buffer | undefined;
  let tail = Buffer.alloc(0);
  try {
    for await (const piece of createReadStream(fileOf(folder, span), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      const bytes = Buffer.concat([tail, piece]);
      head ??= bytes;
      hash.update(bytes.subarray(0, -32));
      tail = Buffer.from(bytes.subarray(-32));
    }
  } catch {
    return false;
  }
  return head !== undefined && head.subarray(0, head.indexOf('\n') + 1).toString() === headOf(span, key) && hash.digest().equals(tail);
}

/** The patches of a chunk that {@link chunkIsWhole}, in the order of their frames. */
export async function* readChunk(folder: string, span: Span): AsyncGenerator<Patch, void, undefined> {
  const handle = await open(fileOf(folder, span), 'r');
  try {
    const read = async (at: number, length: number): Promise<Buffer> => (await handle.read(Buffer.alloc(length), 0, length, at)).buffer;
    let at = (await read(0, 512)).indexOf('\n') + 1;
    for (;;) {
      const length = (await read(at, 4)).readUInt32LE();
      if (!length) return;
      const piece = await read(at + 4, length);
      const line = piece.indexOf('\n');
      yield { ...(JSON.parse(piece.toString('utf8', 0, line)) as Pick<Patch, 'frame' | 'boxes'>), packed: piece.subarray(line + 1) };
      at += 4 + length;
    }
  } finally {
    await handle.close();
  }
}
