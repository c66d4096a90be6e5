import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { assertPlainFile } from '../../media/plain-file.js';
import type { WatchFolder } from '../configuration/watch.js';
import { sidecarNames } from '../configuration/sidecar.js';
import { reasonOf } from '../delivery/deliver.js';
import { askCompanion } from './companions.js';
import { listFolder, type Entry } from './listing.js';
import { whatNameSays } from './names.js';
import { Readiness, type Look } from './readiness.js';
import type { Fault } from './whole-file.js';

/** A file that has arrived, or never will. */
export interface Arrival {
  readonly file: string;
  /** Relative to the in-folder, with `/`. */
  readonly name: string;
  readonly look: Look;
  /** Why it is refused without being worked on. */
  readonly refused?: { readonly code: string; readonly reason: string; readonly detail?: string };
}

export interface IntakeOptions {
  /** What is known of files of the folder that are spoken for, by path. */
  readonly known: Map<string, { readonly size: number; readonly mtime: number }>;
  /** Opens a file that has held still. @returns undefined when it is whole, `again` when it may still become so */
  readonly open: (file: string) => Promise<Fault | undefined>;
  readonly onArrival: (arrival: Arrival) => void;
  /** Seconds of a clock that does not jump. */
  readonly clock?: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** Files looked at side by side. */
const SIDE_BY_SIDE = 64;
/** Every so many looks each file is looked at, also those that are spoken for: one may have been replaced in its place. */
const THOROUGH = 12;

const steady = (): number => performance.now() / 1000;
const UNSPEAKABLE = { code: 'TEXTLESS_NOT_FOUND', reason: 'Its name is not UTF-8: rename it.' };

/** Looks at one in-folder again and again and tells which files have arrived. Writes nothing. */
export class FolderIntake {
  readonly #readiness: Readiness;
  #hinted = new Set<string>();
  readonly #clock: () => number;
  #looks = 0;
  #busy: Promise<void> | undefined;

  constructor(
    private readonly folder: WatchFolder,
    private readonly options: IntakeOptions,
  ) {
    this.#readiness = new Readiness(folder.ready);
    this.#clock = options.clock ?? steady;
  }

  /** Files that have been seen and have not yet arrived. */
  get waiting(): number {
    return this.#readiness.size;
  }

  /** Something happened to a file: it is looked at even if it was spoken for. */
  hint(file: string): void {
    this.#hinted.add(file);
  }

  /**
   * One look at the whole folder; while one is under way, waits for it instead.
   * @throws the file system's error when the folder cannot be read: nothing is concluded from that
   */
  look(): Promise<void> {
    return (this.#busy ??= this.#look().finally(() => (this.#busy = undefined)));
  }

  async #look(): Promise<void> {
    const thorough = this.#looks++ % THOROUGH === 0;
    const { known, signal } = this.options;
    const there = new Set<string>();
    const hinted = this.#hinted;
    this.#hinted = new Set();
    let some: Entry[] = [];
    const into = (inner: string): boolean => this.folder.subfolders && whatNameSays(path.basename(inner)) === 'other';
    for await (const entry of listFolder(this.folder.in, into)) {
      if (signal?.aborted) return;
      if (whatNameSays(path.basename(entry.file)) !== 'programme') continue;
      there.add(entry.file);
      if (!thorough && known.has(entry.file) && !hinted.has(entry.file)) continue;
      some.push(entry);
      if (some.length < SIDE_BY_SIDE) continue;
      await Promise.all(some.map((e) => this.#see(e)));
      some = [];
    }
    await Promise.all(some.map((e) => this.#see(e)));
    this.#readiness.keepOnly(there);
    for (const file of known.keys()) if (!there.has(file)) known.delete(file); // gone: what comes under this name is new
  }

  async #see({ file, kind }: Entry): Promise<void> {
    const found = kind === 'unspeakable' ? undefined : await lstat(file, { bigint: false }).catch(() => undefined);
    if (!found && kind !== 'unspeakable') return; // gone again
    const look: Look = { size: found?.size ?? 0, mtime: found?.mtimeMs ?? 0, inode: String(found?.ino ?? 0) };
    const before = this.options.known.get(file);
    if (before?.size === look.size && before.mtime === look.mtime) return;
    if (kind === 'unspeakable') return this.#arrived(file, look, UNSPEAKABLE);
    if (!found!.isFile()) return this.#arrived(file, look, await notPlain(file));
    if (this.#readiness.see(file, await this.#withSidecar(file, look), this.#clock()) === 'open') await this.#open(file, look);
  }

  /** A sidecar that is still being written keeps its programme waiting. */
  async #withSidecar(file: string, look: Look): Promise<Look> {
    for (const name of sidecarNames(file)) {
      const sidecar = await lstat(name).catch(() => undefined);
      if (sidecar) return { ...look, inode: `${look.inode} ${sidecar.ino} ${sidecar.size} ${sidecar.mtimeMs}` };
    }
    return look;
  }

  async #open(file: string, look: Look): Promise<void> {
    const says = await askCompanion(file, this.folder.ready.companion, this.options.signal);
    const problem =
      says === 'missing'
        ? { code: 'TEXTLESS_INCOMPLETE', reason: `Its companion .${this.folder.ready.companion} did not come.`, detail: '', again: true }
        : says === 'differs'
          ? { code: 'TEXTLESS_INCOMPLETE', reason: 'It does not have the sum that its .md5 file says.', detail: '', again: true }
          : await this.options.open(file);
    if (this.options.signal?.aborted) return;
    if (!problem) return this.#arrived(file, look);
    if (problem.again && this.#readiness.notWhole(file, this.#clock()) === 'wait') return;
    const { code, reason, detail } = problem;
    this.#arrived(file, look, { code, reason, detail });
  }

  #arrived(file: string, look: Look, refused?: Arrival['refused']): void {
    this.#readiness.forget(file);
    this.options.known.set(file, look);
    const name = path.relative(this.folder.in, file).split(path.sep).join('/');
    this.options.onArrival({ file, name, look, ...(refused ? { refused } : {}) });
  }
}

/** Why something is no file that could be opened. */
async function notPlain(file: string): Promise<Arrival['refused']> {
  try {
    await assertPlainFile(file);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
