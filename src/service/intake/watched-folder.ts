import { lstat } from 'node:fs/promises';
import type { LimitFunction } from 'p-limit';
import type { Logger } from 'pino';
import { reasonOf } from '../delivery/deliver.js';
import type { WatchFolder } from '../configuration/watch.js';
import { FolderIntake, type Arrival, type IntakeOptions } from './folder-intake.js';
import { Hints } from './hints.js';
import { wholeFile } from './whole-file.js';

export interface WatchedFolderOptions {
  readonly known: IntakeOptions['known'];
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Bounds how many files are opened side by side. */
  readonly opening: LimitFunction;
  readonly onArrival: (arrival: Arrival) => void;
}

/** One in-folder, looked at at intervals, and sooner when something happens in it. */
export class WatchedFolder {
  /** Why it cannot be read, if it cannot. */
  problem: string | undefined;
  readonly #intake: FolderIntake;
  readonly #hints: Hints;
  readonly #closing = new AbortController();
  #device: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #soon = false;
  #first = false;
  #busy: Promise<void> = Promise.resolve();

  constructor(
    private readonly folder: WatchFolder,
    readonly options: WatchedFolderOptions,
  ) {
    const { known, log, opening, onArrival } = options;
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const open = (file: string): ReturnType<IntakeOptions['open']> => opening(() => wholeFile(file, signal));
    this.#intake = new FolderIntake(folder, { known, open, signal, onArrival });
    this.#hints = new Hints(folder, {
      onHint: (files) => {
        for (const file of files) this.#intake.hint(file);
        this.#again(0);
      },
      onLost: (why) => log.warn({ folder: folder.name, why }, 'no events are had from this folder; it is looked at at intervals'),
    });
  }

  get waiting(): number {
    return this.#intake.waiting;
  }

  start(): void {
    void this.#hints.start();
    this.#again(0);
  }

  /** Settles once the folder has been looked at, or could not be. */
  async looked(): Promise<void> {
    while (!this.#first && !this.#closing.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** A file has left its place, or what lies there counts as new. */
  gone(file: string): void {
    this.options.known.delete(file);
  }

  /** Whether the folder is still the one that was first seen, and not the empty place of a share that was unmounted. */
  async isThere(): Promise<boolean> {
    const found = await lstat(this.folder.in).catch(() => undefined);
    return found !== undefined && found.isDirectory() && (this.#device === undefined || found.dev === this.#device);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort();
    await this.#hints[Symbol.asyncDispose]();
    await this.#busy;
  }

  /** Looks once more after so many milliseconds, or sooner if that was planned. */
  #again(after: number): void {
    if (this.#closing.signal.aborted || this.options.signal.aborted) return;
    if (this.#soon) return;
    this.#soon = after === 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void (this.#busy = this.#look()), after);
  }

  async #look(): Promise<void> {
    this.#soon = false;
    const { log } = this.options;
    try {
      const found = await lstat(this.folder.in);
      this.#device ??= found.dev;
      if (found.dev !== this.#device) throw new Error('another file system has taken its place: is the share mounted?');
      await this.#intake.look();
      if (this.problem) log.info({ folder: this.folder.name }, 'the folder can be read again');
      this.problem = undefined;
    } catch (error) {
      const { detail, reason } = reasonOf(error);
      const says = detail || reason;
      if (this.problem !== says)
        log.error({ folder: this.folder.name, in: this.folder.in, problem: says }, 'the folder cannot be read; it is tried again');
      this.problem = says;
    }
    this.#first = true;
    this.#again(1000 * this.folder.ready.every);
  }
}
