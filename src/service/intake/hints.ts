import { readdir } from 'node:fs/promises';
import { watch, type FSWatcher } from 'chokidar';
import type { WatchFolder } from '../configuration/watch.js';
import { whatNameSays } from './names.js';

/** Entries up to which events are asked for: the watcher keeps a handle for each and reads the folder anew at every change. */
const MOST = 2000;
/** Milliseconds that events are gathered before they are told. */
const GATHER = 300;

export interface HintOptions {
  /** Something happened to these files. */
  readonly onHint: (files: readonly string[]) => void;
  /** Events cannot be had; looking at intervals goes on. */
  readonly onLost: (why: string) => void;
}

/** Events of a folder, as hints to look soon: they come late, twice or never, and on network shares not at all. */
export class Hints implements AsyncDisposable {
  #watcher: FSWatcher | undefined;
  #gathered: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly folder: Pick<WatchFolder, 'in' | 'polling' | 'subfolders'>,
    private readonly options: HintOptions,
  ) {}

  async start(): Promise<void> {
    if (this.folder.polling === 'always') return;
    const names = await readdir(this.folder.in).catch(() => []);
    if (names.length > MOST) return this.options.onLost(`${names.length} entries are too many for events`);
    const watcher = watch(this.folder.in, {
      ignoreInitial: true,
      followSymlinks: false,
      depth: this.folder.subfolders ? 4 : 0,
      ignored: (file, stats) => Boolean(stats && !stats.isDirectory() && whatNameSays(file) !== 'programme'),
    });
    this.#watcher = watcher;
    watcher.on('all', (event, file) => {
      if (event === 'add' || event === 'change') this.#heard(file);
    });
    // ENOSPC and EMFILE: the system has no more watches to give.
    watcher.on('error', (error) => {
      this.options.onLost(String(error));
      void this[Symbol.asyncDispose]();
    });
  }

  #heard(file: string): void {
    this.#gathered.push(file);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.options.onHint(this.#gathered.splice(0));
    }, GATHER);
    if (this.#gathered.length > MOST) {
      this.options.onLost('too much happens for events');
      void this[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    const watcher = this.#watcher;
    this.#watcher = undefined;
    await watcher?.close();
  }
}
